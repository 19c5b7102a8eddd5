/** The shared zones, each with the environments that have names in it. */
import type { SharedZone } from '../../resolved/domain';
import type { Backend, ResolvedEnvironment } from '../../resolved/environment';

/** A shared zone, with what its environments know about it. */
export interface ZoneInUse {
  readonly description: SharedZone;
  /** The account of the environments that name one. */
  readonly account?: string;
  /** Where the states of its stacks are: where those of its environments are. */
  readonly backend: Backend;
  /** The environments with names in it, in order; never empty. */
  readonly environments: readonly ResolvedEnvironment[];
}

/** Every shared zone by the first description of it, in order of first mention. */
export function zonesInUse(environments: readonly ResolvedEnvironment[]): readonly ZoneInUse[] {
  const byName = new Map<string, ZoneInUse>();
  for (const environment of environments) {
    if (environment.domain?.kind !== 'shared') continue;
    const { zone, shared } = environment.domain;
    const known = byName.get(zone);
    byName.set(zone, {
      description: known?.description ?? shared,
      account: known?.account ?? environment.identity.account,
      backend: known?.backend ?? environment.backend,
      environments: [...(known?.environments ?? []), environment],
    });
  }
  return [...byName.values()];
}
