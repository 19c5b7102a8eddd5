/** State stores: each is described once, and no two create the same thing. */
import { lockTableName } from '../../names';
import { show } from '../../problems/problem';
import type { ResolvedEnvironment, StateStore } from '../../resolved/environment';
import type { BetweenRule, SetFinding } from './rule';

/** A state store, with what its environments know about it. */
export interface StoreInUse {
  readonly store: StateStore;
  /** The account of the environments that name one. */
  readonly account?: string;
  /** The environments whose states it holds, in order; never empty. */
  readonly environments: readonly ResolvedEnvironment[];
}

/** Every store by the first description of it, in order of first mention. Environments with another backend have none. */
export function storesInUse(environments: readonly ResolvedEnvironment[]): readonly StoreInUse[] {
  const byName = new Map<string, StoreInUse>();
  for (const environment of environments) {
    if (environment.backend.kind !== 's3') continue;
    const { store } = environment.backend;
    const known = byName.get(store.name);
    byName.set(store.name, {
      store: known?.store ?? store,
      account: known?.account ?? environment.identity.account,
      environments: [...(known?.environments ?? []), environment],
    });
  }
  return [...byName.values()];
}

export const storeDescriptionRule: BetweenRule = {
  id: 'state-store-description',
  summary: 'Environments of one state store describe it alike, are in one account, and keep their states under different keys.',
  check: ({ environments }) =>
    storesInUse(environments).flatMap(({ environments: own }) =>
      own.flatMap((environment, index) => disagreements(environment, own.slice(0, index))),
    ),
};

/** The fields of an environment's store that differ from earlier descriptions. */
function disagreements({ identity, backend }: ResolvedEnvironment, earlier: readonly ResolvedEnvironment[]): SetFinding[] {
  const [first] = earlier;
  if (first?.backend.kind !== 's3' || backend.kind !== 's3') return [];
  const { environment, account, shortName } = identity;
  const { store } = backend;
  const known = first.backend.store;
  const others = earlier.map((other) => other.identity.environment).join(', ');
  const knownAccount = earlier.map((other) => other.identity.account).find((one) => one !== undefined);
  const fields = [...new Set([...Object.keys(known), ...Object.keys(store)])] as (keyof StateStore)[];
  return [
    ...fields
      .filter((field) => JSON.stringify(known[field]) !== JSON.stringify(store[field]))
      .map((field) => ({
        environment,
        path: `backend.store.${field}`,
        received: show(store[field]),
        allowed: `${show(known[field])}, as in ${others}: one description of the store ${show(store.name)}`,
        fix: "describe the store once, in the system's own file, and import it",
      })),
    ...(knownAccount === undefined || account === undefined || knownAccount === account
      ? []
      : [
          {
            environment,
            path: 'account',
            received: show(account),
            allowed: `${show(knownAccount)}, as in ${others}: a store is in one account`,
            fix: 'use a separate store in each account, with another name and bucket',
          },
        ]),
    ...earlier
      .filter((other) => other.identity.shortName === shortName)
      .map((other) => ({
        environment,
        path: 'backend.store.name',
        received: show(store.name),
        allowed: `another store than that of ${other.identity.environment}, whose states have the same keys (${shortName}/...)`,
        fix: 'use a separate store for each system',
      })),
  ];
}

export const storeResourcesRule: BetweenRule = {
  id: 'state-store-resources',
  summary: 'No two state stores create the same bucket, lock table, OIDC provider, trail or cost monitor.',
  check: ({ environments }) =>
    storesInUse(environments).flatMap((store, index, stores) =>
      stores.slice(0, index).flatMap((earlier) => collisions(earlier, store)),
    ),
};

/**
 * What two stores would both create. Bucket names are global, tables are unique in an account and region. An unknown account can
 * be any, so tables of one name are refused unless both accounts are known and differ. GitHub's provider, the trail and the monitor
 * have no name to change: they are refused only where the accounts are known to be the same.
 */
function collisions(earlier: StoreInUse, later: StoreInUse): readonly SetFinding[] {
  const { store } = later;
  const finding = (field: string, received: string, allowed: string, fix: string): SetFinding => ({
    environment: later.environments[0]?.identity.environment ?? store.name,
    path: `backend.store.${field}`,
    received,
    allowed: `${allowed} the store ${show(earlier.store.name)}`,
    fix,
  });
  const sameAccount = earlier.account !== undefined && earlier.account === later.account;
  const maybeSameAccount = earlier.account === undefined || later.account === undefined || sameAccount;
  const sameTable = earlier.store.region === store.region && earlier.store.lockTable === store.lockTable;
  const bothCreateProvider = [earlier, later].every((one) => one.store.github?.oidcProvider === 'create');
  const bothCreateMonitor = [earlier, later].every((one) => one.store.singletons.costAnomalies.kind === 'create');
  const bothCreateTrail = [earlier, later].every((one) => one.store.singletons.cloudTrail === 'create');
  return [
    ...(earlier.store.bucket === store.bucket
      ? [finding('bucket', show(store.bucket), 'another bucket than', 'name the bucket after the store')]
      : []),
    ...(maybeSameAccount && sameTable
      ? [
          finding(
            'lockTable',
            show(store.lockTable),
            'another table in its account and region than',
            `use "${lockTableName(store.name)}", or give both systems their \`account\` where these differ`,
          ),
        ]
      : []),
    ...(sameAccount && bothCreateProvider
      ? [
          finding(
            'github.oidcProvider',
            '"create"',
            '"existing": the only provider of the account is created by',
            'set oidcProvider: "existing" here',
          ),
        ]
      : []),
    ...(sameAccount && bothCreateTrail
      ? [
          finding(
            'singletons.cloudTrail',
            '"create"',
            '"existing": the trail of the account is created by',
            'set cloudTrail: "existing" here: a second trail is billed',
          ),
        ]
      : []),
    ...(sameAccount && bothCreateMonitor
      ? [
          finding(
            'singletons.costAnomalies.kind',
            '"create"',
            '"existing": the only monitor of the account is created by',
            'set costAnomalies: { kind: "existing" } here',
          ),
        ]
      : []),
  ];
}
