/** semiont-production: frontend and backend on the smallest tasks, one small database; about $90 a month. */
import { defineEnvironment } from '../../src/config';
import { semiont } from './system';

export default defineEnvironment({
  ...semiont,
  name: 'semiont-production',
  // Assumption: the document names no region.
  region: 'us-east-1',
  tier: 'fargate',
  protect: true,
  acknowledge: {
    'budget-exceeded': {
      'observability.budget.monthlyUsd':
        'the table leaves out the firewall, addresses, metrics, keys and health checks: docs/cost.md',
    },
    'single-zone-database': {
      'database.multiAz': 'the document: "Multi-AZ disabled for cost optimization"; a standby is among its future enhancements',
    },
    'single-nat': {
      'network.nat': 'the document: one NAT gateway at $35, "Single AZ: reduced NAT gateway and data transfer costs"',
    },
  },
  network: {
    // Assumption: the document names no CIDR.
    cidr: '10.0.0.0/16',
    // "Multi-AZ with 3-tier subnet design". Assumption: two zones, the fewest that make it so.
    zones: 2,
    // "NAT Gateway: Single-AZ, $35". VPC flow logs are "not enabled by default".
    nat: 'single',
  },
  domain: {
    // Assumption: the document names no domain; Route 53 keeps it, in "1 hosted zone".
    zone: 'semiont.example',
    provider: 'route53',
    names: ['semiont.example'],
  },
  // "Health check failures: service availability alerts".
  edge: { ...semiont.edge, healthChecks: { web: { host: 'semiont.example', path: '/api/health' } } },
  database: {
    ...semiont.database,
    placement: 'managed',
    version: '15',
    // Assumption: the database's name.
    name: 'semiont',
    instanceClass: 'db.t3.micro',
    storageGb: 20,
    // "Multi-AZ disabled for cost optimization".
    multiAz: false,
    backupRetentionDays: 7,
  },
  fileSystems: {
    // "EFS: encrypted persistent storage for uploads", "lifecycle policies". Assumption: 30 days, the directory and its owner.
    uploads: { coldAfterDays: 30, accessPoints: { data: { path: '/uploads', userId: 1000, groupId: 1000 } } },
  },
  observability: {
    // "SNS: Email/SMS alerts". Assumption: address and number; the number is reserved for fiction.
    notifications: { emails: ['ops@semiont.example'], smsNumbers: ['+12025550142'] },
    alarms: {
      // "CPU, memory, error thresholds": 70 % and 80 % are those of "CPU Metric > 70%", "Memory Metric > 80%".
      'service-cpu': { threshold: 70 },
      'service-memory': { threshold: 80 },
      'error-rate': {},
    },
    // "AWS Budgets: monthly budget alerts". Assumption: the amount, which is the cost table's total.
    budget: { monthlyUsd: 90 },
  },
  // "Single log group (SemiontLogGroup) with 1-month retention".
  logs: { group: 'SemiontLogGroup', retentionDays: 30 },
  // "ECS Fargate: 2 tasks, 24/7", "EFS: 10GB standard".
  usage: { averageTasks: { frontend: 1, backend: 1 }, filesGb: 10 },
});
