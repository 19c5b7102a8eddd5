/** Names of environments: commands select the stacks of one by its name and a hyphen, so no other name may begin like that. */
import { auditTrailName, stateKeyAlias } from '../../names';
import { show } from '../../problems/problem';
import type { ResolvedEnvironment } from '../../resolved/environment';
import type { BetweenRule, SetFinding } from './rule';
import { storesInUse, type StoreInUse } from './state-stores';

export const environmentNamesRule: BetweenRule = {
  id: 'environment-names',
  summary: "No environment's name is that of another followed by a hyphen, and none is the alias of a state store's key.",
  check: ({ environments }) => [
    ...environments.flatMap((environment) => environments.flatMap((other) => prefixed(environment, other))),
    ...storesInUse(environments).flatMap((store) => environments.flatMap((environment) => aliasTaken(environment, store))),
  ],
};

/** `shop-prod-*` selects the stacks of `shop-prod-eu` too. */
function prefixed({ identity }: ResolvedEnvironment, { identity: other }: ResolvedEnvironment): readonly SetFinding[] {
  const { environment, system } = identity;
  if (!environment.startsWith(`${other.environment}-`)) return [];
  const rest = environment.slice(other.environment.length + 1);
  return [
    {
      environment,
      path: 'name',
      received: show(environment),
      allowed: `a name that does not begin with "${other.environment}-": commands for "${other.environment}-*" would include this environment`,
      fix: `rename it before its first deployment, for example to "${system}-${rest}-${other.shortName}"`,
    },
  ];
}

/** The alias of an environment's key is `alias/<environment>`. */
function aliasTaken(
  { identity: { environment, account, region } }: ResolvedEnvironment,
  store: StoreInUse,
): readonly SetFinding[] {
  const { name, region: storeRegion, singletons } = store.store;
  const aliases = [stateKeyAlias(name), ...(singletons.cloudTrail === 'create' ? [`alias/${auditTrailName(name)}`] : [])];
  const isElsewhere =
    region !== storeRegion || (account !== undefined && store.account !== undefined && account !== store.account);
  if (isElsewhere || !aliases.includes(`alias/${environment}`)) return [];
  return [
    {
      environment,
      path: 'name',
      received: show(environment),
      allowed: `another name: the state store ${show(name)} has a KMS key with the alias "alias/${environment}"`,
      fix: 'rename the environment before its first deployment',
    },
  ];
}
