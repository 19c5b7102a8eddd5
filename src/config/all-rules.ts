/** Every rule about one environment, in the order in which a person should read the findings. */
import { acknowledgementRules } from './rules/acknowledgement-rules';
import { SYSTEM_RULES } from './rules';
import type { Rule } from './rules/rule';
import { ignoredSettingsRule } from './tiers/ignored-settings';
import { previewTierRule } from './tiers/preview-rule';
import { TIER_POLICIES } from './tiers/registry';

const SETTING_RULES: readonly Rule[] = [
  ...SYSTEM_RULES,
  ...Object.values(TIER_POLICIES).flatMap(({ rules }) => rules),
  ignoredSettingsRule(),
  previewTierRule(),
];

export const RULES: readonly Rule[] = [...SETTING_RULES, ...acknowledgementRules(SETTING_RULES)];
