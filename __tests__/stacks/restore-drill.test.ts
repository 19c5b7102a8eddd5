/** The restore drill of an environment: what is restored, where to, who may do what with it, and the alarm on its age. */
import { judgeOwn } from '../../src/checks/policy/judge';
import { parseEnvironment, type EnvironmentInput } from '../../src/config';
import { moved } from '../support/boxed';
import { example } from '../support/example';
import { isAllowed, statementsOf } from '../support/iam-evaluator';
import { resourcesOf, synthEnvironment, theOnly, type RootModule } from '../support/synth';

const drilled: Partial<EnvironmentInput> = {
  fileSystems: { files: { backup: true, accessPoints: { uploads: { path: '/uploads' } } }, scratch: { accessPoints: {} } },
  backups: { restoreDrill: { weekday: 'wed' } },
};

function stacksOf(changes: Partial<EnvironmentInput> = {}) {
  const stacks = synthEnvironment(parseEnvironment(example({ ...drilled, ...changes })));
  return {
    data: stacks['shop-test-data'] as RootModule,
    observability: stacks['shop-test-observability'] as RootModule,
  };
}

const { data, observability } = stacksOf();
const policyOf = (address: string) => statementsOf(data.resource?.aws_iam_role_policy?.[address]?.policy);

/** As AWS sees the policy: references to resources of the stack have become ARNs. */
const resolved = (address: string) =>
  statementsOf(
    String(data.resource?.aws_iam_role_policy?.[address]?.policy)
      .replaceAll('${aws_ecs_cluster.drill_cluster.arn}', 'arn:cluster')
      .replaceAll('${aws_iam_role.drill_execution_role.arn}', 'arn:execution')
      .replace(/\$\{data\.aws_caller_identity[^}]*\}/g, '123456789012'),
  );

describe('what is restored', () => {
  it('is the database and each file system with copies, weekly, each by a plan of its own', () => {
    expect(resourcesOf(data, 'aws_backup_restore_testing_plan').map(({ name, schedule_expression: at }) => [name, at])).toEqual([
      ['shop_test_database', 'cron(0 10 ? * WED *)'],
      ['shop_test_files_files', 'cron(0 10 ? * WED *)'],
    ]);
    const selections = resourcesOf(data, 'aws_backup_restore_testing_selection');
    expect(selections.map((one) => [one.protected_resource_type, one.protected_resource_arns])).toEqual([
      ['RDS', ['${aws_db_instance.database_primary.arn}']],
      ['EFS', ['${aws_efs_file_system.file-system-files_file-system.arn}']],
    ]);
  });

  it('is in the isolated subnets, and admits nothing but its check', () => {
    const [database] = resourcesOf(data, 'aws_backup_restore_testing_selection');
    expect(database?.restore_metadata_overrides).toEqual({
      dbSubnetGroupName: '${aws_db_subnet_group.database_subnets.name}',
      vpcSecurityGroupIds: '["${aws_security_group.drill_network_restored_group.id}"]',
      multiAz: 'false',
      publiclyAccessible: 'false',
    });
    const restored = '${aws_security_group.drill_network_restored_group.id}';
    const admitted = resourcesOf(data, 'aws_vpc_security_group_ingress_rule').filter(
      (rule) => rule.security_group_id === restored,
    );
    expect(admitted.map((rule) => [rule.referenced_security_group_id, rule.from_port])).toEqual([
      ['${aws_security_group.drill_network_check_group.id}', 2049],
      ['${aws_security_group.drill_network_check_group.id}', 5432],
    ]);
  });

  it('is not reached by a group that reaches the live database', () => {
    const check = '${aws_security_group.drill_network_check_group.id}';
    const reached = resourcesOf(data, 'aws_vpc_security_group_egress_rule').filter((rule) => rule.security_group_id === check);
    expect(reached.map((rule) => [rule.referenced_security_group_id ?? rule.cidr_ipv4, rule.from_port])).toEqual([
      ['0.0.0.0/0', 443],
      ['${aws_security_group.drill_network_restored_group.id}', 2049],
      ['${aws_security_group.drill_network_restored_group.id}', 5432],
    ]);
  });

  it('starts the validation by the event of exactly these plans', () => {
    const pattern = JSON.parse(theOnly(data, 'aws_cloudwatch_event_rule').event_pattern);
    expect(pattern.detail.restoreTestingPlanArn).toEqual([
      '${aws_backup_restore_testing_plan.drill_database_plan.arn}',
      '${aws_backup_restore_testing_plan.drill_files-files_plan.arn}',
    ]);
  });
});

