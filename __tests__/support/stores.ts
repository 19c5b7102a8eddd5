/** A state store and a GitHub repository for tests. */
import { parseEnvironment, type EnvironmentInput, type ResolvedEnvironment } from '../../src/config';
import type { StateStore } from '../../src/config/resolved/environment';
import { example } from './example';

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

/** Its workflows may plan, and apply one environment. */
export const github: NonNullable<StateStore['github']> = {
  owner: 'shop-inc',
  repository: 'infrastructure',
  ownerId: '123456',
  repositoryId: '456789',
  alsoTrustNames: false,
  oidcProvider: 'create',
  applyEnvironments: ['shop-prod'],
  planEnvironments: ['plan'],
};

/** An environment with its states in a store. */
export function storedEnvironment(
  name: string,
  changes: Partial<StateStore> = {},
  input: Partial<EnvironmentInput> = {},
): ResolvedEnvironment {
  return { ...parseEnvironment(example({ name, ...input })), backend: { kind: 's3', store: store(changes) } };
}
