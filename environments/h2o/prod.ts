/** h2o-prod: two to three tasks, a database in two zones, a NAT gateway in each; about $239 a month. */
import { defineEnvironment } from '../../src/config';
import {
  applicationMetrics,
  backend,
  backendService,
  buckets,
  credentials,
  edge,
  frontend,
  migrate,
  observability,
  roles,
  secrets,
} from './system';

export default defineEnvironment({
  system: 'h2o',
  name: 'h2o-prod',
  region: 'us-east-1',
  tier: 'fargate',
  protect: true,
  acknowledge: {
    'budget-exceeded': {
      'observability.budget.monthlyUsd':
        'the table has Fargate at less than half its price, and leaves out addresses and metrics: docs/cost.md',
    },
  },
  backend,
  network: {
    // Assumption: the document names no CIDR.
    cidr: '10.20.0.0/16',
    zones: ['a', 'b'],
    // "NAT Gateway (2 AZs): $64".
    nat: 'per-az',
    // Assumption: refused connections are worth recording in production; the document is silent.
    flowLogs: {},
  },
  domain: {
    // Assumption: the document names no domain; Route 53 keeps it.
    zone: 'h2o.example',
    provider: 'route53',
    names: ['api.h2o.example', 'h2o.example'],
  },
  edge: {
    ...edge,
    // "Health checks: /health endpoint", asked from outside as well.
    healthChecks: { api: { host: 'api.h2o.example', path: '/health' } },
  },
  // "git push origin main". Assumption: the variable's name.
  frontends: { web: { ...frontend, branch: 'main', environment: { API_URL: 'https://api.h2o.example' } } },
  database: {
    placement: 'managed',
    // Assumption: the document says PostgreSQL without a version, database name or storage.
    version: '16',
    name: 'h2o',
    storageGb: 20,
    // Choice: db.t4g.small of the production cost table, not db.t4g.micro of the component list.
    instanceClass: 'db.t4g.small',
    multiAz: true,
    backupRetentionDays: 7,
    // "Slow queries: > 1s".
    slowStatementMilliseconds: 1000,
    credentials,
    roles,
  },
  // Choice: cache.t4g.small of the production cost table, whose price ($24) is that of one node.
  cache: { placement: 'managed', nodeType: 'cache.t4g.small', replicas: 0 },
  buckets,
  secrets,
  images: { backend: {} },
  fargate: { clusterName: 'h2o-prod' },
  // "X-Ray (optional): distributed tracing". Choice: in production, with the application's metrics.
  // "TOTAL (prod): ~$239/mes". By tag: Assumption: both environments are in one account.
  observability: { ...observability, tracing: 'xray', applicationMetrics, budget: { monthlyUsd: 239, scope: 'environment' } },
  services: {
    backend: {
      ...backendService,
      // Choice: the name in every command of the document, not "h2o-backend-service" of the component list.
      name: 'h2o-backend',
      // Choice: "2-3 tasks" of the production cost table, not 1-3 of the component list.
      replicas: { min: 2, max: 3 },
      logGroup: '/aws/ecs/h2o-backend',
    },
  },
  jobs: { migrate },
  // "ECS Fargate (2-3 tasks)". Assumption: the mean of both.
  usage: { averageTasks: { backend: 2.5 } },
});
