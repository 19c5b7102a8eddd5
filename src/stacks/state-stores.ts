/** The state stores that a set of environments names, each once, and whether what they say about them agrees. */
import type { App } from 'cdktf';
import { InvalidEnvironment, show, type Problem } from '../config/problems/problem';
import type { ResolvedEnvironment, StateStore } from '../config/resolved/environment';
import { BootstrapStack } from './bootstrap-stack';

/** One store, with what its environments know of it. */
export interface StoreInUse {
  readonly store: StateStore;
  /** The account of the environments that name one. */
  readonly account?: string;
  /** The environments whose states it holds. */
  readonly environments: readonly ResolvedEnvironment[];
}

/**
 * Every distinct store, in order of first mention. Environments with another backend have none.
 * @throws InvalidEnvironment listing everything that contradicts: two descriptions of one store, two accounts, two
 *   stores that would make the same thing, two environments that would share a state
 */
export function stateStores(environments: readonly ResolvedEnvironment[]): readonly StoreInUse[] {
  const byName = new Map<string, StoreInUse>();
  const problems: Problem[] = [];
  for (const environment of environments) {
    if (environment.backend.kind !== 's3') continue;
    const { store } = environment.backend;
    const { account } = environment.identity;
    const known = byName.get(store.name);
    if (known !== undefined) problems.push(...disagreements(known, environment, store));
    byName.set(store.name, {
      store: known?.store ?? store,
      account: known?.account ?? account,
      environments: [...(known?.environments ?? []), environment],
    });
  }
  const stores = [...byName.values()];
  problems.push(...stores.flatMap((store, index) => stores.slice(0, index).flatMap((earlier) => collisions(earlier, store))));
  if (problems.length > 0) throw new InvalidEnvironment('state stores', problems);
  return stores;
}

/** Makes the stack of a store under the app. */
export function addBootstrap(app: App, { store, account }: StoreInUse): void {
  new BootstrapStack(app, { store, account, tags: { 'state-store': store.name, 'managed-by': 'terrace' } });
}

/** What a further environment says otherwise than the earlier ones of its store. */
function disagreements(known: StoreInUse, { identity }: ResolvedEnvironment, store: StateStore): readonly Problem[] {
  const others = known.environments.map((other) => other.identity.environment).join(', ');
  const fields = [...new Set([...Object.keys(known.store), ...Object.keys(store)])] as (keyof StateStore)[];
  const different = fields
    .filter((field) => JSON.stringify(known.store[field]) !== JSON.stringify(store[field]))
    .map((field): Problem => ({
      path: `${identity.environment}: backend.store.${field}`,
      received: show(store[field]),
      allowed: `${show(known.store[field])}, as in ${others}: one description of the store ${show(store.name)}`,
      fix: "write the store once, in the system's own file, and import it",
    }));
  const accounts: readonly Problem[] =
    known.account === undefined || identity.account === undefined || known.account === identity.account
      ? []
      : [
          {
            path: `${identity.environment}: account`,
            received: show(identity.account),
            allowed: `${show(known.account)}, as in ${others}: a store lies in one account`,
            fix: 'give each account a store of its own, with another name and bucket',
          },
        ];
  const sameStates: readonly Problem[] = known.environments
    .filter((other) => other.identity.shortName === identity.shortName)
    .map((other) => ({
      path: `${identity.environment}: backend.store.name`,
      received: show(store.name),
      allowed: `another store than ${other.identity.environment}'s, whose states have the same keys (${identity.shortName}/...)`,
      fix: 'give each system a store of its own',
    }));
  return [...different, ...accounts, ...sameStates];
}

/** What two stores would both make. Bucket names are global; the rest belongs to an account, as far as it is known. */
function collisions(earlier: StoreInUse, later: StoreInUse): readonly Problem[] {
  const problem = (field: string, received: string, allowed: string, fix: string): Problem => ({
    path: `store ${later.store.name}: ${field}`,
    received,
    allowed: `${allowed} the store ${show(earlier.store.name)}`,
    fix,
  });
  const sameAccount = earlier.account !== undefined && earlier.account === later.account;
  const sameTable = earlier.store.region === later.store.region && earlier.store.lockTable === later.store.lockTable;
  const bothCreate = [earlier, later].every(({ store }) => store.github?.oidcProvider === 'create');
  const bothTrail = [earlier, later].every(({ store }) => store.singletons.cloudTrail === 'create');
  return [
    ...(earlier.store.bucket === later.store.bucket
      ? [problem('bucket', show(later.store.bucket), 'another bucket than', 'name the bucket after the store')]
      : []),
    ...(sameAccount && sameTable
      ? [
          problem(
            'lockTable',
            show(later.store.lockTable),
            'another table, in this account and region, than',
            `use "${later.store.name}-terraform-locks"`,
          ),
        ]
      : []),
    ...(sameAccount && bothCreate
      ? [
          problem(
            'github.oidcProvider',
            '"create"',
            '"existing": the account gets its only provider from',
            'set oidcProvider: "existing" here',
          ),
        ]
      : []),
    ...(sameAccount && bothTrail
      ? [
          problem(
            'singletons.cloudTrail',
            '"create"',
            '"existing": the account gets its trail from',
            'set cloudTrail: "existing" here: a second trail is billed',
          ),
        ]
      : []),
  ];
}
