/** A deployed environment, as commands work on it: its description, clients for its region, and what its stacks publish. */
import { AwsClients } from '../aws/clients';
import { explained } from '../aws/errors';
import type { CommandContext } from '../cli/command';
import { CommandError } from '../cli/errors';
import { selectNames } from '../cli/select';
import type { ResolvedEnvironment } from '../config';
import type { Handovers } from '../contracts/handovers';
import type { StackKind } from '../contracts/stack-kinds';
import { backendOverride, loadEnvironments } from '../synthesis/load';
import { environmentState } from '../terraform/environment-state';
import { publishedValues } from './published-values';
import { readOutputs } from './state-outputs';

export interface TargetOptions {
  /** The address of an emulator of AWS. */
  readonly endpoint?: string;
  /** The synthesised output, next to which local states are. */
  readonly output: string;
}

export interface Target {
  /** `shop-prod` */
  readonly name: string;
  readonly environment: ResolvedEnvironment;
  /** In the region of the environment. */
  readonly aws: AwsClients;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly output: string;
  /** What a stack of the environment publishes, read once from its state; undefined while it is not deployed. */
  readonly published: <K extends keyof Handovers>(kind: K) => Promise<Handovers[K] | undefined>;
  /** All outputs of a stack by name, as Terraform prints them; undefined while it is not deployed. */
  readonly outputs: (kind: StackKind) => Promise<Readonly<Record<string, unknown>> | undefined>;
}

/**
 * @param name of one environment
 * @throws CommandError for a name that is unknown, a refused file, or an environment of a developer's machine
 */
export async function loadTarget({ files, io }: CommandContext, name: string, options: TargetOptions): Promise<Target> {
  selectNames(Object.keys(files), [name]);
  const { environments, refused } = await loadEnvironments(files, {
    selected: [name],
    backend: backendOverride(io.env.TERRACE_BACKEND),
  });
  const environment = environments.find(({ identity }) => identity.environment === name);
  if (environment === undefined)
    throw new CommandError(
      refused.map(({ report }) => report).join('\n') || `${name} is on a machine of a developer: nothing of it is deployed`,
    );
  return targetOf(environment, { ...options, env: io.env });
}

/** The target of an environment that is resolved already. */
export function targetOf(
  environment: ResolvedEnvironment,
  { endpoint, output, env }: TargetOptions & Pick<Target, 'env'>,
): Target {
  const { identity } = environment;
  const aws = new AwsClients({ region: identity.region, endpoint });
  const read = new Map<StackKind, ReturnType<Target['outputs']>>();
  const outputs: Target['outputs'] = (kind) => {
    const reading = read.get(kind) ?? readOutputs(environmentState(environment, kind), { aws, output, env });
    read.set(kind, reading);
    return reading;
  };
  return {
    name: identity.environment,
    environment,
    aws,
    env,
    output,
    outputs,
    published: async (kind) => {
      const values = await outputs(kind);
      return values === undefined ? undefined : publishedValues(kind, values);
    },
  };
}

/**
 * Makes sure that the credentials belong to the account of the environment, where its file names one.
 * @returns the account
 */
export async function checkAccount({ aws, environment: { identity } }: Target): Promise<string> {
  const sts = await aws.sts();
  const { Account: account = '' } = await explained('asking for the account', () => sts.getCallerIdentity({}));
  if (identity.account === undefined || identity.account === account) return account;
  throw new CommandError(
    `the credentials are for the account ${account}, and ${identity.environment} is in ${identity.account}\n  fix   choose another profile: AWS_PROFILE=<name>`,
  );
}
