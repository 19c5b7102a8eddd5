/** What a person names on the command line of plan, deploy and destroy: an environment or a shared stack, synthesised. */
import { AwsClients } from '../../aws/clients';
import type { CommandContext } from '../../cli/command';
import { CommandError, Unavailable } from '../../cli/errors';
import { selectNames } from '../../cli/select';
import type { ResolvedEnvironment, ZoneInUse } from '../../config';
import { bootstrapStackId, isSharedStack, zoneStackName } from '../../config/names';
import { deployRank } from '../../contracts/stack-kinds';
import { loadEnvironments } from '../../synthesis/load';
import { stackProtection, type StackProtection } from '../../synthesis/protection';
import { run, type Group } from '../../synthesis/run';
import { pluginsOf } from '../../terraform/runner/terraform';
import { whyNoTerraform } from '../../terraform/runner/version';
import { synthesisSettings } from '../synthesis-settings';
import { targetOf, type Target, type TargetOptions } from '../target';
import { selectStacks } from './selection';
import type { StackPlanOptions } from './stack-plan';

export interface Scope {
  /** The environment or the shared stack, as it was named. */
  readonly name: string;
  /** All its stacks, in deploy order. */
  readonly stacks: readonly string[];
  /** Those that are meant, in deploy order. */
  readonly selected: readonly string[];
  /** Stack to the stacks that it reads, of other groups too. */
  readonly reads: ReadonlyMap<string, readonly string[]>;
  /** Of an environment. */
  readonly environment?: ResolvedEnvironment;
  /** The environment with what its stacks publish now: a target reads it once. */
  readonly target: () => Target;
  /** In the region of the environment; for states in any region. */
  readonly aws: AwsClients;
  /** The shared zones that the synthesis has written. */
  readonly zones: readonly ZoneInUse[];
  readonly isProtected: StackProtection;
  /** How its stacks are planned. */
  readonly terraform: Pick<StackPlanOptions, 'output' | 'env' | 'plugins'>;
}

/**
 * Synthesises as `npm run synth` does.
 * @param name of an environment, or of a stack that belongs to none
 * @param patterns of stacks; all of the environment by default
 * @throws CommandError for what does not exist or is refused, Unavailable without terraform
 */
export async function loadScope(
  context: CommandContext,
  name: string,
  patterns: readonly string[],
  options: TargetOptions,
): Promise<Scope> {
  const { files, io } = context;
  const { output, endpoint } = options;
  const settings = synthesisSettings(io.env);
  const selected = isSharedStack(name) ? await usersOf(context, name) : selectNames(Object.keys(files), [name]);
  if (!isSharedStack(name) && !selected.includes(name))
    throw new CommandError(`"${name}" is not the name of one environment: ${selected.join(', ')}`, 2);
  const why = await whyNoTerraform({ env: io.env });
  if (why !== undefined) throw new Unavailable(why);
  const synthesis = await run({
    files,
    selected,
    outdir: output,
    format: 'json',
    progress: io.stderr,
    keepEarlier: true,
    ...settings,
  });
  const { groups, failed, environments, zones } = synthesis;
  const group = groups.find((one) => one.name === name || one.stacks.some(({ id }) => id === name));
  for (const { report } of failed) io.stderr.write(`${report}\n`);
  const environment = environments.find(({ identity }) => identity.environment === name);
  if (group === undefined || (environment === undefined && !isSharedStack(name)))
    throw new CommandError(
      failed.length > 0
        ? `${name} is not synthesised: correct what is reported above`
        : `${name} is on a machine of a developer: nothing of it is deployed`,
    );
  const stacks = isSharedStack(name) ? [name] : inOrder(group);
  const env = endpoint === undefined ? io.env : { ...io.env, AWS_ENDPOINT_URL: endpoint };
  return {
    name,
    stacks,
    selected: selectStacks(stacks, patterns),
    reads: new Map(groups.flatMap((one) => one.stacks.map(({ id, manifest }) => [id, manifest.dependencies] as const))),
    environment,
    target: () => targetOf(required(environment, name), { ...options, env: io.env }),
    aws: new AwsClients({ region: environments[0]?.identity.region ?? 'us-east-1', endpoint }),
    zones,
    isProtected: await stackProtection(files),
    terraform: { output, env, plugins: pluginsOf(io.env) },
  };
}

/** Stable: stacks of the same rank stay in the order in which they were built. */
function inOrder({ stacks }: Group): readonly string[] {
  return stacks.map(({ id }) => id).sort((one, other) => deployRank(one) - deployRank(other));
}

/** The environments with which a shared stack is synthesised. */
async function usersOf({ files, io }: CommandContext, stack: string): Promise<readonly string[]> {
  const { zones, stores, refused } = await loadEnvironments(files, { backend: synthesisSettings(io.env).backend });
  const groups = [
    ...zones.map(({ description: { zone }, environments }) => ({
      stacks: [zoneStackName(zone), `${zoneStackName(zone)}-names`],
      environments,
    })),
    ...stores.map(({ store, environments }) => ({ stacks: [bootstrapStackId(store.name)], environments })),
  ];
  const group = groups.find(({ stacks }) => stacks.includes(stack));
  if (group !== undefined) return group.environments.map(({ identity }) => identity.environment);
  const known = groups.flatMap(({ stacks }) => stacks);
  throw new CommandError(
    [
      ...refused.map(({ report }) => report),
      `there is no stack ${stack}; the shared stacks are: ${known.join(', ') || 'none'}`,
    ].join('\n'),
    2,
  );
}

function required(environment: ResolvedEnvironment | undefined, name: string): ResolvedEnvironment {
  if (environment === undefined) throw new Error(`${name} is no environment`);
  return environment;
}
