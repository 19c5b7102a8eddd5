/** The status of an environment: each part when it is right, when something is wrong, and when it cannot be read. */
import { readStatus, type PartName } from '../../../src/operations/status/read-status';
import type { Row } from '../../../src/operations/status/row';
import type { Target } from '../../../src/operations/target';
import { example } from '../../support/example';
import { stubTarget, type StubbedAws } from '../../support/stub-target';

const NOW = new Date('2026-11-28T10:00:00Z');
const hoursAgo = (hours: number): Date => new Date(NOW.getTime() - hours * 3_600_000);

const ENVIRONMENT = example({
  name: 'shop-prod',
  observability: { notifications: { emails: ['ops@shop.example'] }, budget: { monthlyUsd: 100, scope: 'environment' } },
  jobs: { report: { image: 'api', vcpu: 0.25, memoryMib: 512, command: ['report'] } },
  backups: { dailyRetentionDays: 14 },
});

const OUTPUTS = {
  'compute-fargate': {
    cluster_name: 'shop-prod',
    services: { api: { name: 'shop-prod-api' } },
    workers: {},
    schedules: {},
  },
  domain: { zone_id: 'Z1', certificate_arn: 'arn:aws:acm:eu-west-1:123456789012:certificate/1' },
  edge: { health_check_ids: {} },
};

const SERVICE = {
  serviceName: 'shop-prod-api',
  status: 'ACTIVE',
  desiredCount: 2,
  runningCount: 2,
  pendingCount: 0,
  deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED', createdAt: hoursAgo(3), taskDefinition: 'td:7' }],
};

const REGISTRY = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';

/** Everything is right. */
const AWS = {
  sts: { getCallerIdentity: () => ({ Account: '123456789012' }) },
  ecs: {
    describeServices: () => ({ services: [SERVICE] }),
    describeTaskDefinition: () => ({
      taskDefinition: {
        containerDefinitions: [
          { name: 'collector', image: 'x' },
          { name: 'api', image: `${REGISTRY}/shop/prod/api:v12` },
        ],
      },
    }),
  },
  sfn: { listExecutions: () => ({ executions: [{ status: 'SUCCEEDED', startDate: hoursAgo(9), stopDate: hoursAgo(8) }] }) },
  cloudWatch: {
    describeAlarms: () => ({
      MetricAlarms: [{ AlarmName: 'shop-prod-api-cpu', StateValue: 'OK', AlarmActions: ['arn:aws:sns:x'] }],
    }),
    getMetricData: () => ({ MetricDataResults: [{ Id: 'm0', Timestamps: [hoursAgo(2)], Values: [20] }] }),
  },
  acm: {
    describeCertificate: () => ({
      Certificate: { DomainName: 'shop.example', Status: 'ISSUED', NotAfter: hoursAgo(-24 * 100.5) },
    }),
  },
  rds: {
    describeDBInstances: () => ({
      DBInstances: [{ DBInstanceStatus: 'available', LatestRestorableTime: hoursAgo(0.1), BackupRetentionPeriod: 14 }],
    }),
  },
  backup: { listRecoveryPointsByBackupVault: () => ({ RecoveryPoints: [{ Status: 'COMPLETED', CreationDate: hoursAgo(5) }] }) },
  costExplorer: {
    getCostAndUsage: () => ({
      ResultsByTime: [
        {
          Groups: [
            { Keys: ['environment$shop-prod'], Metrics: { UnblendedCost: { Amount: '41.204' } } },
            { Keys: ['environment$'], Metrics: { UnblendedCost: { Amount: '30' } } },
          ],
        },
      ],
    }),
  },
} satisfies StubbedAws;

/** With other answers of some services. */
const aws = (changes: StubbedAws = {}): StubbedAws =>
  Object.fromEntries(
    Object.entries({ ...AWS, ...changes }).map(([name, calls]) => [name, { ...(AWS as StubbedAws)[name], ...calls }]),
  );

const OPTIONS = { now: NOW, environments: ['shop-prod', 'shop-prod-eu'] };

