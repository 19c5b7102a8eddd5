/** cloudpartner-mvp: "Option 1: Ultra-Low Cost (Recommended for MVP)"; $2 to $4 a month in the first year, then $12 to $15. */
import { defineEnvironment } from '../../src/config';
import { backend, box, buckets, cache, database, edge, network, observability, secrets, services } from './system';
import { domain } from './zone';

export default defineEnvironment({
  system: 'cloudpartner',
  name: 'cloudpartner-mvp',
  region: 'us-east-1',
  tier: 'box',
  protect: true,
  acknowledge: {
    'budget-exceeded': {
      'observability.budget.monthlyUsd':
        'the total leaves out the public address, the key, secrets and metrics of the host: docs/cost.md',
    },
  },
  backend,
  network,
  domain,
  database,
  cache,
  buckets,
  secrets,
  images: { backend: {}, frontend: {} },
  box: { ...box, instanceType: 't3.micro' },
  edge,
  // "Total Year 2+: ~$12-15/month". By tag: Assumption: both environments are in one account.
  observability: { ...observability, budget: { monthlyUsd: 15, scope: 'environment' } },
  services,
  // "Data Transfer: 15GB FREE then minimal".
  usage: { transferOutGb: 15 },
});
