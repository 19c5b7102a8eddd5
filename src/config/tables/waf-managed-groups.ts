/**
 * AWS's managed rule groups for WAF, and those of their rules that look into request bodies: the ones that uploads trip.
 * Source: AWS WAF developer guide, "AWS Managed Rules rule groups list".
 */

/** A rule of a group that looks into bodies, and the label that it leaves on a request even when it only counts. */
export interface BodyRule {
  readonly rule: string;
  readonly label: string;
}

const bodyRules = (namespace: string, ...names: readonly string[]): readonly BodyRule[] =>
  names.map((name) => ({ rule: `${name}_BODY`, label: `awswaf:managed:aws:${namespace}:${name}_Body` }));

/** Group name to its body rules. All of them are free of charge beyond the web ACL's own price. */
export const MANAGED_GROUPS = {
  AWSManagedRulesCommonRuleSet: bodyRules(
    'core-rule-set',
    'SizeRestrictions',
    'EC2MetaDataSSRF',
    'GenericLFI',
    'GenericRFI',
    'CrossSiteScripting',
  ),
  AWSManagedRulesKnownBadInputsRuleSet: bodyRules('known-bad-inputs', 'JavaDeserializationRCE', 'Log4JRCE', 'ReactJSRCE'),
  AWSManagedRulesSQLiRuleSet: bodyRules('sql-database', 'SQLi', 'SQLiExtendedPatterns'),
  AWSManagedRulesAmazonIpReputationList: [],
  AWSManagedRulesAnonymousIpList: [],
  AWSManagedRulesAdminProtectionRuleSet: [],
  AWSManagedRulesLinuxRuleSet: [],
  AWSManagedRulesUnixRuleSet: bodyRules('posix-os', 'UNIXShellCommandsVariables'),
  AWSManagedRulesPHPRuleSet: bodyRules('php-app', 'PHPHighRiskMethodsVariables'),
} as const satisfies Readonly<Record<string, readonly BodyRule[]>>;

export type ManagedGroup = keyof typeof MANAGED_GROUPS;
