/** webrana-mvp: "Option 1: EC2 All-in-One (MVP)"; about $43 a month. */
import { defineEnvironment } from '../../src/config';
import { alarms, webrana } from './system';

export default defineEnvironment({
  ...webrana,
  name: 'webrana-mvp',
  tier: 'box',
  protect: true,
  acknowledge: {
    'budget-exceeded': {
      'observability.budget.monthlyUsd':
        'the table leaves out metrics, the key and secrets, and has the price of t3.medium of another region: docs/cost.md',
    },
  },
  network: {
    // Assumption: the CIDR of Option 2, so that climbing changes nothing here.
    cidr: '10.0.0.0/16',
    // Assumption: the host uses one zone; the second, empty one waits for RDS and costs nothing.
    zones: 2,
    // The host is in a public subnet.
    nat: 'none',
    // Assumption: refused connections are worth recording where data is protected; the document is silent.
    flowLogs: {},
  },
  // "PostgreSQL (Docker)", "Redis (Docker)".
  database: { ...webrana.database, placement: 'host' },
  cache: { placement: 'host' },
  // "S3 Bucket (Backups)"; "Auto-delete old backups after 30 days".
  buckets: { backups: { expireAfterDays: 30 } },
  box: {
    instanceType: 't3.medium',
    // "ssh ... ubuntu@". Assumption: the LTS release of 2024.
    operatingSystem: 'ubuntu-24.04',
    // "EBS Volume (30GB gp3)", for PostgreSQL and Redis. Assumption: the split between system and data; together 30.
    rootVolumeGb: 12,
    dataVolumeGb: 18,
    applicationDirectory: '/opt/webrana',
    dataStores: 'containers',
    // "Create key pair > Name: webrana-key"; it must be there before the first deployment.
    keyPair: 'webrana-key',
    // Assumption: the document names no address; shells open through Session Manager.
    sshCidrs: [],
    // Cloudflare is in front of the host. Assumption: it proxies both names, so only it needs to reach the host.
    origin: 'cloudflare',
    // Assumption: the document names no address.
    certificateEmail: 'admin@webrana.id',
    backup: { bucket: 'backups' },
  },
  // PostgreSQL is on the host, where nothing counts connections for CloudWatch.
  // "Total: ~$43/month". By tag: Assumption: all three environments are in one account.
  observability: {
    ...webrana.observability,
    alarms: { 'host-cpu': alarms.cpu },
    budget: { monthlyUsd: 43, scope: 'environment' },
  },
  services: {
    // Assumption: sizes; they are limits, and leave 2 GB of the host's 4 to PostgreSQL, Redis and the system.
    backend: { ...webrana.services.backend, vcpu: 1, memoryMib: 1024, replicas: { min: 1, max: 1 } },
    frontend: { ...webrana.services.frontend, vcpu: 0.5, memoryMib: 512, replicas: { min: 1, max: 1 } },
  },
});
