/** Every rule between environments. */
import { InvalidEnvironment } from '../../problems/problem';
import { emailDomainRule } from './email-domains';
import { environmentNamesRule } from './environment-names';
import { appliedGroupsRule } from './deployment-groups';
import { recordedVolumeRule } from './recorded-volumes';
import { resourceNamesRule } from './resource-names';
import type { BetweenRule, EnvironmentSet } from './rule';
import { zoneCertificateRule, zoneDescriptionRule, zoneDistributionRule, zoneServedRule } from './shared-zones';
import { storeDescriptionRule, storeResourcesRule } from './state-stores';
import { hostAuthorityRule, nameOwnerRule, zoneOwnerRule } from './zone-owners';

export const BETWEEN_RULES: readonly BetweenRule[] = [
  environmentNamesRule,
  resourceNamesRule,
  zoneDescriptionRule,
  zoneServedRule,
  zoneCertificateRule,
  zoneDistributionRule,
  zoneOwnerRule,
  nameOwnerRule,
  hostAuthorityRule,
  storeDescriptionRule,
  storeResourcesRule,
  appliedGroupsRule,
  emailDomainRule,
  recordedVolumeRule,
];

/** Checks environments against each other. @returns one report for each environment with problems */
export function checkBetween(set: EnvironmentSet, rules: readonly BetweenRule[] = BETWEEN_RULES): readonly InvalidEnvironment[] {
  const findings = rules.flatMap(({ id, check }) => check(set).map((finding) => ({ ...finding, rule: id })));
  const names = [...new Set(findings.map(({ environment }) => environment))];
  return names.map(
    (name) =>
      new InvalidEnvironment(
        name,
        findings.filter(({ environment }) => environment === name).map(({ environment: _name, ...problem }) => problem),
      ),
  );
}
