/** webrana-growth: "Option 2: ECS Fargate (Growth)"; about $92 a month. */
import { defineEnvironment } from '../../src/config';
import { alarms, webrana } from './system';

export default defineEnvironment({
  ...webrana,
  name: 'webrana-growth',
  tier: 'fargate',
  protect: true,
  acknowledge: {
    'cache-unprotected': { 'cache.replicas': 'the cost table pays for one node' },
    'budget-exceeded': {
      'observability.budget.monthlyUsd':
        'the table leaves out NAT, addresses, metrics and keys, and counts the tasks at half their price: docs/cost.md',
    },
    'single-zone-database': {
      'database.multiAz': 'the cost table pays for one zone ($15); the document has Multi-AZ in Option 3 only',
    },
    'single-nat': { 'network.nat': 'the cost tips ask for a NAT instance (about $5 instead of $45 a month); it replaces itself' },
  },
  network: {
    cidr: '10.0.0.0/16',
    // "Multi-AZ". Assumption: two zones; three are drawn only for Option 3.
    zones: 2,
    // The cost table has no NAT gateway, and the cost tips say "consider NAT Instance for lower traffic".
    nat: 'instance',
    // Assumption: refused connections are worth recording where data is protected; the document is silent.
    flowLogs: {},
  },
  database: {
    ...webrana.database,
    placement: 'managed',
    // Assumption: the storage.
    storageGb: 20,
    instanceClass: 'db.t3.micro',
    // $15 is the price of one zone; Multi-AZ is Option 3.
    multiAz: false,
    // Assumption: the document names no retention for RDS.
    backupRetentionDays: 7,
  },
  // "cache.t3" at $13 is one cache.t3.micro.
  cache: { placement: 'managed', engine: 'redis', nodeType: 'cache.t3.micro', replicas: 0 },
  buckets: {
    // "Auto-delete old backups after 30 days".
    backups: { name: 'webrana-backups', expireAfterDays: 30 },
  },
  fargate: { clusterName: 'webrana-cluster' },
  // The document counts the CPU of instances; here the tasks are what computes.
  // "Total: ~$92/month". By tag: Assumption: all three environments are in one account.
  observability: {
    ...webrana.observability,
    alarms: { 'service-cpu': alarms.cpu, 'database-connections': alarms.connections },
    budget: { monthlyUsd: 92, scope: 'environment' },
  },
  services: {
    backend: {
      ...webrana.services.backend,
      name: 'webrana-backend',
      // Assumption: half a vCPU and 1 GB, for which $30 buys about two tasks.
      vcpu: 0.5,
      memoryMib: 1024,
      // "Backend Task 1, Backend Task 2". Assumption: twice as many under load, at 70 % CPU.
      replicas: { min: 2, max: 4 },
      scaling: { cpuPercent: 70 },
    },
    // Assumption: Option 2 draws the backend only, but webrana.id must be answered; one small task, a second under load.
    frontend: {
      ...webrana.services.frontend,
      name: 'webrana-frontend',
      vcpu: 0.25,
      memoryMib: 512,
      replicas: { min: 1, max: 2 },
      scaling: { cpuPercent: 70 },
    },
  },
  // "Compute: $30 (2 tasks)": the two of the backend; the drawing shows no more of the frontend than its minimum.
  usage: { averageTasks: { backend: 2, frontend: 1 } },
});
