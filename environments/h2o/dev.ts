/** h2o-dev: one task, the smallest database and cache, one NAT gateway; about $94 a month. */
import { defineEnvironment } from '../../src/config';
import { h2o } from './system';

export default defineEnvironment({
  ...h2o,
  name: 'h2o-dev',
  protect: false,
  acknowledge: {
    'budget-exceeded': {
      'observability.budget.monthlyUsd': 'the table has Fargate at less than half its price, and no load balancer: docs/cost.md',
    },
  },
  // Cost: a customer-managed key is $1 a month, which the cost table of development does not include.
  encryption: { key: 'aws-managed' },
  network: {
    // Assumption: the document names no CIDR; another one than h2o-prod's, so that the two can be peered.
    cidr: '10.21.0.0/16',
    zones: ['a', 'b'],
    // "NAT Gateway: $32 (can disable in dev)": one, so that tasks reach the APIs they call.
    nat: 'single',
  },
  domain: {
    // Assumption: the document names no domain; Route 53 keeps it.
    zone: 'h2o.example',
    provider: 'route53',
    names: ['api.dev.h2o.example', 'dev.h2o.example'],
    // h2o-prod says who may issue certificates for the zone: a zone has one set of CAA records.
    certificateAuthorities: [],
  },
  // Assumption: development builds the branch develop; the variable's name.
  frontends: { web: { ...h2o.frontends.web, branch: 'develop', environment: { API_URL: 'https://api.dev.h2o.example' } } },
  database: {
    ...h2o.database,
    instanceClass: 'db.t4g.micro',
    // "Multi-AZ: Yes (production)".
    multiAz: false,
  },
  cache: { placement: 'managed', engine: 'redis', nodeType: 'cache.t4g.micro' },
  // "TOTAL (dev): ~$94/mes". By tag: Assumption: both environments are in one account.
  observability: { ...h2o.observability, budget: { monthlyUsd: 94, scope: 'environment' } },
  services: {
    // "1 task" in the cost table, 1 to 3 by auto-scaling.
    backend: { ...h2o.services.backend, replicas: { min: 1, max: 3 } },
  },
  // "ECS Fargate (1 task, 2 vCPU, 4GB)".
  usage: { averageTasks: { backend: 1 } },
});