describe('the validation', () => {
  const machine = resolved('drill_validate-role_policy');
  const db = (name: string) => `arn:aws:rds:us-east-1:123456789012:db:${name}`;
  const region = /arn:aws:rds:([a-z0-9-]+):/.exec(JSON.stringify(machine))?.[1] ?? '';
  const at = (arn: string) => arn.replace('us-east-1', region);

  it('changes restored instances, and never the live one', () => {
    for (const action of ['rds:ModifyDBInstance', 'rds:DescribeDBInstances']) {
      expect(isAllowed({ action, resource: at(db('awsbackup-restore-test-a1')) }, machine)).toBe(true);
      expect(isAllowed({ action, resource: at(db('shop-test')) }, machine)).toBe(false);
    }
    expect(isAllowed({ action: 'rds:DeleteDBInstance', resource: at(db('awsbackup-restore-test-a1')) }, machine)).toBe(false);
  });

  it('mounts file systems with the tag of restore tests, and never the live one', () => {
    const mount = (context: Readonly<Record<string, string>>) =>
      isAllowed(
        {
          action: 'elasticfilesystem:CreateMountTarget',
          resource: at('arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-1'),
          context,
        },
        machine,
      );
    expect(mount({ 'aws:ResourceTag/awsbackup-restore-test': 'x' })).toBe(true);
    expect(mount({})).toBe(false);
  });

  it('passes no role but that of its containers, and to ECS only', () => {
    const pass = (resource: string, service: string) =>
      isAllowed({ action: 'iam:PassRole', resource, context: { 'iam:PassedToService': service } }, machine);
    expect(pass('arn:execution', 'ecs-tasks.amazonaws.com')).toBe(true);
    expect(pass('arn:execution', 'lambda.amazonaws.com')).toBe(false);
    expect(pass('arn:aws:iam::123456789012:role/admin', 'ecs-tasks.amazonaws.com')).toBe(false);
  });

  it('lets its containers read the password of a restored instance, and never that of the live one', () => {
    const read = (instance: string) =>
      isAllowed(
        {
          action: 'secretsmanager:GetSecretValue',
          resource: at('arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-1'),
          context: { 'aws:ResourceTag/aws:rds:primaryDBInstanceArn': at(db(instance)) },
        },
        resolved('drill_execution_policy'),
      );
    expect(read('awsbackup-restore-test-a1')).toBe(true);
    expect(read('shop-test')).toBe(false);
  });
});

describe('the age of the last proven restore', () => {
  it('raises an alarm for each resource, also when it is not measured', () => {
    const alarms = resourcesOf(observability, 'aws_cloudwatch_metric_alarm').filter((one) => one.namespace === 'Terrace/Restore');
    expect(
      alarms.map(({ dimensions, threshold, treat_missing_data: missing }) => [dimensions.Resource, threshold, missing]),
    ).toEqual([
      ['database', 192, 'breaching'],
      ['files-files', 192, 'breaching'],
    ]);
  });

  it('is published into no other namespace', () => {
    const publish = (namespace: string) =>
      isAllowed(
        { action: 'cloudwatch:PutMetricData', context: { 'cloudwatch:namespace': namespace } },
        policyOf('drill_age-role_policy'),
      );
    expect(publish('Terrace/Restore')).toBe(true);
    expect(publish('AWS/RDS')).toBe(false);
  });
});

it('runs its containers in public subnets only where the network has no other way out', () => {
  const networkOf = (stack: RootModule) => {
    const definition = JSON.parse(
      resourcesOf(stack, 'aws_sfn_state_machine').find(({ name }) => name.endsWith('-restore-drill'))?.definition,
    );
    return definition.States.RunDatabase.Arguments.NetworkConfiguration.AwsvpcConfiguration;
  };
  expect(networkOf(data)).toMatchObject({ AssignPublicIp: 'DISABLED', Subnets: [expect.stringContaining('private_subnet_ids')] });
  const box = synthEnvironment(parseEnvironment(moved({ backups: { restoreDrill: {} } })))['shop-test-data'] as RootModule;
  expect(networkOf(box)).toMatchObject({ AssignPublicIp: 'ENABLED', Subnets: [expect.stringContaining('public_subnet_ids')] });
});

it('passes every policy of Terrace', () => {
  const { failed } = judgeOwn({ 'shop-test-data': data }, { environments: ['shop-test'] });
  const drill = failed.filter(({ address }) => address.includes('drill'));
  expect(drill.map(({ check, address, detail }) => `${check} ${address} ${detail}`)).toEqual([]);
});

it('is refused by the policies when its check could read the password of any database', () => {
  const open = structuredClone(data);
  const policy = open.resource?.aws_iam_role_policy?.drill_execution_policy;
  if (policy === undefined) throw new Error('no policy');
  const document = JSON.parse(policy.policy);
  for (const statement of document.Statement) delete statement.Condition;
  Object.assign(policy, { policy: JSON.stringify(document) });
  const { failed } = judgeOwn({ 'shop-test-data': open }, { environments: ['shop-test'] });
  expect(failed.map(({ address }) => address)).toContain('aws_iam_role_policy.drill_execution_policy');
});

it('is nothing where nobody asks for it', () => {
  const without = stacksOf({ backups: {} });
  for (const type of ['aws_backup_restore_testing_plan', 'aws_ecs_cluster', 'aws_sfn_state_machine'])
    expect(resourcesOf(without.data, type)).toEqual([]);
  expect(JSON.stringify(without.observability)).not.toContain('Terrace/Restore');
});
