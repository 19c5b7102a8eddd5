/** Plans that may be fine, and that a reviewer has to look at. */
import { entry, OWN, policy, several, single, type HostileCase } from './hostile-case';

const INSTALL = { address: 'terraform_data.x', mode: 'managed', type: 'terraform_data' };

export const NOTICED: readonly HostileCase[] = [
  several(
    'a program runs during the apply',
    {
      changes: [entry('terraform_data.x', null, {})],
      configured: [{ ...INSTALL, provisioners: [{ type: 'local-exec', expressions: {} }] }],
    },
    { changes: [entry('terraform_data.x', null, {})], configured: [INSTALL] },
  ),
  several(
    'a program runs on the host',
    { changes: [entry('terraform_data.x', null, {})], configured: [{ ...INSTALL, provisioners: [{ type: 'remote-exec' }] }] },
    { changes: [entry('terraform_data.x', {}, {})], configured: [{ ...INSTALL, provisioners: [{ type: 'remote-exec' }] }] },
  ),
  several(
    'a program runs during the plan',
    { changes: [], configured: [{ address: 'data.external.x', mode: 'data', type: 'external' }] },
    { changes: [], configured: [{ address: 'data.aws_region.x', mode: 'data', type: 'aws_region' }] },
  ),
  several(
    'an action is invoked',
    {
      changes: [],
      more: {
        action_invocations: [
          {
            address: 'action.aws_lambda_invoke.x',
            type: 'aws_lambda_invoke',
            lifecycle_action_trigger: { triggering_resource_address: 'aws_s3_object.x' },
          },
        ],
      },
    },
    { changes: [], more: { action_invocations: [] } },
  ),
  several(
    'a resource is imported',
    [entry('aws_cloudwatch_dashboard.x', { name: 'a' }, { name: 'a' }, { importing: { id: 'a' } })],
    [entry('aws_cloudwatch_dashboard.x', { name: 'a' }, { name: 'a' })],
  ),
  single(
    'the engine of a cache becomes another in place',
    'aws_elasticache_replication_group.cache_redis',
    { engine: 'redis', engine_version: '7.1', node_type: 'cache.t4g.micro' },
    { engine: 'valkey', engine_version: '7.1', node_type: 'cache.t4g.micro' },
    { engine: 'redis', engine_version: '7.1', node_type: 'cache.t4g.small' },
  ),
  single('a type is unknown', 'aws_quantum_ledger.x', { name: 'a' }, { name: 'b' }, { name: 'a' }),
  single(
    'a role may do more',
    'aws_iam_role_policy.x',
    { policy: policy({ Action: 'sqs:SendMessage', Resource: 'arn:a' }) },
    { policy: policy({ Action: ['sqs:SendMessage', 'sqs:ReceiveMessage'], Resource: 'arn:a' }) },
    {},
  ),
  single(
    'a role may do the same elsewhere',
    'aws_iam_role_policy.x',
    { policy: policy({ Action: 'sqs:SendMessage', Resource: 'arn:a' }) },
    { policy: policy({ Action: 'sqs:SendMessage', Resource: 'arn:b' }) },
    {},
  ),
  single(
    'an attribute of a database that no table ranks',
    'aws_db_instance.x',
    { character_set_name: 'a' },
    { character_set_name: 'b' },
    { instance_class: 'c' },
  ),
  single('an alarm is removed', 'aws_cloudwatch_metric_alarm.x', { alarm_name: 'a' }, null, { period: 60 }),
  single('a name leads elsewhere', 'aws_route53_record.x', { records: ['192.0.2.1'] }, { records: ['192.0.2.2'] }, { ttl: 60 }),
  several(
    'the key of a database is known only after the apply',
    [entry('aws_db_instance.x', { kms_key_id: 'a' }, {}, { actions: ['update'], unknown: { kms_key_id: true } })],
    [entry('aws_db_instance.x', { kms_key_id: 'a' }, { kms_key_id: 'a', instance_class: 'b' })],
  ),
  several(
    'what a release installs',
    [entry('helm_release.x', null, { chart: 'a' })],
    [entry('helm_release.x', { chart: 'a' }, { chart: 'a' })],
  ),
  single(
    'a role of the account may use a key',
    'aws_kms_grant.x',
    null,
    { grantee_principal: `arn:aws:iam::${OWN}:role/reader` },
    { grantee_principal: null },
  ),
];