async function rows(part: PartName, target: Target): Promise<readonly Row[]> {
  const { parts } = await readStatus(target, OPTIONS);
  return parts.find(({ name }) => name === part)?.rows ?? [];
}

const lines = async (part: PartName, changes: StubbedAws = {}, outputs: object = {}, environment = ENVIRONMENT) =>
  (await rows(part, stubTarget(environment, { aws: aws(changes), outputs: { ...OUTPUTS, ...outputs } as never }))).map(
    ({ mark, name, text }) => `${mark}: ${name}: ${text}`,
  );

describe('services on Fargate', () => {
  it('show what runs of what is wanted, the image and its age', async () =>
    expect(await lines('services')).toEqual(['fine: api: 2 of 2 running, shop/prod/api:v12, for 3 hours']));

  it.each([
    ['too few tasks', { runningCount: 1 }, 'wrong: api: 1 of 2 running, shop/prod/api:v12, for 3 hours'],
    [
      'a failed rollout',
      { deployments: [{ ...SERVICE.deployments[0], rolloutState: 'FAILED' }] },
      'wrong: api: 2 of 2 running, shop/prod/api:v12, for 3 hours; its rollout has FAILED',
    ],
    [
      'a rollout that goes on',
      { runningCount: 1, deployments: [{ ...SERVICE.deployments[0], rolloutState: 'IN_PROGRESS' }] },
      'note: api: 1 of 2 running, shop/prod/api:v12, for 3 hours; a rollout is in progress',
    ],
    [
      'none that is wanted',
      { desiredCount: 0, runningCount: 0 },
      'note: api: 0 of 0 running, shop/prod/api:v12, for 3 hours; none is wanted',
    ],
    ['a deleted service', { status: 'INACTIVE' }, 'wrong: api: ECS has no service shop-prod-api'],
  ])('show %s', async (_, changes, line) =>
    expect(await lines('services', { ecs: { describeServices: () => ({ services: [{ ...SERVICE, ...changes }] }) } })).toEqual([
      line,
    ]),
  );

  it('say that the stack is not deployed', async () =>
    expect(await lines('services', {}, { 'compute-fargate': undefined })).toEqual([
      'note: none: compute-fargate is not deployed',
    ]));
});

describe('jobs on Fargate', () => {
  const run = (status: string) => ({
    sfn: { listExecutions: () => ({ executions: [{ status, startDate: hoursAgo(9), stopDate: hoursAgo(8) }] }) },
  });

  it('show their last runs, found by the name of their state machine', async () => {
    const asked: string[] = [];
    const listExecutions = ({ stateMachineArn: arn }: { stateMachineArn: string }) => {
      asked.push(arn);
      return AWS.sfn.listExecutions();
    };
    expect(await lines('jobs', { sfn: { listExecutions } })).toContain('fine: report: succeeded 8 hours ago');
    expect(asked).toContain('arn:aws:states:eu-west-1:123456789012:stateMachine:shop-prod-report-job');
  });

  it.each([
    ['FAILED', 'wrong: report: failed 8 hours ago'],
    ['TIMED_OUT', 'wrong: report: timed out 8 hours ago'],
    ['RUNNING', 'note: report: runs, started 8 hours ago'],
  ])('show that one is %s', async (status, line) => expect(await lines('jobs', run(status))).toContain(line));

  it('show one that has not run', async () =>
    expect(await lines('jobs', { sfn: { listExecutions: () => ({ executions: [] }) } })).toContain('note: report: has not run'));

  it('show one that is not deployed', async () => {
    const missing = Object.assign(new Error('no'), { name: 'StateMachineDoesNotExist' });
    expect(await lines('jobs', { sfn: { listExecutions: () => Promise.reject(missing) } })).toContain(
      'note: report: not deployed',
    );
  });
});

