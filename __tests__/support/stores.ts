/** A state store and a GitHub repository for tests. */
import type { StateStore } from '../../src/config/resolved/environment';

/** A store as the schema resolves it. */
export function store(changes: Partial<StateStore> = {}): StateStore {
  return {
    name: 'shop',
    region: 'eu-west-1',
    bucket: 'shop-terraform-state',
    lockTable: 'shop-terraform-locks',
    lock: 'both',
    oldVersionsDays: 90,
    ownState: 'local',
    singletons: { cloudTrail: 'none', trailRetentionDays: 365, costAnomalies: { kind: 'none' } },
    ...changes,
  };
}

/** Its workflows may plan, and apply from one environment. */
export const github: NonNullable<StateStore['github']> = {
  owner: 'shop-inc',
  repository: 'infrastructure',
  oidcProvider: 'create',
  applyEnvironments: ['production'],
  planEnvironments: [],
};
