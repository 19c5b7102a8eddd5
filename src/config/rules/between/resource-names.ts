/** Names of AWS and Cloudflare resources: no two environments take the same one where it can exist only once. */
import { show } from '../../problems/problem';
import type { ResolvedEnvironment } from '../../resolved/environment';
import { claimsOfEnvironment, claimsOfStore, type NameClaim } from './name-claims';
import type { BetweenRule, SetFinding } from './rule';

interface OwnedClaim extends NameClaim {
  /** Whose it is: an environment, or a state store of several. */
  readonly owner: string;
  readonly environment: ResolvedEnvironment;
}

export const resourceNamesRule: BetweenRule = {
  id: 'resource-names',
  summary:
    'No two environments take the same name: buckets and Pages projects anywhere; secrets, log groups, ECS and EKS clusters and ' +
    'task families in one account and region.',
  check: ({ environments }) => {
    const taken = new Map<string, OwnedClaim[]>();
    return environments.flatMap((environment) =>
      ownedClaims(environment).flatMap((claim): readonly SetFinding[] => {
        const earlier = taken.get(claim.thing) ?? [];
        const first = earlier.find((other) => other.owner !== claim.owner && meets(claim, other));
        taken.set(claim.thing, [...earlier, claim]);
        return first === undefined ? [] : [finding(claim, first)];
      }),
    );
  },
};

function ownedClaims(environment: ResolvedEnvironment): readonly OwnedClaim[] {
  const { identity, backend } = environment;
  const owned = (owner: string) => (claim: NameClaim) => ({ ...claim, owner, environment });
  const store = backend.kind === 's3' ? `the state store ${backend.store.name}` : '';
  // Two stores with one bucket are refused by `state-store-resources`, for the store and not for each of its environments.
  return [...claimsOfStore(environment).map(owned(store)), ...claimsOfEnvironment(environment).map(owned(identity.environment))];
}

/** An unknown account can be any. */
function meets(one: OwnedClaim, other: OwnedClaim): boolean {
  if (isStore(one) && isStore(other)) return false;
  if (one.scope === 'everywhere') return true;
  const [here, there] = [one.environment.identity, other.environment.identity];
  const known = here.account !== undefined && there.account !== undefined;
  return here.region === there.region && !(known && here.account !== there.account);
}

function isStore({ owner, environment }: OwnedClaim): boolean {
  return owner !== environment.identity.environment;
}

function finding({ thing, scope, name, path, fix, environment }: OwnedClaim, first: OwnedClaim): SetFinding {
  const accountsUnknown = [environment, first.environment].some(({ identity }) => identity.account === undefined);
  const givingAccounts =
    scope === 'account and region' && accountsUnknown
      ? '; where the accounts differ, give both environments their `account`'
      : '';
  return {
    environment: environment.identity.environment,
    path,
    received: show(name),
    allowed: `only one owner of ${thing} ${scope === 'everywhere' ? 'in all accounts' : 'in its account and region'}: ${first.owner} has it`,
    fix: `${fix}${givingAccounts}`,
  };
}
