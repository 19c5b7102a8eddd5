/** The state machine of a job, and where its tasks run (src/tiers/fargate/job-workflow.ts). */
import { z } from 'zod';
import type { AwsClients } from '../../aws/clients';
import { explained } from '../../aws/errors';
import { CommandError } from '../../cli/errors';
import { jobStateMachineName } from '../../config/names';
import type { Target } from '../target';

/** Only the part that is read. */
const workflow = z.object({
  States: z.object({
    // Those of earlier versions have no family here, and take no task definition in their input.
    Begin: z.object({ Assign: z.object({ family: z.string().optional() }) }),
    Run: z.object({
      Arguments: z.object({
        Cluster: z.string(),
        TaskDefinition: z.string(),
        NetworkConfiguration: z.object({
          AwsvpcConfiguration: z.object({ Subnets: z.array(z.string()), SecurityGroups: z.array(z.string()) }),
        }),
      }),
    }),
  }),
});

export interface JobPlacement {
  readonly cluster: string;
  /** Of the job's task definitions. */
  readonly family: string;
  /** Whether an execution runs the task definition that its input names. */
  readonly takesTaskDefinition: boolean;
  /** As `RunTask` takes it. */
  readonly network: { readonly subnets: string[]; readonly securityGroups: string[]; readonly assignPublicIp: 'DISABLED' };
}

/** @param account of the environment */
export function jobStateMachineArn(
  { environment: { identity } }: Pick<Target, 'environment'>,
  account: string,
  key: string,
): string {
  const { region, environment } = identity;
  return `arn:aws:states:${region}:${account}:stateMachine:${jobStateMachineName(environment, key)}`;
}

/** Cluster, family and network of a job's own runs. @throws CommandError for a state machine of another version */
export async function jobPlacement(aws: AwsClients, key: string, stateMachineArn: string): Promise<JobPlacement> {
  const functions = await aws.sfn();
  const { definition: text = '{}' } = await explained(`reading the state machine of ${key}`, () =>
    functions.describeStateMachine({ stateMachineArn }),
  );
  const parsed = workflow.safeParse(JSON.parse(text));
  if (!parsed.success)
    throw new CommandError(
      `the state machine ${stateMachineArn} is not one of this version\n  fix   deploy the environment, then run the job again`,
    );
  const { Begin: begin, Run: run } = parsed.data.States;
  const { Cluster: cluster, TaskDefinition: definition, NetworkConfiguration: network } = run.Arguments;
  const { family = definition } = begin.Assign;
  const takesTaskDefinition = family !== definition;
  const { Subnets: subnets, SecurityGroups: securityGroups } = network.AwsvpcConfiguration;
  return { cluster, family, takesTaskDefinition, network: { subnets, securityGroups, assignPublicIp: 'DISABLED' } };
}
