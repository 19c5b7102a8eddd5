/** One execution of a job's state machine, from its start to its exit code. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { AwsClients } from '../../aws/clients';
import { explained } from '../../aws/errors';
import { SKIPPED_EXIT_CODE, type JobRun, type JobRunOptions } from '../job-runs';
import { watchJob } from '../job-watch';
import { TaskLog, type TaskLogs } from './task-log';

export interface JobExecution {
  readonly aws: AwsClients;
  /** The job, and the container of its task. */
  readonly key: string;
  readonly stateMachineArn: string;
  readonly logs: TaskLogs;
  readonly everySeconds?: number;
  /** The task definition to run in place of the job's newest. */
  readonly taskDefinition?: string;
  readonly options: JobRunOptions;
}

/** What an execution says at its end. Only the fields that are read. */
const output = z.object({ ExitCode: z.number().optional(), skipped: z.string().optional() });
const started = z.object({ Tasks: z.array(z.object({ TaskArn: z.string() })).default([]) });
const failed = z.object({
  Containers: z
    .array(z.object({ Name: z.string().optional(), ExitCode: z.number().optional(), Reason: z.string().optional() }))
    .default([]),
  StoppedReason: z.string().optional(),
});

export async function runExecution(run: JobExecution): Promise<JobRun> {
  const { aws, key, stateMachineArn, logs, everySeconds, taskDefinition, options } = run;
  const { report, signal, detach = false } = options;
  const functions = await aws.sfn();
  const { executionArn: id = '' } = await explained(`starting the job ${key}`, () =>
    // With a name, a call that is repeated after an outage starts nothing twice.
    functions.startExecution({
      stateMachineArn,
      name: `terrace-${randomUUID()}`,
      ...(taskDefinition === undefined ? {} : { input: JSON.stringify({ taskDefinition }) }),
    }),
  );
  report(`started ${id}`);
  if (detach) return { exitCode: 0, id };
  const log = new TaskLog(aws, key, logs, report);
  const look = async () => {
    const answer = await functions.describeExecution({ executionArn: id });
    return answer.status === 'RUNNING' ? undefined : answer;
  };
  const show = async () => {
    const { events = [] } = await functions.getExecutionHistory({ executionArn: id, reverseOrder: true, maxResults: 100 });
    for (const { taskSubmittedEventDetails: submitted } of events.toReversed())
      for (const { TaskArn: arn } of parsed(started, submitted?.output)?.Tasks ?? []) log.follow(arn);
    await log.show();
  };
  const doing = `watching the job ${key}`;
  const ended = await watchJob({ doing, look, show, report, everySeconds, signal });
  return { id, ...(ended.status === 'SUCCEEDED' ? succeeded(ended.output) : failure(key, ended)) };
}

function succeeded(text: string | undefined): JobRun {
  const { skipped, ExitCode: exitCode = 0 } = parsed(output, text) ?? {};
  return skipped === undefined ? { exitCode } : { exitCode: SKIPPED_EXIT_CODE, skipped: true, reason: skipped };
}

interface Failure {
  readonly status?: string;
  readonly error?: string;
  readonly cause?: string;
}

/** The cause of a failed task is its description as JSON; any other is a sentence. */
function failure(key: string, { status, error, cause }: Failure): JobRun {
  const task = parsed(failed, cause);
  if (task === undefined)
    return { exitCode: 1, reason: [error ?? status, cause].filter((part) => part !== undefined).join(': ') };
  const container = task.Containers.find(({ Name: name }) => name === key) ?? task.Containers[0];
  const exitCode = container?.ExitCode ?? 0;
  return { exitCode: exitCode === 0 ? 1 : exitCode, reason: container?.Reason ?? task.StoppedReason };
}

function parsed<T>(schema: z.ZodType<T>, text: string | undefined): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text ?? '')).data;
  } catch {
    return undefined;
  }
}
