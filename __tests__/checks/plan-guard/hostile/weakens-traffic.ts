/** Plans that weaken TLS, the firewall and the network. */
import { entry, policy, several, single, type HostileCase } from './hostile-case';

const TLS = { protocol: 'HTTPS', port: 443, ssl_policy: 'ELBSecurityPolicy-TLS13-1-2-2021-06', certificate_arn: 'arn:cert' };
const WEB_ACL = {
  default_action: [{ allow: [{}] }],
  rule: [
    { name: 'rate', action: [{ block: [{}] }], override_action: [], statement: [{ rate_based_statement: [{ limit: 2000 }] }] },
    { name: 'core', action: [], override_action: [{ none: [{}] }] },
  ],
};
const rules = (...changed: object[]): object => ({ rule: changed });
const PARAMETERS = {
  parameter: [
    { name: 'rds.force_ssl', value: '1' },
    { name: 'work_mem', value: '4096' },
  ],
};

export const WEAKENS_TRAFFIC: readonly HostileCase[] = [
  single('a listener answers without TLS', 'aws_lb_listener.https', TLS, { protocol: 'HTTP' }, { port: 8443 }),
  single(
    'a listener accepts TLS 1.0',
    'aws_lb_listener.https',
    TLS,
    { ssl_policy: 'ELBSecurityPolicy-2016-08' },
    { ssl_policy: 'ELBSecurityPolicy-TLS13-1-3-2021-06' },
  ),
  single(
    'plain HTTP is forwarded instead of redirected',
    'aws_lb_listener.http',
    { protocol: 'HTTP', default_action: [{ type: 'redirect' }] },
    { default_action: [{ type: 'forward' }] },
    { default_action: [{ type: 'redirect', order: 1 }] },
  ),
  single(
    'a distribution answers plain HTTP',
    'aws_cloudfront_distribution.edge',
    {
      default_cache_behavior: [{ viewer_protocol_policy: 'redirect-to-https' }],
      viewer_certificate: [{ minimum_protocol_version: 'TLSv1.2_2021' }],
    },
    { default_cache_behavior: [{ viewer_protocol_policy: 'allow-all' }] },
    { default_cache_behavior: [{ viewer_protocol_policy: 'https-only' }] },
  ),
  single(
    'a distribution asks for no login',
    'aws_cloudfront_distribution.edge',
    { default_cache_behavior: [{ function_association: [{ event_type: 'viewer-request', function_arn: 'arn:login' }] }] },
    { default_cache_behavior: [{ function_association: [] }] },
    { default_cache_behavior: [{ function_association: [{ event_type: 'viewer-request', function_arn: 'arn:login' }] }] },
  ),
  single(
    'a function forgets its logins',
    'aws_cloudfront_function.login',
    { key_value_store_associations: ['arn:store'] },
    { key_value_store_associations: [] },
    { comment: 'x' },
  ),
  single(
    'a distribution accepts TLS 1.0',
    'aws_cloudfront_distribution.edge',
    { viewer_certificate: [{ minimum_protocol_version: 'TLSv1.2_2021' }] },
    { viewer_certificate: [{ minimum_protocol_version: 'TLSv1_2016' }] },
    { viewer_certificate: [{ minimum_protocol_version: 'TLSv1.3_2025' }] },
  ),
  single(
    'the firewall of a distribution is taken off',
    'aws_cloudfront_distribution.edge',
    { web_acl_id: 'arn:acl' },
    { web_acl_id: '' },
    { comment: 'x' },
  ),
  several(
    'the firewall of a load balancer is taken off',
    [
      entry('aws_lb.web', { arn: 'arn:lb' }, { arn: 'arn:lb' }),
      entry('aws_wafv2_web_acl_association.web', { resource_arn: 'arn:lb', web_acl_arn: 'arn:acl' }, null),
    ],
    [
      entry('aws_lb.web', { arn: 'arn:lb' }, null),
      entry('aws_wafv2_web_acl_association.web', { resource_arn: 'arn:lb', web_acl_arn: 'arn:acl' }, null),
    ],
  ),
  single(
    'a rule of the firewall only counts',
    'aws_wafv2_web_acl.web',
    WEB_ACL,
    rules({ ...WEB_ACL.rule[0], action: [{ count: [{}] }] }, WEB_ACL.rule[1] ?? {}),
    { description: 'x' },
  ),
  single(
    'a rule of the firewall is gone',
    'aws_wafv2_web_acl.web',
    WEB_ACL,
    rules(WEB_ACL.rule[0] ?? {}),
    rules(...WEB_ACL.rule, { name: 'more', action: [{ block: [{}] }] }),
  ),
  single(
    'a rule of the firewall lets requests pass',
    'aws_wafv2_web_acl.web',
    WEB_ACL,
    rules(...WEB_ACL.rule, { name: 'me', action: [{ allow: [{}] }] }),
    { tags: {} },
  ),
  single(
    'a managed group of the firewall only counts',
    'aws_wafv2_web_acl.web',
    WEB_ACL,
    rules(WEB_ACL.rule[0] ?? {}, { name: 'core', override_action: [{ count: [{}] }] }),
    { tags: {} },
  ),
  single(
    'the firewall of a zone is disabled',
    'cloudflare_ruleset.waf',
    { zone_id: 'z', phase: 'p', rules: [{ ref: 'a', action: 'block', enabled: true }] },
    { rules: [{ ref: 'a', action: 'block', enabled: false }] },
    { name: 'x' },
  ),
  single('the origin of a name is published', 'cloudflare_dns_record.web', { proxied: true }, { proxied: false }, { ttl: 300 }),
  single(
    'the connection to the origin is not verified',
    'cloudflare_zone_setting.ssl',
    { setting_id: 'ssl', value: 'strict' },
    { value: 'flexible' },
    {},
  ),
  single(
    'a database accepts connections without TLS',
    'aws_db_parameter_group.shop',
    PARAMETERS,
    { parameter: [{ name: 'rds.force_ssl', value: '0' }] },
    { parameter: [PARAMETERS.parameter[0], { name: 'work_mem', value: '8192' }] },
  ),
  single(
    'a parameter that demands TLS is gone',
    'aws_db_parameter_group.shop',
    PARAMETERS,
    { parameter: [PARAMETERS.parameter[1]] },
    { parameter: [...PARAMETERS.parameter, { name: 'jit', value: '0' }] },
  ),
  ...['aws_instance.host', 'aws_launch_template.nodes'].flatMap((address) => [
    single(
      `IMDSv1 answers (${address})`,
      address,
      { metadata_options: [{ http_tokens: 'required', http_put_response_hop_limit: 1 }] },
      { metadata_options: [{ http_tokens: 'optional', http_put_response_hop_limit: 1 }] },
      { tags: {} },
    ),
    single(
      `containers reach the metadata (${address})`,
      address,
      { metadata_options: [{ http_tokens: 'required', http_put_response_hop_limit: 1 }] },
      { metadata_options: [{ http_tokens: 'required', http_put_response_hop_limit: 3 }] },
      { tags: {} },
    ),
  ]),
  single(
    'databases may move into another subnet',
    'aws_db_subnet_group.shop',
    { subnet_ids: ['subnet-isolated-a'] },
    { subnet_ids: ['subnet-isolated-a', 'subnet-public-a'] },
    { description: 'x' },
  ),
  single(
    'a subnet has the routes of another table',
    'aws_route_table_association.isolated',
    { subnet_id: 's', route_table_id: 'rtb-isolated' },
    { route_table_id: 'rtb-public' },
    {},
  ),
  single(
    'an endpoint passes every request',
    'aws_vpc_endpoint.s3',
    { policy: policy({ Action: 's3:GetObject', Principal: '*', Resource: 'arn:aws:s3:::shop/*' }) },
    { policy: policy({ Action: '*', Principal: '*' }) },
    { tags: {} },
  ),
];