describe('alarms', () => {
  const ringing = (name: string, actions = ['arn:aws:sns:x']) => ({
    AlarmName: name,
    StateValue: 'ALARM',
    StateReason: 'Threshold Crossed',
    StateTransitionedTimestamp: hoursAgo(5),
    AlarmActions: actions,
  });
  const found = (...MetricAlarms: readonly object[]) => ({ cloudWatch: { describeAlarms: () => ({ MetricAlarms }) } });

  it('are counted in the region and in the one of CloudFront', async () =>
    expect(await lines('alarms')).toEqual(['fine: all: 2 alarms, none rings']));

  it('are asked for in one region where nothing is in front', async () =>
    expect(await lines('alarms', {}, { edge: undefined })).toEqual(['fine: all: 1 alarms, none rings']));

  it('are shown when they ring', async () =>
    expect(await lines('alarms', found(ringing('shop-prod-api-cpu')), { edge: undefined })).toEqual([
      'wrong: api-cpu: rings since 5 hours: Threshold Crossed',
    ]));

  it('are not those of an environment whose name begins alike, nor those that only scale', async () =>
    expect(
      await lines(
        'alarms',
        found(
          ringing('shop-prod-eu-api-cpu'),
          ringing('shop-prod-jobs-backlog-empty', ['arn:aws:autoscaling:eu-west-1:1:scalingPolicy:x']),
          { AlarmName: 'shop-prod-quiet', StateValue: 'INSUFFICIENT_DATA' },
        ),
        { edge: undefined },
      ),
    ).toEqual(['fine: all: 1 alarms, none rings, 1 without data']));

  it('are read to the last page', async () => {
    const describeAlarms = ({ NextToken: next }: { NextToken?: string }) =>
      next === undefined ? { MetricAlarms: [], NextToken: 'more' } : { CompositeAlarms: [ringing('shop-prod-all')] };
    expect(await lines('alarms', { cloudWatch: { describeAlarms } }, { edge: undefined })).toHaveLength(1);
    expect((await lines('alarms', { cloudWatch: { describeAlarms } }, { edge: undefined }))[0]).toMatch(/^wrong: all: rings/);
  });
});

describe('certificates', () => {
  const certificate = (changes: object) => ({
    acm: { describeCertificate: () => ({ Certificate: { ...AWS.acm.describeCertificate().Certificate, ...changes } }) },
  });

  it('show the days that are left', async () =>
    expect(await lines('certificates')).toEqual(['fine: shop.example: 100 days left (eu-west-1)']));

  it.each([
    [{ NotAfter: hoursAgo(-24 * 13.5) }, 'wrong: shop.example: 13 days left (eu-west-1)'],
    [{ RenewalSummary: { RenewalStatus: 'FAILED' } }, 'wrong: shop.example: 100 days left (eu-west-1), its renewal has FAILED'],
    [{ Status: 'PENDING_VALIDATION', NotAfter: undefined }, 'wrong: shop.example: pending validation (eu-west-1)'],
  ])('show one that is not right: %#', async (changes, line) =>
    expect(await lines('certificates', certificate(changes))).toEqual([line]),
  );

  it('show one that was deleted', async () => {
    const missing = Object.assign(new Error('no'), { name: 'ResourceNotFoundException' });
    expect((await lines('certificates', { acm: { describeCertificate: () => Promise.reject(missing) } }))[0]).toContain(
      'there is no such certificate',
    );
  });
});

describe('backups', () => {
  it('show the database, the copies and the last proven restore', async () =>
    expect(await lines('backups')).toEqual([
      'fine: database: restorable to 6 minutes ago, for 14 days back',
      'fine: AWS Backup: last copy 5 hours ago, 1 in seven days',
      'fine: proven restore: database 22 hours ago',
    ]));

  it.each([
    [
      'rds',
      'describeDBInstances',
      { DBInstances: [{ DBInstanceStatus: 'available', LatestRestorableTime: hoursAgo(2), BackupRetentionPeriod: 14 }] },
      'wrong: database: restorable to 2 hours ago, for 14 days back',
    ],
    [
      'rds',
      'describeDBInstances',
      { DBInstances: [{ DBInstanceStatus: 'creating' }] },
      'wrong: database: no point in time to restore; shop-prod is creating',
    ],
    [
      'backup',
      'listRecoveryPointsByBackupVault',
      { RecoveryPoints: [{ Status: 'COMPLETED', CreationDate: hoursAgo(50) }] },
      'wrong: AWS Backup: last copy 2 days ago, 1 in seven days',
    ],
    [
      'backup',
      'listRecoveryPointsByBackupVault',
      { RecoveryPoints: [{ Status: 'PARTIAL', CreationDate: hoursAgo(1) }] },
      'note: AWS Backup: no copy in the last seven days; the first is made at night',
    ],
    [
      'cloudWatch',
      'getMetricData',
      { MetricDataResults: [{ Id: 'm0', Timestamps: [hoursAgo(2)], Values: [200] }] },
      'wrong: proven restore: database 8 days ago',
    ],
    ['cloudWatch', 'getMetricData', {}, 'note: proven restore: database: never'],
  ])('show what is old or missing: %s %s %#', async (service, call, answer, line) =>
    expect(await lines('backups', { [service]: { [call]: () => answer } })).toContain(line),
  );
});

