/** The rule that no setting is dropped in silence: what no tier of the environment honours is refused until acknowledged. */
import type { ParsedEnvironment } from '../schema/environment';
import type { TierKind } from '../schema/tiers';
import { finding } from '../rules/finding';
import { located, RUNNING_SECTIONS } from '../rules/located';
import { defineRule, type Finding, type Rule } from '../rules/rule';
import { TIER_POLICIES } from './registry';
import type { IgnoredSetting, TierPolicy } from './tier-policy';

type Container = ParsedEnvironment['services'][string] | ParsedEnvironment['workers'][string];

/** Makes the rule from the tiers' own lists. */
export function ignoredSettingsRule(policies: Readonly<Record<TierKind, TierPolicy>> = TIER_POLICIES): Rule {
  return defineRule({
    id: 'tier-ignores',
    severity: 'risk',
    summary: 'Services and workers ask only for what a tier of the environment does.',
    reads: ['tier', 'nextTier'],
    also: RUNNING_SECTIONS,
    check: ({ tier, nextTier, services, workers }) => {
      const [serving, waiting] = [policies[tier], nextTier === undefined ? undefined : policies[nextTier]];
      // What a waiting tier honours has an effect as soon as it serves.
      const ignored = serving.ignores.filter((one) => waiting?.ignores.some((other) => isSame(one, other)) ?? true);
      return ignored.flatMap((setting) => [
        ...(setting.appliesTo.includes('services') ? findings(tier, setting, 'services', services) : []),
        ...(setting.appliesTo.includes('workers') ? findings(tier, setting, 'workers', workers) : []),
      ]);
    },
  });
}

function isSame(one: IgnoredSetting, other: IgnoredSetting): boolean {
  return one.field === other.field && one.appliesTo.some((section) => other.appliesTo.includes(section));
}

function findings(
  tier: TierKind,
  { field, requested, instead, fix }: IgnoredSetting,
  section: string,
  containers: Readonly<Record<string, Container>>,
): readonly Finding[] {
  return located<Container>(section, containers).flatMap(({ path, value }) => {
    const received = requested(value);
    return received === undefined ? [] : [finding(`${path}.${field}`, received, `nothing on tier ${tier}: ${instead}`, fix)];
  });
}
