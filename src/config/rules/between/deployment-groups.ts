/** The groups in which pipelines deploy, and which of them workflows apply. */
import { boundaryName, environmentStatePrefix, zoneStackName, zoneStatePrefix } from '../../names';
import { suggest } from '../../problems/nearest';
import { show } from '../../problems/problem';
import type { DeploymentGroup } from '../../resolved/deployment-group';
import type { Backend, ResolvedEnvironment } from '../../resolved/environment';
import type { BetweenRule, SetFinding } from './rule';
import { storesInUse, type StoreInUse } from './state-stores';
import { zonesInUse } from './zones-in-use';

/** The groups of environments that have one state store. */
export function deploymentGroups(environments: readonly ResolvedEnvironment[]): readonly DeploymentGroup[] {
  return [
    ...environments.map(({ identity, domain, data }) => ({
      name: identity.environment,
      statePrefix: environmentStatePrefix(identity.shortName),
      readsStates: domain?.kind === 'shared' ? [`${zoneStatePrefix(domain.zone)}zone/terraform.tfstate`] : [],
      lockedBuckets: data.buckets.filter(({ objectLock }) => objectLock !== undefined).map(({ name }) => name),
    })),
    ...zonesInUse(environments).map(({ description }) => ({
      name: zoneStackName(description.zone),
      statePrefix: zoneStatePrefix(description.zone),
      // Its names lead to what the environments serve.
      readsStates: ['*/edge/terraform.tfstate'],
      lockedBuckets: [],
    })),
  ];
}

/** Whether workflows apply the group, which then has an apply role. */
export function isAppliedByGithub(backend: Backend, group: string): boolean {
  return backend.kind === 's3' && (backend.store.github?.applyEnvironments.includes(group) ?? false);
}

/** The permissions boundary of the group's roles; none where no workflow applies it, because bootstrap creates none. */
export function boundaryOf(backend: Backend, group: string): string | undefined {
  return isAppliedByGithub(backend, group) ? boundaryName(group) : undefined;
}

export const appliedGroupsRule: BetweenRule = {
  id: 'state-store-apply',
  summary: 'Workflows apply environments and shared zones of their state store, whose names no key of a store or trail has.',
  check: ({ environments, incomplete = false }) => storesInUse(environments).flatMap((store) => wrongGroups(store, incomplete)),
};

function wrongGroups({ store, environments }: StoreInUse, incomplete: boolean): readonly SetFinding[] {
  const known = deploymentGroups(environments).map(({ name }) => name);
  const [first] = environments;
  return (store.github?.applyEnvironments ?? []).flatMap((name, index, all) => {
    const finding = (allowed: string, fix: string): SetFinding => ({
      environment: first?.identity.environment ?? store.name,
      path: `backend.store.github.applyEnvironments[${index}]`,
      received: show(name),
      allowed,
      fix,
    });
    const base = name.replace(/-approval$/, '');
    if (all.indexOf(name) < index) return [finding('each name once', 'remove the second')];
    // The boundary keeps the keys of stores and trails by these ends of their aliases.
    if (/-(?:audit|terraform-state)$/.test(name)) {
      return [
        finding('a name that does not end in "-audit" or "-terraform-state"', 'rename the environment, or apply it as a person'),
      ];
    }
    // An environment whose file was refused is unknown here.
    if (known.includes(name) || incomplete) return [];
    const fix = known.includes(base)
      ? `write "${base}": its role also trusts the GitHub environment "${name}"`
      : suggest(name, known, 'write the name of the environment, not that of a GitHub environment');
    return [finding(`an environment or a shared zone of the store ${show(store.name)}: ${known.join(', ')}`, fix)];
  });
}
