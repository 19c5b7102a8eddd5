/** cloudpartner-mvp: "Option 1: Ultra-Low Cost (Recommended for MVP)"; $2 to $4 a month in the first year, then $12 to $15. */
import { defineEnvironment } from '../../src/config';
import { cloudpartner } from './system';

export default defineEnvironment({
  ...cloudpartner,
  name: 'cloudpartner-mvp',
  box: { ...cloudpartner.box, instanceType: 't3.micro' },
  // "Total Year 2+: ~$12-15/month". By tag: Assumption: both environments are in one account.
  observability: { ...cloudpartner.observability, budget: { monthlyUsd: 15, scope: 'environment' } },
});
