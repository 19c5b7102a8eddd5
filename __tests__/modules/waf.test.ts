/** The web ACL: its rules in the shape that the AWS provider takes, its log without credentials. */
import { Wafv2WebAcl } from '@cdktf/provider-aws/lib/wafv2-web-acl';
import { Testing } from 'cdktf';
import type { ResolvedWaf, WafRule } from '../../src/config/resolved/edge';
import { anyOf, hasLabel } from '../../src/modules/waf/statement';
import { WebAcl } from '../../src/modules/waf/web-acl';
import { synthModule, theOnly } from '../support/synth';

/**
 * What the provider's acceptance tests assert of a statement, without list indices. Sources: hashicorp/terraform-provider-aws,
 * internal/service/wafv2/web_acl_test.go and rule_group_test.go. `statement` inside and, or, not and scope_down_statement
 * starts over.
 */
const FIELD = ['uri_path', 'all_query_arguments', 'single_header.name', 'body.oversize_handling'];
const inspection = (name: string) => [
  ...FIELD.map((field) => `${name}.field_to_match.${field}`),
  `${name}.text_transformation.priority`,
  `${name}.text_transformation.type`,
];
const PROVIDER_SHAPE: ReadonlySet<string> = new Set([
  'rate_based_statement.limit',
  'rate_based_statement.evaluation_window_sec',
  'rate_based_statement.aggregate_key_type',
  'rate_based_statement.forwarded_ip_config.fallback_behavior',
  'rate_based_statement.forwarded_ip_config.header_name',
  'managed_rule_group_statement.name',
  'managed_rule_group_statement.vendor_name',
  'managed_rule_group_statement.rule_action_override.name',
  'managed_rule_group_statement.rule_action_override.action_to_use.count',
  'geo_match_statement.country_codes',
  'geo_match_statement.forwarded_ip_config.fallback_behavior',
  'geo_match_statement.forwarded_ip_config.header_name',
  'label_match_statement.scope',
  'label_match_statement.key',
  'ip_set_reference_statement.arn',
  'ip_set_reference_statement.ip_set_forwarded_ip_config.fallback_behavior',
  'ip_set_reference_statement.ip_set_forwarded_ip_config.header_name',
  'ip_set_reference_statement.ip_set_forwarded_ip_config.position',
  'byte_match_statement.positional_constraint',
  'byte_match_statement.search_string',
  'sqli_match_statement.sensitivity_level',
  ...inspection('byte_match_statement'),
  ...inspection('xss_match_statement'),
  ...inspection('sqli_match_statement'),
]);

/** Where a new statement begins, and how many levels of these the provider's schema has. */
const NESTING = ['and_statement.statement', 'or_statement.statement', 'not_statement.statement'];
const SCOPE_DOWN = 'rate_based_statement.scope_down_statement';
const MOST_LEVELS = 3;

interface Leaf {
  readonly path: string;
  readonly levels: number;
}

