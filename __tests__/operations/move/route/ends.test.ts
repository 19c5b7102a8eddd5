/** Both ends of a route, as AWS and the states describe them. */
import { parseEnvironment, type EnvironmentInput } from '../../../../src/config';
import { hostEnd } from '../../../../src/operations/box/host-network';
import { taskEnd } from '../../../../src/operations/fargate/task-network';
import { databaseBetween, databaseToManaged } from '../../../../src/operations/move/moved-database';
import { managedEnd, serverEnd } from '../../../../src/operations/move/route/server-ends';
import type { Target } from '../../../../src/operations/target';
import { boxed, boxSection, moved } from '../../../support/boxed';
import { example } from '../../../support/example';
import { operated } from '../../../support/operated';
import { StubTasks } from '../../../support/stub-tasks';

const INSTANCE = {
  PrivateIpAddress: '10.0.0.9',
  VpcId: 'vpc-1',
  SubnetId: 'subnet-1',
  SecurityGroups: [{ GroupId: 'sg-host' }],
};
const DATABASE = {
  DBSubnetGroup: { VpcId: 'vpc-1', Subnets: [{ SubnetIdentifier: 'subnet-2' }, { SubnetIdentifier: 'subnet-3' }] },
  VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-database' }],
  Endpoint: { Address: 'shop.rds.amazonaws.com', Port: 5432 },
  MasterUserSecret: { SecretArn: 'arn' },
};

/** A deployed environment whose AWS answers this. */
function of(
  input: EnvironmentInput,
  { instance = INSTANCE, database = DATABASE }: { instance?: object; database?: object } = {},
): Target {
  const service = (answers: Record<string, unknown>) => () =>
    Promise.resolve(Object.fromEntries(Object.entries(answers).map(([name, answer]) => [name, () => Promise.resolve(answer)])));
  const { DescribeStateMachine: describe } = new StubTasks().actions;
  return {
    ...operated(parseEnvironment(input), undefined, {
      handovers: { 'compute-box': { instanceId: 'i-1' }, network: { vpcId: 'vpc-1' } },
    }),
    aws: {
      options: { region: 'eu-west-1' },
      ec2: service({ describeInstances: { Reservations: [{ Instances: [instance] }] } }),
      rds: service({ describeDBInstances: { DBInstances: [database] } }),
      sts: service({ getCallerIdentity: { Account: '123456789012' } }),
      sfn: service({ describeStateMachine: describe?.({}) }),
      secretsManager: service({ getSecretValue: { SecretString: '{"username":"master","password":"of the master"}' } }),
    } as never,
  };
}

describe('an end of a route', () => {
  it('is the host, RDS in all subnets of its group, or tasks of the job that creates logins', async () => {
    expect(await hostEnd(of(boxed()))).toMatchObject({
      ...{ vpcId: 'vpc-1', subnetIds: ['subnet-1'], securityGroupId: 'sg-host', privateAddress: '10.0.0.9', instanceId: 'i-1' },
    });
    const rds = { vpcId: 'vpc-1', subnetIds: ['subnet-2', 'subnet-3'], securityGroupId: 'sg-database' };
    expect(await managedEnd(of(moved()))).toMatchObject(rds);
    expect([await serverEnd(of(example())), await serverEnd(of(boxed()))]).toMatchObject([rds, { securityGroupId: 'sg-host' }]);
    expect(await taskEnd(of(example()))).toMatchObject({ vpcId: 'vpc-1', subnetIds: ['subnet-1'], securityGroupId: 'sg-1' });
  });

  it('is refused where it is not there yet', async () => {
    await expect(hostEnd(of(boxed(), { instance: {} }))).rejects.toThrow('has no network');
    await expect(managedEnd(of(moved(), { database: {} }))).rejects.toThrow('RDS names no network');
    await expect(managedEnd(of(boxed()))).rejects.toThrow('has no managed database');
  });
});

describe('the way of the rows', () => {
  const move = (live: boolean) => ({ id: 'move', live });
  const never = () => {
    throw new Error('no bucket is needed');
  };

  it('is the address of the host for a new server that follows it, encrypted', async () => {
    const live = { host: '10.0.0.9', port: 5432, sslMode: 'require' };
    expect(await databaseToManaged(of(moved()), move(true))).toMatchObject({ live, route: { kind: 'direct', at: 'source' } });
    expect((await databaseToManaged(of(moved()), move(false))).live).toBeUndefined();
    const host = of(boxed({ services: {}, images: {}, cache: undefined, box: boxSection() }));
    const between = await databaseBetween(host, of(example()), move(true), () => ({}) as never);
    expect(between).toMatchObject({ live, route: { kind: 'store' } });
  });

  it('is a dump by the new side where the old server is on RDS, with the password of its master as a secret only', async () => {
    const made = await databaseBetween(of(example()), of(moved()), move(true), never);
    const host = 'shop.rds.amazonaws.com';
    expect(made).toMatchObject({
      route: { kind: 'direct', at: 'target', other: { host, user: 'master', sslMode: 'require' }, folder: '/tmp/terrace-move' },
      live: { host, port: 5432, sslMode: 'require' },
    });
    expect(JSON.stringify(made)).not.toContain('of the master');
  });
});
