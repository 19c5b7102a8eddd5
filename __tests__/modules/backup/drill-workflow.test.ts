/** AWS Backup is told the truth about what it has restored, whatever happens on the way. */
import { ageWorkflow } from '../../../src/modules/backup/age-workflow';
import type { DrillWorkflowProps } from '../../../src/modules/backup/drill-check';
import { drillWorkflow } from '../../../src/modules/backup/drill-workflow';
import { DrilledAws, restoredDatabase, restoredFiles } from '../../support/drilled-aws';
import { allStates, execute, transitions } from '../../support/state-machine';

const check = { image: 'postgres:16', script: 'check', environment: { PGDATABASE: 'shop' } };
const props: DrillWorkflowProps = {
  environment: 'shop-test',
  clusterArn: 'arn:cluster',
  family: 'shop-test-restore-drill',
  executionRoleArn: 'arn:execution',
  logGroupName: '/shop/test/restore-drill',
  region: 'eu-west-1',
  subnetId: 'subnet-1',
  publicAddress: false,
  securityGroupId: 'sg-check',
  restoredSecurityGroupId: 'sg-restored',
  database: check,
  files: { image: 'postgres:18', script: 'read', environment: {} },
};
const workflow = drillWorkflow(props);

const verdictOf = (aws: DrilledAws) => aws.argumentsOf('backup:putRestoreValidationResult');
const container = (aws: DrilledAws) => aws.argumentsOf('ecs:registerTaskDefinition').ContainerDefinitions[0];

describe('a restored database', () => {
  it('is proven by a container that logs in with a password which only it has', async () => {
    const aws = new DrilledAws();
    expect(await aws.run(workflow, restoredDatabase)).toMatchObject({ status: 'SUCCEEDED', state: 'Passed' });
    expect(verdictOf(aws)).toMatchObject({ RestoreJobId: 'job-1', ValidationStatus: 'SUCCESSFUL' });
    expect(aws.argumentsOf('rds:modifyDBInstance')).toMatchObject({
      DbInstanceIdentifier: 'awsbackup-restore-test-1',
      ManageMasterUserPassword: true,
    });
    expect(container(aws)).toMatchObject({
      Image: 'postgres:16',
      Secrets: [{ Name: 'PGPASSWORD', ValueFrom: 'arn:secret:password::' }],
      ReadonlyRootFilesystem: true,
    });
    expect(container(aws).Environment).toContainEqual({ Name: 'PGHOST', Value: 'awsbackup-restore-test-1.rds' });
    expect(aws.argumentsOf('ecs:deregisterTaskDefinition')).toEqual({ TaskDefinition: 'arn:task:1' });
  });

  it('is not proven by a container that fails, whose description is removed all the same', async () => {
    const aws = new DrilledAws();
    aws.exitCode = 3;
    expect(await aws.run(workflow, restoredDatabase)).toMatchObject({ status: 'FAILED', state: 'Failed' });
    expect(verdictOf(aws)).toMatchObject({ ValidationStatus: 'FAILED' });
    expect(aws.calls.map(([action]) => action)).toContain('ecs:deregisterTaskDefinition');
  });

  it.each(['rds:modifyDBInstance', 'rds:describeDBInstances', 'ecs:registerTaskDefinition'])(
    'is not proven when AWS refuses %s, and Backup hears it',
    async (action) => {
      const aws = new DrilledAws();
      aws.refused.add(action);
      expect(await aws.run(workflow, restoredDatabase)).toMatchObject({ status: 'FAILED' });
      expect(verdictOf(aws)).toMatchObject({
        ValidationStatus: 'FAILED',
        ValidationStatusMessage: expect.stringContaining(action),
      });
    },
  );

  it('stays proven when its task definition cannot be removed', async () => {
    const aws = new DrilledAws();
    aws.refused.add('ecs:deregisterTaskDefinition');
    await aws.run(workflow, restoredDatabase);
    expect(verdictOf(aws)).toMatchObject({ ValidationStatus: 'SUCCESSFUL' });
  });

  it('is given up after an hour without a password', async () => {
    const aws = new DrilledAws();
    aws.slowness = 1e9;
    expect(await aws.run(workflow, restoredDatabase)).toMatchObject({ status: 'FAILED' });
    expect(aws.seconds).toBe(3600);
    expect(verdictOf(aws).ValidationStatusMessage).toContain('did not become available');
  });
});

