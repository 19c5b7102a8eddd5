/** What a person may not write about the edge, and what plans of Cloudflare allow. */
import { CLOUDFLARE_PLANS, CLOUDFLARE_SECONDS } from '../../../src/config/tables/cloudflare-plans';
import { testRefusals } from '../../support/refusals';
import { ACCEPTED_AT_EDGE, REFUSED_AT_EDGE } from './edge-inputs';

describe('the edge of an environment', () => testRefusals(REFUSED_AT_EDGE, ACCEPTED_AT_EDGE));

describe('what a plan of Cloudflare allows', () => {
  it('grows with the plan, in steps that Cloudflare has', () => {
    const plans = Object.values(CLOUDFLARE_PLANS);
    for (const field of ['rateLimits', 'longestPeriod', 'longestBlock', 'customRules'] as const) {
      const values = plans.map((plan) => plan[field]);
      expect(values).toEqual([...values].sort((a, b) => a - b));
    }
    expect(CLOUDFLARE_SECONDS.filter((seconds) => seconds <= CLOUDFLARE_PLANS.free.longestPeriod)).toEqual([10]);
    expect(CLOUDFLARE_PLANS.free.managedRules).toBe(false);
  });
});
