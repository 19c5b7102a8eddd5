/** cloudpartner-robust: "Option 2: Slightly More Robust"; about $20 to $25 a month. */
import { defineEnvironment } from '../../src/config';
import { cloudpartner } from './system';

export default defineEnvironment({
  ...cloudpartner,
  name: 'cloudpartner-robust',
  box: { ...cloudpartner.box, instanceType: 't3.small' },
  // "Total: ~$20-25/month". By tag: Assumption: both environments are in one account.
  observability: { ...cloudpartner.observability, budget: { monthlyUsd: 25, scope: 'environment' } },
});