describe('cost', () => {
  it('is that of the environment, against its budget', async () => {
    expect(await lines('cost')).toEqual(['fine: this month: $41.20 so far, of a budget of $100 (41 %)']);
  });

  it('is compared as the budget counts, of the whole account', async () => {
    const budget = { monthlyUsd: 70, scope: 'account' as const };
    const environment = { ...ENVIRONMENT, observability: { ...ENVIRONMENT.observability, budget } };
    expect(await lines('cost', {}, {}, environment)).toEqual([
      'wrong: this month: $41.20 so far; the account $71.20, of a budget of $70 (102 %)',
    ]);
  });

  it('asks for this month only, in one request', async () => {
    const asked: object[] = [];
    const getCostAndUsage = (query: object) => (asked.push(query), AWS.costExplorer.getCostAndUsage());
    await lines('cost', { costExplorer: { getCostAndUsage } });
    expect(asked).toMatchObject([{ TimePeriod: { Start: '2026-11-01', End: '2026-11-29' } }]);
  });

  it('asks whether the tag is activated where nothing has it', async () =>
    expect((await lines('cost', { costExplorer: { getCostAndUsage: () => ({}) } }))[0]).toContain('is it activated in Billing?'));
});

describe('a part that cannot be read', () => {
  it('says why, and keeps no other from being shown', async () => {
    const target = stubTarget(ENVIRONMENT, { aws: { ...aws(), rds: {} }, outputs: OUTPUTS });
    const { parts, isFine } = await readStatus(target, OPTIONS);
    const marks = Object.fromEntries(parts.map(({ name, rows: all }) => [name, all[0]?.mark]));
    expect(marks).toEqual({
      stacks: 'note',
      services: 'fine',
      jobs: 'fine',
      alarms: 'fine',
      certificates: 'fine',
      backups: 'unknown',
      cost: 'fine',
    });
    expect(parts.find(({ name }) => name === 'backups')?.rows[0]?.text).toContain('AWS refuses it: not authorized');
    expect(isFine).toBe(false);
  });

  it('ends the command where there are no credentials', async () => {
    const none = Object.assign(new Error('none'), { name: 'CredentialsProviderError' });
    const target = stubTarget(ENVIRONMENT, {
      aws: aws({ rds: { describeDBInstances: () => Promise.reject(none) } }),
      outputs: OUTPUTS,
    });
    await expect(readStatus(target, OPTIONS)).rejects.toThrow('there are no credentials for AWS');
  });
});

it('is fine when nothing is wrong, leaves out what is not asked for, and takes over what is known', async () => {
  const target = stubTarget(ENVIRONMENT, { aws: aws(), outputs: OUTPUTS });
  expect((await readStatus(target, OPTIONS)).isFine).toBe(true);
  const without = await readStatus(target, { ...OPTIONS, without: ['cost', 'jobs'] });
  expect(without.parts.map(({ name }) => name)).toEqual(['stacks', 'services', 'alarms', 'certificates', 'backups']);
  const known = [{ name: 'cost' as const, rows: [] }];
  expect((await readStatus(target, { ...OPTIONS, known })).parts.at(-1)).toBe(known[0]);
});
