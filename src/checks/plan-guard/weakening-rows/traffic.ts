/** TLS, load balancers, firewalls, names and networks: who reaches what, and how. Data for the plan guard. */
import { becomes, changed, downIn, gains, higher, leaves, loses, olderTls, removed, turnedOff, turnedOn } from './predicates';
import { allowsEverything, blocksLess, letsPass } from './rule-lists';
import { each, notable, of, weak, type Weakening } from './weakening';

const NEW_GROUP = (attribute: string) =>
  weak(attribute, gains, 'another security group decides who reaches it', 'admit the caller by a rule of the present group');

/** A listener that answered plain HTTP only with a redirect, and now forwards it. */
function forwardsPlainly(before: unknown, after: unknown): boolean {
  return becomes('forward')(before, after) && leaves('redirect')(before, after);
}

/** Settings of a Cloudflare zone by `setting_id`: what a value must not become, and what that means. */
const CLOUDFLARE_SETTINGS: Readonly<Record<string, { readonly order: readonly string[]; readonly what: string }>> = {
  ssl: {
    order: ['origin_pull', 'strict', 'full', 'flexible', 'off'],
    what: 'the connection to the origin is not verified, or not encrypted',
  },
  min_tls_version: { order: ['1.3', '1.2', '1.1', '1.0'], what: 'older TLS is accepted' },
  always_use_https: { order: ['on', 'off'], what: 'plain HTTP is answered' },
  tls_1_3: { order: ['zrt', 'on', 'off'], what: 'TLS 1.3 is not offered' },
  automatic_https_rewrites: { order: ['on', 'off'], what: 'pages keep links to plain HTTP' },
  security_level: {
    order: ['under_attack', 'high', 'medium', 'low', 'essentially_off', 'off'],
    what: 'fewer requests are challenged',
  },
  browser_check: { order: ['on', 'off'], what: 'fewer requests are challenged' },
};

const CLOUDFLARE_SETTING_WEAKENINGS = Object.entries(CLOUDFLARE_SETTINGS).flatMap(([setting, { order, what }]) =>
  of(
    'cloudflare_zone_setting',
    weak(
      'value',
      (before, after, attributes) => attributes?.setting_id === setting && downIn(...order)(before, after),
      `${what} (${setting})`,
      'keep the setting',
    ),
  ),
);

