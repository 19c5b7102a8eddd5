/** A deployed environment on Fargate with which nothing is wrong: tests of its status change one answer of AWS. */
import { readStatus } from '../../src/operations/status/read-status';
import type { PartName } from '../../src/operations/status/status';
import type { Row } from '../../src/operations/status/row';
import type { Target } from '../../src/operations/target';
import { example } from './example';
import { stubTarget, type StubbedAws } from './stub-target';

export const NOW = new Date('2026-11-28T10:00:00Z');
export const hoursAgo = (hours: number): Date => new Date(NOW.getTime() - hours * 3_600_000);

export const ENVIRONMENT = example({
  name: 'shop-prod',
  observability: { notifications: { emails: ['ops@shop.example'] }, budget: { monthlyUsd: 100, scope: 'environment' } },
  jobs: { report: { image: 'api', vcpu: 0.25, memoryMib: 512, command: ['report'] } },
  backups: { dailyRetentionDays: 14 },
});

export const OUTPUTS = {
  'compute-fargate': {
    cluster_name: 'shop-prod',
    services: { api: { name: 'shop-prod-api' } },
    workers: {},
    schedules: {},
  },
  domain: { zone_id: 'Z1', certificate_arn: 'arn:aws:acm:eu-west-1:123456789012:certificate/1' },
  edge: { health_check_ids: {} },
};

export const SERVICE = {
  serviceName: 'shop-prod-api',
  status: 'ACTIVE',
  desiredCount: 2,
  runningCount: 2,
  pendingCount: 0,
  deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED', createdAt: hoursAgo(3), taskDefinition: 'td:7' }],
};

const REGISTRY = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';

/** Everything is right. */
export const AWS = {
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
export const aws = (changes: StubbedAws = {}): StubbedAws =>
  Object.fromEntries(
    Object.entries({ ...AWS, ...changes }).map(([name, calls]) => [name, { ...(AWS as StubbedAws)[name], ...calls }]),
  );

export const OPTIONS = { now: NOW, environments: ['shop-prod', 'shop-prod-eu'] };

/** The rows of one part. */
async function rows(part: PartName, target: Target): Promise<readonly Row[]> {
  const { parts } = await readStatus(target, OPTIONS);
  return parts.find(({ name }) => name === part)?.rows ?? [];
}

/** `<mark>: <name>: <text>` of each row of a part. */
export const lines = async (part: PartName, changes: StubbedAws = {}, outputs: object = {}, environment = ENVIRONMENT) =>
  (await rows(part, stubTarget(environment, { aws: aws(changes), outputs: { ...OUTPUTS, ...outputs } }))).map(
    ({ mark, name, text }) => `${mark}: ${name}: ${text}`,
  );
