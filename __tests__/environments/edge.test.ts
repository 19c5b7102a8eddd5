/** What the documents say of names, CDN, firewalls and frontends, environment by environment. */
import cloudpartner from '../../environments/cloudpartner/mvp';
import h2oDev from '../../environments/h2o/dev';
import h2oProd from '../../environments/h2o/prod';
import infrarProduction from '../../environments/infrar/production';
import infrarStaging from '../../environments/infrar/staging';
import semiont from '../../environments/semiont/production';
import webranaGrowth from '../../environments/webrana/growth';
import webranaMvp from '../../environments/webrana/mvp';
import webranaScale from '../../environments/webrana/scale';
import { parseEnvironment } from '../../src/config';
import { having } from '../support/environments';
import { danglingReferences } from '../support/references';
import { resourcesOf, synthEnvironment, theOnly, type RootModule } from '../support/synth';

interface Edge {
  readonly edge: RootModule;
  readonly compute: RootModule;
}

function edgeOf(input: unknown): Edge {
  const environment = parseEnvironment(input);
  const stacks = synthEnvironment(environment);
  const stack = (kind: string) => stacks[`${environment.identity.environment}-${kind}`] as RootModule;
  return { edge: stack('edge'), compute: stack(`compute-${environment.tier.kind}`) };
}

/** The rules of the only web ACL, by name. */
const rulesIn = (module: RootModule): Readonly<Record<string, any>> =>
  Object.fromEntries(theOnly(module, 'aws_wafv2_web_acl').rule.map((rule: any) => [rule.name, rule]));
const groupsIn = (module: RootModule) =>
  Object.values(rulesIn(module)).flatMap(({ statement }) => statement.managed_rule_group_statement?.name ?? []);
const settingsIn = (edge: RootModule) =>
  Object.fromEntries(resourcesOf(edge, 'cloudflare_zone_setting').map(({ setting_id, value }) => [setting_id, value]));
/** Who may reach the load balancer or the host on 443. */
const admittedTo = (compute: RootModule) =>
  resourcesOf(compute, 'aws_vpc_security_group_ingress_rule')
    .filter(({ from_port, cidr_ipv4, prefix_list_id }) => from_port === 443 && (cidr_ipv4 ?? prefix_list_id) !== undefined)
    .map(({ cidr_ipv4, prefix_list_id }) => cidr_ipv4 ?? prefix_list_id);

describe('infrar-production, by its document', () => {
  const { edge, compute } = edgeOf(infrarProduction);
  const rules = rulesIn(compute);

  it('serves infrar.io and www.infrar.io from Cloudflare Pages', () => {
    expect(theOnly(edge, 'cloudflare_pages_project').name).toBe('infrar-web');
    expect(resourcesOf(edge, 'cloudflare_pages_domain').map(({ name }) => name)).toEqual(['infrar.io', 'www.infrar.io']);
    for (const name of ['infrar.io', 'www.infrar.io']) {
      expect(having(edge, 'cloudflare_dns_record', 'name', name)).toMatchObject({ type: 'CNAME', proxied: true });
    }
  });

  it('builds infrar-web with `npm run build`, from /, into out', () => {
    const { build_config, source } = theOnly(edge, 'cloudflare_pages_project');
    expect(build_config).toEqual({ build_command: 'npm run build', destination_dir: 'out', root_dir: '/' });
    expect(source.config.repo_name).toBe('infrar-web');
  });

  it('tells the frontend NEXT_PUBLIC_API_URL=https://api.infrar.io', () => {
    const { production } = theOnly(edge, 'cloudflare_pages_project').deployment_configs;
    expect(production.env_vars).toEqual({ NEXT_PUBLIC_API_URL: { type: 'plain_text', value: 'https://api.infrar.io' } });
  });

  it('previews every pull request', () =>
    expect(theOnly(edge, 'cloudflare_pages_project').source.config.preview_deployment_setting).toBe('all'));

  it('points api.infrar.io in Route 53 at the load balancer', () => {
    const record = theOnly(edge, 'aws_route53_record');
    expect(record).toMatchObject({ name: 'api.infrar.io', type: 'A' });
    expect(record.alias.name).toContain('load_balancer.dns_name');
  });

  it('checks its health from Route 53', () => {
    expect(theOnly(edge, 'aws_route53_health_check')).toMatchObject({
      fqdn: 'api.infrar.io',
      resource_path: '/health',
      type: 'HTTPS',
    });
  });

  it('refuses more than 2000 requests in 5 minutes of one address', () => {
    expect(rules['rate-limit']).toMatchObject({
      action: { block: {} },
      statement: { rate_based_statement: { limit: 2000, evaluation_window_sec: 300, aggregate_key_type: 'IP' } },
    });
  });

  it('refuses SQL injection, cross-site scripting, known bad inputs, and bad addresses', () => {
    expect(groupsIn(compute)).toEqual(
      expect.arrayContaining([
        'AWSManagedRulesSQLiRuleSet',
        'AWSManagedRulesKnownBadInputsRuleSet',
        'AWSManagedRulesAmazonIpReputationList',
      ]),
    );
    expect(JSON.stringify(rules['cross-site-scripting']?.statement)).toContain('xss_match_statement');
    expect(rules['cross-site-scripting']?.action).toEqual({ block: {} });
  });

  it('restricts no country: "geographic restrictions: optional"', () =>
    expect(JSON.stringify(rules)).not.toContain('geo_match_statement'));

  it('has its web ACL before the load balancer', () =>
    expect(theOnly(compute, 'aws_wafv2_web_acl_association').resource_arn).toContain('aws_lb.'));

  it('lets the world reach its load balancer, as drawn', () => expect(admittedTo(compute)).toEqual(['0.0.0.0/0']));

  it('keeps its zone strict, always HTTPS, TLS 1.2 and newer', () =>
    expect(settingsIn(edge)).toEqual({ ssl: 'strict', always_use_https: 'on', min_tls_version: '1.2' }));
});

