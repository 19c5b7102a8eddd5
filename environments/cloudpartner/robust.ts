/** cloudpartner-robust: "Option 2: Slightly More Robust"; about $20 to $25 a month. */
import { defineEnvironment } from '../../src/config';
import { backend, box, buckets, cache, database, edge, network, observability, secrets, services } from './system';
import { domain } from './zone';

export default defineEnvironment({
  system: 'cloudpartner',
  name: 'cloudpartner-robust',
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
  box: { ...box, instanceType: 't3.small' },
  edge,
  // "Total: ~$20-25/month". By tag: Assumption: both environments are in one account.
  observability: { ...observability, budget: { monthlyUsd: 25, scope: 'environment' } },
  services,
  // "Data Transfer: 15GB FREE then minimal", of Option 1.
  usage: { transferOutGb: 15 },
});