function leaves(value: any, path = '', levels = 0): readonly Leaf[] {
  if (NESTING.includes(path)) return [value].flat().flatMap((inner) => leaves(inner, '', levels + 1));
  if (path === SCOPE_DOWN) return leaves(value, '', levels + 1);
  if (Array.isArray(value) && value.every((inner) => typeof inner === 'object'))
    return value.flatMap((inner) => leaves(inner, path, levels));
  if (typeof value !== 'object' || Array.isArray(value) || Object.keys(value).length === 0) return [{ path, levels }];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`, levels));
}

const waf = (rules: readonly WafRule[], changes: Partial<ResolvedWaf> = {}): ResolvedWaf => ({
  name: 'shop-test-web',
  scope: 'REGIONAL',
  client: 'connection',
  logs: { requests: 'refused', retentionDays: 30 },
  rules,
  ...changes,
});

const synth = (resolved: ResolvedWaf) =>
  synthModule((stack) => {
    const webAcl = new WebAcl(stack, 'web-acl', { waf: resolved, region: 'eu-west-1', accountId: '123456789012' });
    if (resolved.scope === 'REGIONAL') webAcl.guard('arn:load-balancer');
  });

const ruleNamed = (resolved: ResolvedWaf, name: string) =>
  theOnly(synth(resolved), 'aws_wafv2_web_acl').rule.find((rule: any) => rule.name === name);

const rate: WafRule = {
  key: 'rate',
  kind: 'rate',
  priority: 30,
  action: 'block',
  requests: 2000,
  windowSeconds: 300,
  exceptPaths: [],
};
const countries: WafRule = {
  key: 'countries',
  kind: 'countries',
  priority: 10,
  action: 'block',
  codes: ['KP', 'IR'],
  refuse: 'listed',
};
const addresses: WafRule = { key: 'office', kind: 'addresses', priority: 5, action: 'allow', cidrs: ['203.0.113.0/24'] };
const scripts: WafRule = {
  key: 'scripts',
  kind: 'cross-site-scripting',
  priority: 40,
  action: 'block',
  exceptPaths: ['/raw', '/code'],
};
const sql: WafRule = { key: 'sql', kind: 'sql-injection', priority: 50, action: 'count', exceptPaths: [] };
const core: WafRule = {
  key: 'core',
  kind: 'managed',
  priority: 60,
  action: 'block',
  group: 'AWSManagedRulesCommonRuleSet',
  countOnly: ['NoUserAgent_HEADER', 'GenericRFI_BODY'],
  uploads: { paths: ['/upload', '/import'], priority: 61 },
};
const all = [rate, countries, addresses, scripts, sql, core];

describe('the shape of rules', () => {
  test.each(['connection', 'cloudflare-header'] as const)(
    "is that of the provider's own tests, with the client by its %s",
    (client) => {
      const { rule } = theOnly(
        synth(
          waf(
            [
              ...all,
              { ...rate, key: 'logins', priority: 31, paths: ['/login', '/token'], exceptPaths: ['/login/a', '/login/b'] },
            ],
            { client },
          ),
        ),
        'aws_wafv2_web_acl',
      );
      const found: readonly Leaf[] = rule.flatMap(({ statement }: any) => leaves(statement));
      expect(found.length).toBeGreaterThan(50);
      expect(found.map(({ path }) => path).filter((path) => !PROVIDER_SHAPE.has(path))).toEqual([]);
      expect(Math.max(...found.map(({ levels }) => levels))).toBeLessThanOrEqual(MOST_LEVELS);
    },
  );

  test('each has exactly one statement, one kind of action, and metrics without samples', () => {
    for (const { statement, action, override_action, visibility_config } of theOnly(synth(waf(all)), 'aws_wafv2_web_acl').rule) {
      expect(Object.keys(statement)).toHaveLength(1);
      expect([action, override_action].filter((one) => one !== undefined)).toHaveLength(1);
      expect('managed_rule_group_statement' in statement).toBe(override_action !== undefined);
      expect(visibility_config).toMatchObject({ cloudwatch_metrics_enabled: true, sampled_requests_enabled: false });
    }
  });

  test('`and` and `or` have at least two statements, as AWS requires', () => {
    expect(anyOf([hasLabel('a')])).toEqual(hasLabel('a'));
    expect(anyOf([hasLabel('a'), hasLabel('b')])).toEqual({ or_statement: { statement: [hasLabel('a'), hasLabel('b')] } });
    expect(() => anyOf([])).toThrow('no statements');
  });

  test('they are ordered by priority, each once', () => {
    const priorities = theOnly(synth(waf(all)), 'aws_wafv2_web_acl').rule.map(({ priority }: any) => priority);
    expect(priorities).toEqual([5, 10, 30, 40, 50, 60, 61]);
  });
});

describe('rules', () => {
  test('a rate counts connecting addresses over its window', () => {
    expect(ruleNamed(waf([rate]), 'rate')).toMatchObject({
      action: { block: {} },
      statement: { rate_based_statement: { limit: 2000, evaluation_window_sec: 300, aggregate_key_type: 'IP' } },
    });
    expect(ruleNamed(waf([rate]), 'rate').statement.rate_based_statement).not.toHaveProperty('scope_down_statement');
  });

  test('a rate leaves out exempt paths, also within the paths that it counts', () => {
    const counted = (changes: object) =>
      ruleNamed(waf([{ ...rate, ...changes }]), 'rate').statement.rate_based_statement.scope_down_statement;
    const begins = (prefix: string) =>
      expect.objectContaining({ byte_match_statement: expect.objectContaining({ search_string: prefix }) });
    const leftOut = (prefix: string) => ({ not_statement: { statement: [begins(prefix)] } });
    expect(counted({ exceptPaths: ['/assets/'] })).toEqual(leftOut('/assets/'));
    expect(counted({ paths: ['/api'], exceptPaths: ['/api/files/', '/api/maps/'] })).toEqual({
      and_statement: { statement: [begins('/api'), leftOut('/api/files/'), leftOut('/api/maps/')] },
    });
  });

  test("behind Cloudflare it counts the address in Cloudflare's header, and requests without the header too", () => {
    expect(ruleNamed(waf([rate], { client: 'cloudflare-header' }), 'rate').statement.rate_based_statement).toMatchObject({
      aggregate_key_type: 'FORWARDED_IP',
      forwarded_ip_config: { header_name: 'CF-Connecting-IP', fallback_behavior: 'MATCH' },
    });
  });

  test('countries are blocked when listed, or when not listed', () => {
    expect(ruleNamed(waf([countries]), 'countries').statement).toEqual({ geo_match_statement: { country_codes: ['KP', 'IR'] } });
    const others = ruleNamed(waf([{ ...countries, refuse: 'others' }]), 'countries').statement;
    expect(others).toEqual({ not_statement: { statement: [{ geo_match_statement: { country_codes: ['KP', 'IR'] } }] } });
  });

  test('addresses are in an IP set', () => {
    const module = synth(waf([addresses]));
    expect(theOnly(module, 'aws_wafv2_ip_set')).toMatchObject({
      addresses: ['203.0.113.0/24'],
      ip_address_version: 'IPV4',
      scope: 'REGIONAL',
    });
    const global = synth(waf([addresses], { scope: 'CLOUDFRONT' }));
    expect(theOnly(global, 'aws_wafv2_ip_set').scope).toBe('CLOUDFRONT');
    expect(theOnly(module, 'aws_wafv2_web_acl').rule[0]).toMatchObject({
      action: { allow: {} },
      statement: { ip_set_reference_statement: { arn: '${aws_wafv2_ip_set.web-acl_addresses-office.arn}' } },
    });
  });

  test('scripts are matched in path, query, cookies and body, except at exempt paths', () => {
    const [looked, ...exempt] = ruleNamed(waf([scripts]), 'scripts').statement.and_statement.statement;
    const fields = looked.or_statement.statement.map((one: any) => Object.keys(one.xss_match_statement.field_to_match)[0]);
    expect(fields).toEqual(['uri_path', 'all_query_arguments', 'single_header', 'body']);
    const paths = exempt.map((one: any) => one.not_statement.statement[0].byte_match_statement.search_string);
    expect(paths).toEqual(['/raw', '/code']);
  });

  test('a rule that only counts blocks nothing', () => {
    expect(ruleNamed(waf([sql]), 'sql').action).toEqual({ count: {} });
    expect(ruleNamed(waf([{ ...core, action: 'count', uploads: undefined }]), 'core').override_action).toEqual({ count: {} });
  });
});

describe('a managed group', () => {
  test('is used unchanged where nothing is exempt', () => {
    const whole = waf([{ ...core, countOnly: [], uploads: undefined }]);
    expect(theOnly(synth(whole), 'aws_wafv2_web_acl').rule).toHaveLength(1);
    const { statement, override_action } = ruleNamed(whole, 'core');
    expect(statement.managed_rule_group_statement).toEqual({ vendor_name: 'AWS', name: 'AWSManagedRulesCommonRuleSet' });
    expect(override_action).toEqual({ none: {} });
  });

  test('with uploads, only its rules about bodies and the named ones count', () => {
    const { rule_action_override } = ruleNamed(waf([core]), 'core').statement.managed_rule_group_statement;
    expect(rule_action_override.map(({ name }: any) => name).sort()).toEqual([
      'CrossSiteScripting_BODY',
      'EC2MetaDataSSRF_BODY',
      'GenericLFI_BODY',
      'GenericRFI_BODY',
      'NoUserAgent_HEADER',
      'SizeRestrictions_BODY',
    ]);
    for (const { action_to_use } of rule_action_override) expect(action_to_use).toEqual({ count: {} });
  });

  test('requests that it counted are blocked except at the uploads, unless the rule is to count anyway', () => {
    const second = ruleNamed(waf([core]), 'core-bodies');
    expect(second).toMatchObject({ priority: 61, action: { block: {} } });
    const [labelled, ...exempt] = second.statement.and_statement.statement;
    const labels = labelled.or_statement.statement.map((one: any) => one.label_match_statement.key);
    expect(labels).toContain('awswaf:managed:aws:core-rule-set:SizeRestrictions_Body');
    expect(labels).not.toContain('awswaf:managed:aws:core-rule-set:GenericRFI_Body');
    expect(labels).toHaveLength(4);
    const paths = exempt.map((one: any) => one.not_statement.statement[0].byte_match_statement);
    expect(paths.map(({ search_string }: any) => search_string)).toEqual(['/upload', '/import']);
    for (const { positional_constraint } of paths) expect(positional_constraint).toBe('STARTS_WITH');
  });

  test('an exempt path cannot be imitated by an encoded one', () => {
    const [, exempt] = ruleNamed(waf([core]), 'core-bodies').statement.and_statement.statement;
    const { text_transformation } = exempt.not_statement.statement[0].byte_match_statement;
    expect(text_transformation.map(({ type }: any) => type)).toEqual(['URL_DECODE', 'NORMALIZE_PATH']);
  });
});

describe('the web ACL', () => {
  test('allows what no rule blocks, and is associated with the load balancer', () => {
    const synthesized = Testing.synthScope(
      (scope) => void new WebAcl(scope, 'web-acl', { waf: waf(all), region: 'eu-west-1', accountId: '123456789012' }),
    );
    expect(synthesized).toHaveResourceWithProperties(Wafv2WebAcl, {
      name: 'shop-test-web',
      scope: 'REGIONAL',
      default_action: { allow: {} },
    });
    expect(theOnly(synth(waf(all)), 'aws_wafv2_web_acl_association')).toMatchObject({
      resource_arn: 'arn:load-balancer',
      web_acl_arn: '${aws_wafv2_web_acl.web-acl_acl.arn}',
    });
  });

  test('logs blocked requests without authorization and cookies', () => {
    const logging = theOnly(synth(waf(all)), 'aws_wafv2_web_acl_logging_configuration');
    expect(logging.redacted_fields).toEqual([
      { single_header: { name: 'authorization' } },
      { single_header: { name: 'cookie' } },
    ]);
    expect(logging.logging_filter).toMatchObject({
      default_behavior: 'DROP',
      filter: [{ behavior: 'KEEP', requirement: 'MEETS_ANY' }],
    });
    expect(logging.logging_filter.filter[0].condition).toContainEqual({ action_condition: { action: 'BLOCK' } });
  });

  test('logs all requests when configured, still without credentials', () => {
    const logging = theOnly(
      synth(waf(all, { logs: { requests: 'all', retentionDays: 7 } })),
      'aws_wafv2_web_acl_logging_configuration',
    );
    expect(logging).not.toHaveProperty('logging_filter');
    expect(logging.redacted_fields).toHaveLength(2);
  });

  test('writes to a group whose name WAF accepts, with the configured retention; only WAF of this account may write', () => {
    const module = synth(waf(all, { logs: { requests: 'all', retentionDays: 7 } }));
    expect(theOnly(module, 'aws_cloudwatch_log_group')).toMatchObject({
      name: 'aws-waf-logs-shop-test-web',
      retention_in_days: 7,
    });
    const [statement] = JSON.parse(theOnly(module, 'aws_cloudwatch_log_resource_policy').policy_document).Statement;
    expect(statement.Principal).toEqual({ Service: ['delivery.logs.amazonaws.com'] });
    expect(statement.Condition.StringEquals).toEqual({ 'aws:SourceAccount': '123456789012' });
  });
});