describe('infrar-staging, by its document', () => {
  const { edge, compute } = edgeOf(infrarStaging);

  it('serves staging.infrar.io, connected to the staging API', () => {
    expect(theOnly(edge, 'cloudflare_pages_domain').name).toBe('staging.infrar.io');
    const { production } = theOnly(edge, 'cloudflare_pages_project').deployment_configs;
    expect(production.env_vars.NEXT_PUBLIC_API_URL.value).toBe('https://api.staging.infrar.io');
  });

  it('has no web ACL: staging is drawn without one', () => expect(resourcesOf(compute, 'aws_wafv2_web_acl')).toEqual([]));

  it("leaves the zone's settings to infrar-production", () => expect(resourcesOf(edge, 'cloudflare_zone_setting')).toEqual([]));
});

describe('semiont-production, by its document', () => {
  const { edge, compute } = edgeOf(semiont);
  const rules = rulesIn(edge);

  it('stands behind CloudFront, and the firewall behind nothing else', () => {
    expect(theOnly(edge, 'aws_wafv2_web_acl').scope).toBe('CLOUDFRONT');
    expect(theOnly(edge, 'aws_cloudfront_distribution').web_acl_id).toContain('aws_wafv2_web_acl');
  });

  it('refuses more than 100 requests in 5 minutes of one address', () =>
    expect(rules['rate-limit']?.statement.rate_based_statement).toMatchObject({ limit: 100, evaluation_window_sec: 300 }));

  it('has the core rule set, known bad inputs and IP reputation of AWS', () => {
    expect(groupsIn(edge).sort()).toEqual([
      'AWSManagedRulesAmazonIpReputationList',
      'AWSManagedRulesCommonRuleSet',
      'AWSManagedRulesKnownBadInputsRuleSet',
    ]);
  });

  it('refuses countries', () => expect(rules.countries).toMatchObject({ action: { block: {} } }));

  it('exempts uploads from the rules that misfire on bodies, and from no others', () => {
    const { rule_action_override } = rules.core?.statement.managed_rule_group_statement ?? {};
    const counting = rule_action_override.map(({ name }: any) => name);
    expect(counting).toContain('SizeRestrictions_BODY');
    expect(counting.filter((name: string) => !name.endsWith('_BODY'))).toEqual([]);
    expect(rules['core-bodies']).toMatchObject({ action: { block: {} } });
  });

  it('keeps the log of the firewall for a month, without credentials', () => {
    expect(theOnly(edge, 'aws_cloudwatch_log_group').retention_in_days).toBe(30);
    const { redacted_fields } = theOnly(edge, 'aws_wafv2_web_acl_logging_configuration');
    expect(redacted_fields.map(({ single_header }: any) => single_header.name)).toEqual(['authorization', 'cookie']);
  });

  it('caches static assets and nothing of the API', () => {
    const { default_cache_behavior, ordered_cache_behavior } = theOnly(edge, 'aws_cloudfront_distribution');
    expect(ordered_cache_behavior.map(({ path_pattern }: any) => path_pattern)).toEqual(['/_next/static/*']);
    expect(default_cache_behavior.cache_policy_id).toBe('4135ea2d-6df8-44a3-9df3-4b5a84be39ad');
  });

  it('is reachable through CloudFront only', () =>
    expect(admittedTo(compute)).toEqual(['${data.aws_ec2_managed_prefix_list.cloudfront.id}']));

  it('has A records in Route 53', () => {
    const names = resourcesOf(edge, 'aws_route53_record').map(({ name, type }) => `${name} ${type}`);
    expect(names).toEqual(expect.arrayContaining(['semiont.example A', 'semiont.example AAAA', 'origin.semiont.example A']));
  });
});

