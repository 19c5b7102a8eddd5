/** h2o-prod: two to three tasks, a database in two zones, a NAT gateway in each; about $239 a month. */
import { defineEnvironment } from '../../src/config';
import { applicationMetrics, h2o } from './system';

export default defineEnvironment({
  ...h2o,
  name: 'h2o-prod',
  protect: true,
  acknowledge: {
    'cache-unprotected': { 'cache.replicas': 'the document prescribes one node' },
    'budget-exceeded': {
      'observability.budget.monthlyUsd':
        'the table has Fargate at less than half its price, and leaves out addresses and metrics: docs/cost.md',
    },
  },
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
    ...h2o.edge,
    // "Health checks: /health endpoint", asked from outside as well.
    healthChecks: { api: { host: 'api.h2o.example', path: '/health' } },
  },
  // "git push origin main". Assumption: the variable's name.
  frontends: { web: { ...h2o.frontends.web, branch: 'main', environment: { API_URL: 'https://api.h2o.example' } } },
  database: {
    ...h2o.database,
    // Choice: db.t4g.small of the production cost table, not db.t4g.micro of the component list.
    instanceClass: 'db.t4g.small',
    multiAz: true,
  },
  // Choice: cache.t4g.small of the production cost table, whose price ($24) is that of one node.
  cache: { placement: 'managed', engine: 'redis', nodeType: 'cache.t4g.small', replicas: 0 },
  fargate: { clusterName: 'h2o-prod' },
  // "X-Ray (optional): distributed tracing". Choice: in production, with the application's metrics.
  // "TOTAL (prod): ~$239/mes". By tag: Assumption: both environments are in one account.
  observability: { ...h2o.observability, tracing: 'xray', applicationMetrics, budget: { monthlyUsd: 239, scope: 'environment' } },
  services: {
    backend: {
      ...h2o.services.backend,
      // Choice: the name in every command of the document, not "h2o-backend-service" of the component list.
      name: 'h2o-backend',
      // Choice: "2-3 tasks" of the production cost table, not 1-3 of the component list.
      replicas: { min: 2, max: 3 },
      logGroup: '/aws/ecs/h2o-backend',
    },
  },
  // "ECS Fargate (2-3 tasks)". Assumption: the mean of both.
  usage: { averageTasks: { backend: 2.5 } },
});
