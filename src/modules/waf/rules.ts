/** The WAF rules of an environment as rules of a web ACL. Pure. */
import type { Wafv2WebAclRule } from '@cdktf/provider-aws/lib/wafv2-web-acl';
import type { ResolvedWaf, WafRule } from '../../config/resolved/edge';
import { MANAGED_GROUPS } from '../../config/tables/waf-managed-groups';
import {
  allOf,
  anyOf,
  carriesScript,
  carriesSql,
  hasLabel,
  not,
  pathBeginsWith,
  type ForwardedAddress,
  type Statement,
} from './statement';

/**
 * The header in which Cloudflare sends its visitor's address. It can be trusted only while the load balancer admits nothing
 * but Cloudflare. A request without it did not come through Cloudflare, and matches every rule that reads it.
 */
const CLOUDFLARE_HEADER: ForwardedAddress = { header_name: 'CF-Connecting-IP', fallback_behavior: 'MATCH' };

export interface RuleContext {
  /** The metrics of a rule are `<prefix>-<rule>` in CloudWatch. */
  readonly metricPrefix: string;
  readonly client: ResolvedWaf['client'];
  /** Rule key to the ARN of its IP set. */
  readonly addressLists: Readonly<Record<string, string>>;
}

/** The rules, by priority; a group with exempt uploads becomes two. */
export function webAclRules(rules: readonly WafRule[], context: RuleContext): readonly Wafv2WebAclRule[] {
  return rules.flatMap((rule) => rulesOf(rule, context)).sort((left, right) => left.priority - right.priority);
}

function rulesOf(rule: WafRule, context: RuleContext): readonly Wafv2WebAclRule[] {
  if (rule.kind === 'managed') return managedGroup(rule, context);
  return [{ ...frame(rule.key, rule.priority, context), action: action(rule.action), statement: statementOf(rule, context) }];
}

function frame(name: string, priority: number, { metricPrefix }: RuleContext) {
  return { name, priority, visibilityConfig: visibility(`${metricPrefix}-${name}`) };
}

/** Metrics but no sampled requests: samples show authorization and cookies in the console, which the logs redact. */
export function visibility(metricName: string) {
  return { cloudwatchMetricsEnabled: true, metricName, sampledRequestsEnabled: false };
}

function action(kind: 'block' | 'count' | 'allow'): NonNullable<Wafv2WebAclRule['action']> {
  return { [kind]: {} };
}

function statementOf(rule: Exclude<WafRule, { kind: 'managed' }>, context: RuleContext): Statement {
  switch (rule.kind) {
    case 'rate':
      return rate(rule, context);
    case 'cross-site-scripting':
      return except(rule.exceptPaths, carriesScript());
    case 'sql-injection':
      return except(rule.exceptPaths, carriesSql());
    case 'countries': {
      const listed: Statement = {
        geo_match_statement: { country_codes: rule.codes, forwarded_ip_config: forwarded(context) },
      };
      return rule.refuse === 'listed' ? listed : not(listed);
    }
    case 'addresses':
      return addresses(rule.key, context);
  }
}

function rate(rule: Extract<WafRule, { kind: 'rate' }>, context: RuleContext): Statement {
  return {
    rate_based_statement: {
      limit: rule.requests,
      evaluation_window_sec: rule.windowSeconds,
      aggregate_key_type: context.client === 'connection' ? 'IP' : 'FORWARDED_IP',
      forwarded_ip_config: forwarded(context),
      scope_down_statement: counted(rule),
    },
  };
}

/** The requests that a rate counts; undefined for all. */
function counted({ paths, exceptPaths }: Extract<WafRule, { kind: 'rate' }>): Statement | undefined {
  const conditions = [
    ...(paths === undefined ? [] : [anyOf(paths.map(pathBeginsWith))]),
    ...exceptPaths.map((path) => not(pathBeginsWith(path))),
  ];
  return conditions.length === 0 ? undefined : allOf(conditions);
}

function addresses(key: string, context: RuleContext): Statement {
  const arn = context.addressLists[key];
  if (arn === undefined) throw new Error(`the rule ${key} has no list of addresses`);
  const header = forwarded(context);
  return { ip_set_reference_statement: { arn, ip_set_forwarded_ip_config: header && { ...header, position: 'FIRST' } } };
}

function forwarded({ client }: RuleContext): ForwardedAddress | undefined {
  return client === 'connection' ? undefined : CLOUDFLARE_HEADER;
}

function except(paths: readonly string[], statement: Statement): Statement {
  return paths.length === 0 ? statement : allOf([statement, ...paths.map((path) => not(pathBeginsWith(path)))]);
}

/**
 * A group as it is; or, where uploads are exempt, a group whose body rules only count and add labels, and a second rule that
 * blocks the labelled requests except at the upload paths. All other rules of the group block there too.
 */
function managedGroup(rule: Extract<WafRule, { kind: 'managed' }>, context: RuleContext): readonly Wafv2WebAclRule[] {
  const bodyRules = rule.uploads === undefined ? [] : MANAGED_GROUPS[rule.group];
  const counting = [...new Set([...rule.countOnly, ...bodyRules.map((body) => body.rule)])];
  const statement: Statement = {
    managed_rule_group_statement: {
      vendor_name: 'AWS',
      name: rule.group,
      rule_action_override: counting.length === 0 ? undefined : counting.map((name) => ({ name, action_to_use: { count: {} } })),
    },
  };
  const overrideAction = rule.action === 'block' ? { none: {} } : { count: {} };
  const group: Wafv2WebAclRule = { ...frame(rule.key, rule.priority, context), overrideAction, statement };
  if (rule.uploads === undefined) return [group];
  const refusing = bodyRules.filter((body) => !rule.countOnly.includes(body.rule));
  return [
    group,
    {
      ...frame(`${rule.key}-bodies`, rule.uploads.priority, context),
      action: action(rule.action),
      statement: except(rule.uploads.paths, anyOf(refusing.map((body) => hasLabel(body.label)))),
    },
  ];
}
