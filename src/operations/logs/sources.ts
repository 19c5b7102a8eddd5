/** Where the things of an environment write their logs: the same log groups on every tier. */
import { CommandError } from '../../cli/errors';
import type { ResolvedContainer } from '../../config/resolved/environment';
import type { Target } from '../target';
import type { LogSource } from './log-reader';

export interface NamedSource extends LogSource {
  /** The key of a container, or the name of what else writes. */
  readonly name: string;
}

/** What writes besides containers. */
const OTHERS = ['host', 'shells', 'platform'] as const;

/**
 * @param names of services, workers and jobs, or `host`, `shells` and `platform`; every container without any
 * @throws CommandError for a name that the environment does not have
 */
export async function logSources(target: Target, names: readonly string[]): Promise<readonly NamedSource[]> {
  const { workloads } = target.environment;
  const containers = [...workloads.services, ...workloads.workers, ...workloads.jobs];
  if (names.length === 0) return distinct(containers.flatMap((one) => sourcesOf(target, one)));
  const known = [...containers.map(({ key }) => key), ...OTHERS];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new CommandError(`${target.name} has no ${unknown.join(', ')}\n  fix   it has: ${known.join(', ')}`);
  const found: NamedSource[] = [];
  for (const name of names) {
    const container = containers.find(({ key }) => key === name);
    if (container === undefined) found.push(await otherSource(target, name));
    else found.push(...sourcesOf(target, container));
  }
  return distinct(found);
}

/** Of each tier that the environment runs on, as names of streams are put together differently. */
function sourcesOf({ environment }: Target, { key, logs }: ResolvedContainer): readonly NamedSource[] {
  const kinds = [environment.tier.kind, ...(environment.nextTier === undefined ? [] : [environment.nextTier.kind])];
  const separators = new Set(kinds.map((kind) => (kind === 'kubernetes' ? '.' : '/')));
  return [...separators].map((separator) => ({
    name: key,
    group: logs.group,
    streamPrefix: `${logs.streamPrefix}${separator}`,
  }));
}

async function otherSource({ name: environment, environment: { identity, data }, published }: Target, name: string) {
  if (name === 'shells') return { name, group: `${identity.path}/shells` };
  if (name === 'host') return { name, group: data.logs.group ?? `${identity.path}/host` };
  const cluster = await published('compute-kubernetes');
  if (cluster === undefined) throw new CommandError(`${environment} has no cluster, and so no log of its platform`);
  return { name, group: cluster.platformLogGroup.name };
}

/** Containers that share group and prefix are read once, under the first name. */
function distinct(sources: readonly NamedSource[]): readonly NamedSource[] {
  const found = new Map<string, NamedSource>();
  for (const source of sources) {
    const id = `${source.group} ${source.streamPrefix ?? ''}`;
    if (!found.has(id)) found.set(id, source);
  }
  return [...found.values()];
}
