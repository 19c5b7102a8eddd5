/** The status of an environment: each part when it is right, when something is wrong, and when it cannot be read. */
import { readStatus } from '../../../src/operations/status/read-status';
import { aws, AWS, ENVIRONMENT, hoursAgo, lines, OPTIONS, OUTPUTS } from '../../support/status-of-shop';
import { stubTarget } from '../../support/stub-target';

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
