/** What a person may not write about the edge, and what plans of Cloudflare allow. */
import { parseEnvironment } from '../../../src/config';
import { checkSharedZones } from '../../../src/config/rules/between/shared-zones';
import { CLOUDFLARE_PLANS, CLOUDFLARE_SECONDS } from '../../../src/config/tables/cloudflare-plans';
import { testRefusals } from '../../support/refusals';
import { ACCEPTED_AT_EDGE, proxied, REFUSED_AT_EDGE } from './edge-inputs';

describe('the edge of an environment', () => testRefusals(REFUSED_AT_EDGE, ACCEPTED_AT_EDGE));

describe('environments that share a Cloudflare zone', () => {
  const named = (name: string, zoneRules: string) =>
    parseEnvironment(
      proxied((e) => {
        Object.assign(e, { name, frontends: {} });
        e.domain.certificateAuthorities = [];
        e.edge = { cloudflare: { plan: 'free', zoneRules } };
      }),
    );

  it('leave its settings and rules to one of them', () => {
    expect(() => checkSharedZones([named('shop-a', 'here'), named('shop-b', 'here')])).toThrow(
      /settings and rules of the Cloudflare zone shop\.example: shop-a has it/,
    );
    expect(() => checkSharedZones([named('shop-a', 'here'), named('shop-b', 'elsewhere')])).not.toThrow();
  });
});

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
