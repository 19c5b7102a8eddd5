/** What a host says of its containers and jobs, and its own measurements of certificates, backups and restores. */
import { readStatus } from '../../../src/operations/status/read-status';
import type { PartName } from '../../../src/operations/status/status';
import { boxed } from '../../support/boxed';
import { stubTarget, type StubbedAws } from '../../support/stub-target';

const NOW = new Date('2026-11-28T10:00:00Z');
const hoursAgo = (hours: number): Date => new Date(NOW.getTime() - hours * 3_600_000);
const unix = (hours: number): string => `@${hoursAgo(hours).getTime() / 1000}`;

const ENVIRONMENT = boxed({
  name: 'shop-box',
  jobs: { report: { image: 'api', vcpu: 0.25, memoryMib: 128, command: ['report'] } },
});

const BOX = { instance_id: 'i-1', public_ip: '192.0.2.1', metrics_namespace: 'Terrace/Box', metrics_environment: 'shop-box' };

const CONTAINER = {
  Service: 'api',
  State: 'running',
  Status: 'Up 3 hours (healthy)',
  Health: 'healthy',
  Image: '1.dkr.ecr.eu-west-1.amazonaws.com/shop/box/api:v1',
};

const UNIT = {
  Id: 'terrace-job-report.service',
  ActiveState: 'inactive',
  Result: 'success',
  ExecMainStatus: '0',
  ExecMainStartTimestamp: unix(9),
  ExecMainExitTimestamp: unix(8),
};

const answerOf = (containers: string, unit: object): string =>
  `${containers}\n\n---jobs---\nId=other.service\nResult=success\n\n${Object.entries(unit)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join('\n')}\n`;

interface Changes {
  readonly containers?: string;
  readonly unit?: object;
  readonly metrics?: readonly (readonly [hoursAgo: number, value: number] | undefined)[];
  readonly outputs?: object;
  readonly commands?: string[];
}

async function lines(
  part: PartName,
  { containers = JSON.stringify(CONTAINER), unit = UNIT, metrics = [], outputs = {}, commands = [] }: Changes = {},
) {
  const aws: StubbedAws = {
    ssm: {
      sendCommand: ({ Parameters: { commands: sent } }) => {
        commands.push(...(sent as string[]));
        return { Command: { CommandId: 'c' } };
      },
      getCommandInvocation: () => ({ Status: 'Success', ResponseCode: 0, StandardOutputContent: answerOf(containers, unit) }),
    },
    cloudWatch: {
      getMetricData: ({ MetricDataQueries: queries }) => ({
        MetricDataResults: (queries as { Id: string; MetricStat: { Metric: { MetricName: string } } }[]).flatMap(
          ({ Id, MetricStat }) => {
            const index = ['LastGoodBackupAgeHours', 'RestoreProvenAgeHours', 'CertificateDaysLeft'].indexOf(
              MetricStat.Metric.MetricName,
            );
            const found = metrics[index];
            return found === undefined ? [] : [{ Id, Timestamps: [hoursAgo(found[0])], Values: [found[1]] }];
          },
        ),
      }),
    },
  };
  const target = stubTarget(ENVIRONMENT, { aws, outputs: { 'compute-box': BOX, ...outputs } });
  const { parts } = await readStatus(target, { now: NOW, environments: [] });
  return parts.find(({ name }) => name === part)?.rows.map(({ mark, name, text }) => `${mark}: ${name}: ${text}`);
}

describe('containers', () => {
  it('show what Docker Compose says, one object a line or a list', async () => {
    const expected = ['fine: api: running, for 3 hours (healthy), shop/box/api:v1'];
    expect(await lines('services')).toEqual(expected);
    expect(await lines('services', { containers: JSON.stringify([CONTAINER]) })).toEqual(expected);
  });

  it.each([
    [
      { State: 'exited', Status: 'Exited (1) 5 minutes ago', Health: '' },
      'wrong: api: Exited (1) 5 minutes ago, shop/box/api:v1',
    ],
    [{ Status: 'Up 2 hours (unhealthy)', Health: 'unhealthy' }, 'wrong: api: running, for 2 hours (unhealthy), shop/box/api:v1'],
    [
      { Status: 'Up 2 seconds (health: starting)', Health: 'starting' },
      'note: api: running, for 2 seconds (health: starting), shop/box/api:v1',
    ],
    [{ Service: 'other' }, 'wrong: api: there is no container'],
  ])('show one that does not run: %#', async (changes, line) =>
    expect(await lines('services', { containers: JSON.stringify({ ...CONTAINER, ...changes }) })).toEqual([line]),
  );

  it('are asked for once, together with jobs, by a command that only reads', async () => {
    const commands: string[] = [];
    await lines('jobs', { commands });
    expect(commands).toHaveLength(1);
    expect(commands[0]).toBe(
      "cd '/opt/shop' && docker compose ps --all --format json && echo && echo '---jobs---' && systemctl show --timestamp=unix --property=Id,ActiveState,Result,ExecMainStatus,ExecMainStartTimestamp,ExecMainExitTimestamp terrace-job-report.service",
    );
  });

  it('say that the stack is not deployed', async () =>
    expect(await lines('services', { outputs: { 'compute-box': undefined } })).toEqual([
      'note: none: compute-box is not deployed',
    ]));
});

describe('jobs', () => {
  it.each([
    [{}, 'fine: report: succeeded 8 hours ago'],
    [{ Result: 'exit-code', ExecMainStatus: '3' }, 'wrong: report: failed 8 hours ago: exit-code, exit code 3'],
    [{ ActiveState: 'activating', ExecMainExitTimestamp: '' }, 'note: report: runs, started 9 hours ago'],
    [{ ExecMainStartTimestamp: '', ExecMainExitTimestamp: '' }, 'note: report: has not run since the host started'],
  ])('show their last run: %#', async (changes, line) =>
    expect(await lines('jobs', { unit: { ...UNIT, ...changes } })).toEqual([line]),
  );
});

describe('the measurements of the host', () => {
  it('show the age of backup and drill, with the time since they were measured', async () =>
    expect(await lines('backups', { metrics: [[0.5, 10], [0.5, 100], undefined] })).toEqual([
      'fine: host: last backup 10 hours ago',
      'fine: proven restore: last one on the host 4 days ago',
    ]));

  it('show what is older than its alarm allows, and what is not measured', async () =>
    expect(await lines('backups', { metrics: [[1, 26], undefined, undefined] })).toEqual([
      'wrong: host: last backup 27 hours ago',
      'wrong: proven restore: last one on the host: not measured in the last days',
    ]));

  it.each([
    [[0, 60], 'fine: host: 60 days left, on the host, measured 0 seconds ago'],
    [[0, 13], 'wrong: host: 13 days left, on the host, measured 0 seconds ago'],
    [[0, 0], 'wrong: host: a certificate is missing, measured 0 seconds ago'],
  ] as const)('show the days of its certificates: %#', async (measured, line) =>
    expect(await lines('certificates', { metrics: [undefined, undefined, measured] })).toContain(line),
  );
});