export const TRAFFIC_WEAKENINGS: readonly Weakening[] = [
  ...of('aws_amplify_branch', weak('enable_basic_auth', turnedOff, 'the site asks for no login', 'keep the login')),
  ...of('aws_amplify_app', weak('enable_basic_auth', turnedOff, 'the site asks for no login', 'keep the login')),
  ...CLOUDFLARE_SETTING_WEAKENINGS,
  ...of('cloudflare_zone_setting', notable('value', changed, 'a setting of the whole zone changes', 'compare both')),
  ...of(
    'aws_lb',
    weak('enable_deletion_protection', turnedOff, 'one request deletes it', 'keep the protection'),
    weak('drop_invalid_header_fields', turnedOff, 'malformed headers reach the service', 'keep dropping them'),
    weak('desync_mitigation_mode', becomes('monitor'), 'smuggled requests reach the service', 'keep the mode'),
    weak('enable_waf_fail_open', turnedOn, 'requests pass while the firewall does not answer', 'leave it off'),
    NEW_GROUP('security_groups'),
  ),
  ...each(
    ['aws_lb_listener', 'aws_alb_listener'],
    weak('protocol', leaves('HTTPS', 'TLS'), 'it answers without TLS', 'keep HTTPS'),
    weak('ssl_policy', olderTls, 'older TLS or weaker ciphers are accepted', 'keep the policy'),
    weak('certificate_arn', removed, 'it answers without TLS', 'keep the certificate'),
    weak('mutual_authentication.mode', leaves('verify'), 'clients need no certificate', 'keep verify'),
    weak('default_action.type', forwardsPlainly, 'plain HTTP is answered instead of redirected', 'keep the redirect'),
    weak('default_action.type', loses, 'what it does with other requests changes', 'keep the default action'),
  ),
  ...of(
    'aws_lb_listener_rule',
    weak(
      'action.type',
      leaves('authenticate-oidc', 'authenticate-cognito', 'fixed-response', 'redirect'),
      'requests pass that were stopped, redirected or had to log in',
      'keep the action',
    ),
  ),
  ...of('aws_lb_target_group', weak('protocol', leaves('HTTPS', 'TLS'), 'requests go on without TLS', 'keep HTTPS')),
  ...of(
    'aws_cloudfront_distribution',
    ...['default_cache_behavior', 'ordered_cache_behavior'].flatMap((block) => [
      weak(`${block}.viewer_protocol_policy`, becomes('allow-all'), 'plain HTTP is answered', 'keep the redirect'),
      weak(
        `${block}.function_association`,
        removed,
        'no function asks for a login, or sees requests at all',
        'keep the function',
      ),
    ]),
    weak('viewer_certificate.minimum_protocol_version', olderTls, 'older TLS is accepted', 'keep the version'),
    weak(
      'origin.custom_origin_config.origin_protocol_policy',
      leaves('https-only'),
      'requests go on to the origin without TLS',
      'keep https-only',
    ),
    weak('web_acl_id', changed, 'another firewall, or none, looks at requests', 'keep the web ACL'),
    weak('restrictions.geo_restriction.restriction_type', becomes('none'), 'every country is served', 'keep the restriction'),
    notable('origin.domain_name', changed, 'another origin answers', 'check who owns it'),
  ),
  ...of(
    'aws_cloudfront_function',
    weak('key_value_store_associations', removed, 'the function compares no logins', 'keep the store'),
    notable('key_value_store_associations', changed, 'the function reads another store', 'check who fills it'),
  ),
  ...of(
    'aws_cloudfront_response_headers_policy',
    weak('security_headers_config', changed, 'browsers get other security headers', 'compare both'),
  ),
  ...of(
    'aws_wafv2_web_acl',
    weak('default_action.block', removed, 'what no rule matches is let through', 'keep blocking'),
    weak('rule', blocksLess, 'a rule is gone, only counts, or blocks later', 'keep the rule'),
    weak('rule', letsPass, 'a rule lets requests pass the others', 'have it reviewed'),
  ),
  ...of(
    'aws_wafv2_web_acl_association',
    weak('web_acl_arn', changed, 'another firewall looks at its requests', 'keep the web ACL'),
    weak('resource_arn', changed, 'what it protected has no firewall', 'add one for the other resource'),
  ),
  ...of('aws_wafv2_ip_set', notable('addresses', changed, 'other addresses are matched', 'check which rule uses them')),
  ...of(
    'cloudflare_ruleset',
    weak('rules', blocksLess, 'a rule is gone, disabled, or no longer blocks', 'keep the rule'),
    weak('rules', letsPass, 'a rule lets requests pass the others', 'have it reviewed'),
  ),
  ...of(
    'cloudflare_dns_record',
    weak('proxied', turnedOff, "the origin's address is published, and reached without Cloudflare", 'keep it proxied'),
    notable('content', changed, 'the name leads elsewhere', 'check who answers there'),
  ),
  ...of(
    'aws_route53_record',
    notable('records', changed, 'the name leads elsewhere', 'check who answers there'),
    notable('alias', changed, 'the name leads elsewhere', 'check who answers there'),
  ),
  ...of(
    'aws_route53_hosted_zone_dnssec',
    weak('signing_status', leaves('SIGNING'), 'answers are no longer signed', 'remove the record at the registrar first'),
  ),
  ...of('aws_route53_zone', weak('force_destroy', turnedOn, 'deleting it deletes every record', 'leave it off')),
  ...each(
    ['aws_vpc_endpoint', 'aws_vpc_endpoint_policy'],
    weak('policy', allowsEverything, 'it passes every request, to any account', 'keep the policy'),
    weak('security_group_ids', gains, 'another security group decides who reaches it', 'keep its groups'),
  ),
  ...of('aws_route_table_association', weak('route_table_id', changed, 'the subnet has other routes', 'keep its route table')),
  ...of(
    'aws_network_acl',
    weak('subnet_ids', loses, 'a subnet has the default list, which allows everything', 'keep the subnet'),
  ),
  ...of('aws_network_interface', NEW_GROUP('security_groups')),
  ...of('aws_efs_mount_target', NEW_GROUP('security_groups')),
  ...each(
    ['aws_instance', 'aws_launch_template'],
    weak(
      'metadata_options.http_tokens',
      (before, after) => leaves('required')(before, after) || becomes('optional')(before, after),
      'a forged request reads the credentials of the host',
      'keep IMDSv2 required',
    ),
    weak('metadata_options.http_put_response_hop_limit', higher, 'containers read the credentials of the host', 'keep the limit'),
    weak('metadata_options.http_endpoint', becomes('enabled'), 'the credentials of the host can be read', 'leave it off'),
    NEW_GROUP('vpc_security_group_ids'),
    weak('disable_api_termination', turnedOff, 'one request deletes the host', 'keep the protection'),
    weak('root_block_device.encrypted', turnedOff, 'the volume is not encrypted', 'keep the encryption'),
    weak('associate_public_ip_address', turnedOn, 'it has a public address', 'leave it private'),
    weak('network_interfaces.associate_public_ip_address', turnedOn, 'it has a public address', 'leave it private'),
    notable('iam_instance_profile', changed, 'it has the permissions of another role', 'compare both roles'),
    notable('user_data', changed, 'another program runs when it boots', 'read it in the description'),
    notable('user_data_base64', changed, 'another program runs when it boots', 'read it in the description'),
    notable('ami', changed, 'it boots another image', 'check who published it'),
    notable('image_id', changed, 'it boots another image', 'check who published it'),
  ),
];
