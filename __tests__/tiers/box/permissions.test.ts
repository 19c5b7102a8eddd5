/** What the host's role may do. */
import { parseEnvironment, type EnvironmentInput } from '../../../src/config';
import type { Statement } from '../../../src/modules/iam/policy';
import { hostStatements } from '../../../src/tiers/box/permissions';
import { boxed, boxOf, boxSection, moved } from '../../support/boxed';
import { dataHandover } from '../../support/handovers';

const api = boxed().services!.api!;

describe('the role of the host', () => {
  function statements(input: EnvironmentInput): readonly Statement[] {
    const environment = parseEnvironment(input);
    return hostStatements({
      context: {
        region: 'eu-west-1',
        accountId: '123456789012',
        secretPath: '/shop/test',
        data: environment.data,
        handover: dataHandover(environment),
      },
      workloads: environment.workloads,
      configuration: { bucketArn: 'arn:aws:s3:::configuration', key: 'configuration.json' },
      box: boxOf(environment),
    });
  }
  const allowed = (input: EnvironmentInput, action: string) =>
    statements(input)
      .filter(({ actions }) => actions.includes(action))
      .flatMap(({ resources }) => resources);

  test('names an ARN in every statement, except for actions that support none', () => {
    const open = statements(boxed()).filter(({ resources }) => resources?.includes('*'));
    expect(open.flatMap(({ actions }) => actions).map((action) => action.split(':')[0])).toEqual(
      expect.arrayContaining(['ecr', 'cloudwatch', 'ssmmessages', 'ec2messages']),
    );
    for (const { actions } of open) {
      for (const action of actions)
        expect(action).toMatch(/^(ecr:GetAuthorizationToken|cloudwatch:PutMetricData|(ssm|ec2)messages:\w+)$/);
    }
  });

  test('reads its configuration, and adds and reads backups but deletes none', () => {
    expect(allowed(boxed(), 's3:GetObject')).toEqual([
      'arn:aws:s3:::configuration/configuration.json',
      'arn:aws:s3:::shop-test-backups/database/*',
      'arn:aws:s3:::shop-test-backups/application/*',
    ]);
    expect(allowed(boxed(), 's3:PutObject')).toEqual([
      'arn:aws:s3:::shop-test-backups/database/*',
      'arn:aws:s3:::shop-test-backups/application/*',
    ]);
    expect(allowed(boxed(), 's3:DeleteObject')).toEqual([]);
  });

  test('reads the secrets of its containers, registries and database logins, and no others', () => {
    const secrets = {
      used: { description: 'used' },
      other: { description: 'unused' },
      ghcr: { description: 'pulls', keys: ['username', 'password'] },
    };
    const input = boxed({
      secrets,
      services: { api: { ...api, environment: { KEY: { secret: 'used' } } } },
      box: boxSection({ registries: [{ server: 'ghcr.io', secret: 'ghcr' }] }),
    });
    expect(allowed(input, 'secretsmanager:GetSecretValue')).toEqual([
      'arn:secret:used',
      'arn:secret:role-app',
      'arn:secret:ghcr',
    ]);
    expect(allowed(moved(), 'secretsmanager:GetSecretValue')).toContain('arn:secret:master');
  });

  test('reads the parameters of the images that run, and pulls these images', () => {
    expect(allowed(boxed(), 'ssm:GetParameter')).toEqual(['arn:aws:ssm:eu-west-1:123456789012:parameter/shop/test/images/api']);
    expect(allowed(boxed(), 'ecr:BatchGetImage')).toEqual(['arn:repository:api']);
    const image = { pinned: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/tools/sync:1' };
    const jobs = { sync: { image, vcpu: 0.25, memoryMib: 128 } };
    expect(allowed(boxed({ jobs }), 'ecr:BatchGetImage')).toContain('arn:aws:ecr:eu-west-1:123456789012:repository/tools/sync');
  });

  test('writes to its own log groups, and publishes in its own namespace', () => {
    expect(allowed(boxed(), 'logs:PutLogEvents')).toEqual(['arn:log-group:/shop/test/api:*', 'arn:log-group:/shop/test/host:*']);
    const metrics = statements(boxed()).find(({ actions }) => actions.includes('cloudwatch:PutMetricData'));
    expect(metrics?.conditions).toEqual({ StringEquals: { 'cloudwatch:namespace': 'Terrace/Box' } });
  });

  test('has the permissions that its containers declare, each statement once, in its own account and region', () => {
    const permissions = [
      {
        actions: ['ses:SendEmail'],
        resources: ['arn:aws:ses:{region}:{account}:identity/shop.example', 'arn:aws:ses:::${aws:username}'],
      },
    ];
    const services = { api: { ...api, permissions }, web: { ...api, port: 3000, routes: [], permissions } };
    const accepted = ['api', 'web'].map((key) => [
      `services.${key}.permissions[0].resources[1] = arn:aws:ses:::\${aws:username} for ses:SendEmail`,
      'a variable of IAM in a test',
    ]);
    const acknowledge = { 'task-role-wildcard': Object.fromEntries(accepted) };
    const declared = statements(boxed({ services, acknowledge })).filter(({ actions }) => actions.includes('ses:SendEmail'));
    expect(declared).toEqual([
      {
        actions: ['ses:SendEmail'],
        resources: ['arn:aws:ses:eu-west-1:123456789012:identity/shop.example', 'arn:aws:ses:::${aws:username}'],
      },
    ]);
  });

  test('a literal ${account} of IAM stays literal', () => {
    const permissions = [{ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::${account}'] }];
    const acknowledge = {
      'task-role-wildcard': {
        'services.api.permissions[0].resources[0] = arn:aws:s3:::${account} for s3:GetObject': 'a literal of a test',
      },
    };
    expect(allowed(boxed({ services: { api: { ...api, permissions } }, acknowledge }), 's3:GetObject')).toContain(
      'arn:aws:s3:::${account}',
    );
  });

  test('decrypts with the environment’s key only through Secrets Manager', () => {
    const keyed = statements(boxed({ protect: true })).filter(({ actions }) =>
      actions.some((action) => action.startsWith('kms:')),
    );
    expect(keyed.map(({ conditions }) => conditions)).toEqual([
      { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' } },
    ]);
  });
});
