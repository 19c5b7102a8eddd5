/** The rule that no setting is dropped in silence: what no tier of the environment honours is refused until acknowledged. */
import type { ParsedEnvironment } from '../schema/environment';
import type { TierKind } from '../schema/tiers';
import { finding } from '../rules/finding';
import { CONTAINER_SECTIONS, containersOf, located, type Located } from '../rules/located';
import { defineRule, type Finding, type Rule } from '../rules/rule';
import { TIER_POLICIES } from './registry';
import type { IgnoredSetting, TierPolicy } from './tier-policy';

type Running = ParsedEnvironment['services'][string] | ParsedEnvironment['workers'][string];
type Workloads = Pick<ParsedEnvironment, (typeof CONTAINER_SECTIONS)[number]>;

/** Makes the rule from the tiers' own lists. */
export function ignoredSettingsRule(policies: Readonly<Record<TierKind, TierPolicy>> = TIER_POLICIES): Rule {
  return defineRule({
    id: 'tier-ignores',
    severity: 'risk',
    summary: 'Services, workers and jobs ask only for what a tier of the environment does.',
    reads: ['tier', 'nextTier'],
    also: CONTAINER_SECTIONS,
    check: ({ tier, nextTier, ...workloads }) => {
      const [serving, waiting] = [policies[tier], nextTier === undefined ? undefined : policies[nextTier]];
      // What a waiting tier honours has an effect as soon as it serves.
      const ignored = serving.ignores.filter((one) => waiting?.ignores.some((other) => isSame(one, other)) ?? true);
      return ignored.flatMap((setting) => findings(tier, setting, workloads));
    },
  });
}

function isSame(one: IgnoredSetting, other: IgnoredSetting): boolean {
  return one.field === other.field && sectionsOf(one).some((section) => sectionsOf(other).includes(section));
}

function sectionsOf(setting: IgnoredSetting): readonly (typeof CONTAINER_SECTIONS)[number][] {
  return 'appliesTo' in setting ? setting.appliesTo : CONTAINER_SECTIONS;
}

function findings(tier: TierKind, setting: IgnoredSetting, workloads: Workloads): readonly Finding[] {
  const { field, instead, fix } = setting;
  return requestsOf(setting, workloads).flatMap(({ path, value: received }) =>
    received === undefined ? [] : [finding(`${path}.${field}`, received, `nothing on tier ${tier}: ${instead}`, fix)],
  );
}

/** What each container asks for. */
function requestsOf(setting: IgnoredSetting, workloads: Workloads): readonly Located<unknown>[] {
  if ('requestedByAny' in setting) {
    return containersOf(workloads).map(({ value, ...place }) => ({ ...place, value: setting.requestedByAny(value) }));
  }
  return setting.appliesTo.flatMap((section) =>
    located<Running>(section, workloads[section]).map(({ value, ...place }) => ({ ...place, value: setting.requested(value) })),
  );
}
