/** webrana-scale: "Option 3: EKS Kubernetes (Scale)"; about $255 a month. */
import { defineEnvironment } from '../../src/config';
import { alarms, webrana } from './system';

export default defineEnvironment({
  ...webrana,
  name: 'webrana-scale',
  tier: 'kubernetes',
  protect: true,
  acknowledge: {
    'cache-unprotected': { 'cache.replicas': 'the cost table pays for one node' },
    'budget-exceeded': {
      'observability.budget.monthlyUsd':
        'the table has prices of another region, and leaves out NAT, addresses, metrics and keys: docs/cost.md',
    },
    'single-nat': { 'network.nat': 'the cost tips ask for a NAT instance (about $5 instead of $45 a month); it replaces itself' },
  },
  // Assumption: the runner of the workflows is in the network below; plans of pull requests do not read the Secrets of the cluster.
  delivery: { runner: ['self-hosted', 'webrana-scale'], planInPullRequests: 'without-cluster' },
  network: {
    cidr: '10.0.0.0/16',
    // "Public Subnets (3 AZs)", "Private Subnets (3 AZs)".
    zones: 3,
    // "Network $5 (Transfer)": the cost table has no NAT gateway here either.
    nat: 'instance',
    // Assumption: refused connections are worth recording where data is protected; the document is silent.
    flowLogs: {},
  },
  database: {
    ...webrana.database,
    placement: 'managed',
    // Assumption: the storage, as in webrana-growth.
    storageGb: 20,
    // "$30 (RDS Multi-AZ)" is twice the $15 of a db.t3.micro.
    instanceClass: 'db.t3.micro',
    multiAz: true,
    // Assumption: the document names no retention for RDS.
    backupRetentionDays: 7,
  },
  // "ElastiCache Redis (Cluster)" at $13: a replication group of one cache.t3.micro; a second node would be $26.
  cache: { placement: 'managed', engine: 'redis', nodeType: 'cache.t3.micro', replicas: 0 },
  buckets: {
    // "Auto-delete old backups after 30 days". The name webrana-backups belongs to webrana-growth.
    backups: { expireAfterDays: 30 },
  },
  kubernetes: {
    // "aws eks update-kubeconfig --name webrana-eks"; "kubectl get pods -n webrana".
    clusterName: 'webrana-eks',
    namespace: 'webrana',
    // The instructions call kubectl from a workstation.
    endpoint: 'public',
    // Assumption: a network reserved for documentation; put your office or VPN here before the first deployment.
    publicAccessCidrs: ['203.0.113.0/24'],
    // "Node 1, Node 2, Node 3: t3.med". Assumption: twice as many under load.
    nodes: { instanceTypes: ['t3.medium'], min: 3, max: 6 },
    // "For EKS, install Prometheus + Grafana"; Container Insights is in no line of the cost table.
    monitoring: 'prometheus',
  },
  // "Total: ~$255/month". By tag: Assumption: all three environments are in one account.
  observability: {
    ...webrana.observability,
    alarms: { 'node-cpu': alarms.cpu, 'database-connections': alarms.connections },
    budget: { monthlyUsd: 255, scope: 'environment' },
  },
  services: {
    backend: {
      ...webrana.services.backend,
      name: 'webrana-backend',
      // Assumption: as large as on Fargate.
      vcpu: 0.5,
      memoryMib: 1024,
      // "Backend (2 pods)". Assumption: three times as many under load, at 70 % CPU or 80 % memory.
      replicas: { min: 2, max: 6 },
      scaling: { cpuPercent: 70, memoryPercent: 80 },
    },
    frontend: {
      ...webrana.services.frontend,
      name: 'webrana-frontend',
      // Assumption: as large as on Fargate.
      vcpu: 0.25,
      memoryMib: 512,
      // "Frontend (2 pods)". Assumption: twice as many under load.
      replicas: { min: 2, max: 4 },
      scaling: { cpuPercent: 70, memoryPercent: 80 },
    },
  },
});