describe.each([
  ['h2o-prod', h2oProd, 'main', 'h2o.example'],
  ['h2o-dev', h2oDev, 'develop', 'dev.h2o.example'],
] as const)('%s, by its document', (_name, input, branch, site) => {
  const { edge, compute } = edgeOf(input);

  it('has CloudFront before both Amplify and the load balancer, with the names of both', () => {
    const { aliases, origin, default_cache_behavior } = theOnly(edge, 'aws_cloudfront_distribution');
    expect(aliases).toEqual([`api.${site}`, site]);
    expect(origin.map(({ origin_id }: any) => origin_id)).toEqual(['services', 'amplify']);
    expect(default_cache_behavior.target_origin_id).toBe('amplify');
  });

  it('sends the API and /health to the backend, uncached', () => {
    const paths = theOnly(edge, 'aws_cloudfront_distribution').ordered_cache_behavior.filter(
      ({ target_origin_id }: any) => target_origin_id === 'services',
    );
    expect(paths.map(({ path_pattern, cache_policy_id }: any) => [path_pattern, cache_policy_id])).toEqual([
      ['/api/*', '4135ea2d-6df8-44a3-9df3-4b5a84be39ad'],
      ['/health', '4135ea2d-6df8-44a3-9df3-4b5a84be39ad'],
    ]);
  });

  it(`builds the branch ${branch} in Amplify, without a token`, () => {
    expect(theOnly(edge, 'aws_amplify_branch').branch_name).toBe(branch);
    expect(theOnly(edge, 'aws_amplify_app')).not.toHaveProperty('access_token');
  });

  it('speaks HTTPS only', () => {
    const { default_cache_behavior, ordered_cache_behavior } = theOnly(edge, 'aws_cloudfront_distribution');
    for (const behavior of [default_cache_behavior, ...ordered_cache_behavior])
      expect(behavior.viewer_protocol_policy).toBe('redirect-to-https');
    expect(admittedTo(compute)).toEqual(['${data.aws_ec2_managed_prefix_list.cloudfront.id}']);
  });
});

describe('webrana, by its document', () => {
  const growth = edgeOf(webranaGrowth);
  const mvp = edgeOf(webranaMvp);
  const scale = edgeOf(webranaScale);

  it.each([
    ['mvp', mvp, 'A', 'box_address.public_ip'],
    ['growth', growth, 'CNAME', 'load_balancer.dns_name'],
    ['scale', scale, 'CNAME', 'data.aws_lb.ingress.dns_name'],
  ] as const)('on %s has Cloudflare before webrana.id and api.webrana.id', (_stage, { edge }, type, content) => {
    for (const name of ['webrana.id', 'api.webrana.id']) {
      const record = having(edge, 'cloudflare_dns_record', 'name', name);
      expect(record).toMatchObject({ type, proxied: true });
      expect(record.content).toContain(content);
    }
  });

  it('has a firewall of Cloudflare: rate limit and custom rules, on the plan that costs nothing', () => {
    expect(having(growth.edge, 'cloudflare_ruleset', 'phase', 'http_ratelimit').rules[0].ratelimit).toMatchObject({
      period: 10,
      mitigation_timeout: 10,
    });
    expect(having(growth.edge, 'cloudflare_ruleset', 'phase', 'http_request_firewall_custom').rules).toHaveLength(1);
  });

  it('keeps its zone strict, always HTTPS, TLS 1.2 and newer; one environment does', () => {
    expect(settingsIn(growth.edge)).toEqual({ ssl: 'strict', always_use_https: 'on', min_tls_version: '1.2' });
    for (const { edge } of [mvp, scale]) expect(settingsIn(edge)).toEqual({});
  });

  it('admits nobody but Cloudflare', () => {
    for (const { compute } of [growth, mvp]) {
      expect(new Set(admittedTo(compute)).size).toBe(15);
      expect(admittedTo(compute)).not.toContain('0.0.0.0/0');
    }
  });
});

describe('cloudpartner-mvp, by its document', () => {
  const { edge } = edgeOf(cloudpartner);

  it('has its names in Route 53, at the address of the host', () => {
    const records = resourcesOf(edge, 'aws_route53_record');
    expect(records.map(({ name }) => name).sort()).toEqual(['api.cloudpartner.pro', 'cloudpartner.pro', 'www.cloudpartner.pro']);
    for (const { records: values, type } of records) {
      expect(type).toBe('A');
      expect(values).toEqual(['${data.terraform_remote_state.network.outputs.box_address.public_ip}']);
    }
  });

  it('has neither CDN nor firewall', () =>
    expect(Object.keys(edge.resource ?? {}).filter((type) => /cloudfront|wafv2|cloudflare/.test(type))).toEqual([]));

  it('names nothing that it does not hold', () => expect(danglingReferences(edge)).toEqual([]));
});