describe('restored files', () => {
  it('are read through a mount target of the drill, which is gone before Backup deletes them', async () => {
    const aws = new DrilledAws();
    expect(await aws.run(workflow, restoredFiles)).toMatchObject({ status: 'SUCCEEDED' });
    expect(aws.argumentsOf('efs:createMountTarget')).toEqual({
      FileSystemId: 'fs-1',
      SubnetId: 'subnet-1',
      SecurityGroups: ['sg-restored'],
    });
    expect(aws.argumentsOf('ecs:registerTaskDefinition').Volumes[0].EfsVolumeConfiguration.FileSystemId).toBe('fs-1');
    expect(container(aws).MountPoints[0].ReadOnly).toBe(true);
    expect(container(aws).Environment).toContainEqual({ Name: 'EXPECTED_BYTES', Value: '0' });
    const actions = aws.calls.map(([action]) => action);
    expect(actions.indexOf('efs:deleteMountTarget')).toBeGreaterThan(actions.indexOf('arn:aws:states:::ecs:runTask.sync'));
    expect(actions.at(-1)).toBe('backup:putRestoreValidationResult');
  });

  it.each(['ecs:registerTaskDefinition', 'arn:aws:states:::ecs:runTask.sync'])(
    'leave no mount target behind when %s fails',
    async (action) => {
      const aws = new DrilledAws();
      aws.refused.add(action);
      await aws.run(workflow, restoredFiles);
      expect(aws.argumentsOf('efs:deleteMountTarget')).toEqual({ MountTargetId: 'fsmt-1' });
      expect(verdictOf(aws)).toMatchObject({ ValidationStatus: 'FAILED' });
    },
  );
});

test('something that is not drilled is not proven', async () => {
  const aws = new DrilledAws();
  await aws.run(drillWorkflow({ ...props, files: undefined }), restoredFiles);
  expect(verdictOf(aws)).toMatchObject({ ValidationStatus: 'FAILED' });
});

describe('the age of the last proven restore', () => {
  const DAY = 24 * 3_600_000;
  const plans = [{ resource: 'database', planName: 'shop_test_database', planArn: 'arn:plan' }] as const;
  const ageAfter = async (jobs: readonly object[], createdDaysAgo = 100) => {
    const ago = (days: number) => new Date(Date.now() - days * DAY).toISOString();
    let published: any;
    const steps = execute(ageWorkflow('shop-test', plans), {}, (action, args) => {
      if (action === 'backup:getRestoreTestingPlan') return { RestoreTestingPlan: { CreationTime: ago(createdDaysAgo) } };
      if (action === 'backup:listRestoreJobs')
        return { RestoreJobs: jobs.map((job: any) => ({ ...job, CompletionDate: ago(job.daysAgo) })) };
      published = args;
      return {};
    });
    for (let step = await steps.next(); step.done !== true;) step = await steps.next();
    return published;
  };

  it('is that of the newest one with a good verdict', async () => {
    const published = await ageAfter([
      { daysAgo: 15, ValidationStatus: 'SUCCESSFUL' },
      { daysAgo: 8, ValidationStatus: 'SUCCESSFUL' },
      { daysAgo: 1, ValidationStatus: 'FAILED' },
    ]);
    expect(published.MetricData[0].Value).toBeCloseTo(8 * 24, 1);
    expect(published).toMatchObject({
      Namespace: 'Terrace/Restore',
      MetricData: [
        {
          MetricName: 'RestoreProvenAgeHours',
          Dimensions: [
            { Name: 'Environment', Value: 'shop-test' },
            { Name: 'Resource', Value: 'database' },
          ],
        },
      ],
    });
  });

  it('counts from the first day of the drills while there is none, so that drills that never work raise the alarm', async () => {
    expect((await ageAfter([{ daysAgo: 2, ValidationStatus: 'TIMED_OUT' }], 12)).MetricData[0].Value).toBeCloseTo(12 * 24, 1);
    expect((await ageAfter([], 3)).MetricData[0].Value).toBeCloseTo(3 * 24, 1);
  });
});

test('every state is reached, and leads to one that exists', () => {
  for (const one of [workflow, drillWorkflow({ ...props, files: undefined }), drillWorkflow({ ...props, database: undefined })])
    for (const { led, existing } of transitions(one)) expect(led).toEqual(existing);
  expect(allStates(workflow).length).toBeGreaterThan(15);
});
