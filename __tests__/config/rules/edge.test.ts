/** What a person may not write about the edge, and what plans of Cloudflare allow. */
import { parseEnvironment } from '../../../src/config';
import { CLOUDFLARE_PLANS, CLOUDFLARE_SECONDS } from '../../../src/config/tables/cloudflare-plans';
import { testRefusals } from '../../support/refusals';
import { rich } from '../../support/rich';
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

describe('a low rate limit', () => {
  const limited = (rate: object, frontend: object = {}) => {
    const environment = rich();
    environment.edge = { cdn: {}, waf: { rules: { rate: { kind: 'rate', priority: 10, requests: 100, ...rate } } } };
    environment.frontends = { web: { kind: 'service', service: 'api', ...frontend } };
    return parseEnvironment(environment);
  };
  const warned = (...inputs: Parameters<typeof limited>) => limited(...inputs).warnings.map(({ rule, path }) => [rule, path]);
  const exempt = (...inputs: Parameters<typeof limited>) =>
    limited(...inputs).edge.waf?.rules.map((rule) => (rule.kind === 'rate' ? rule.exceptPaths : []))[0];

  it('is warned about while it counts static files', () => {
    const warning = [['waf-rate-low', 'edge.waf.rules.rate.requests']];
    expect(warned({})).toEqual(warning);
    expect(warned({ requests: 59, windowSeconds: 60 })).toEqual(warning);
    expect(warned({}, { cachedPaths: ['/*/logo.svg'] })).toEqual(warning);
    for (const rate of [
      { requests: 300 },
      { requests: 60, windowSeconds: 60 },
      { paths: ['/login'] },
      { exceptPaths: ['/assets/'] },
    ]) {
      expect(warned(rate)).toEqual([]);
    }
    expect(warned({}, { cachedPaths: ['/_next/static/*'] })).toEqual([]);
  });

  it('does not count what CloudFront caches, unless the rule says what it counts', () => {
    const frontend = { cachedPaths: ['/_next/static/*', '/*/logo.svg', '/a?/*', '/favicon.ico'] };
    // Only patterns that mean exactly a prefix: any other would exempt requests that reach the services.
    expect(exempt({}, frontend)).toEqual(['/_next/static/']);
    expect(exempt({ exceptPaths: ['/images/'] }, frontend)).toEqual(['/images/']);
    expect(exempt({ exceptPaths: [] }, frontend)).toEqual([]);
    expect(exempt({ paths: ['/login'] }, frontend)).toEqual([]);
  });

  it('counts static files where CloudFront does not cache them: they load the services', () => {
    const environment = rich();
    environment.edge = { waf: { rules: { rate: { kind: 'rate', priority: 10, requests: 1000 } } } };
    environment.frontends = { web: { kind: 'service', service: 'api', cachedPaths: ['/_next/static/*'] } };
    expect(parseEnvironment(environment).edge.waf?.rules).toMatchObject([{ exceptPaths: [] }]);
  });
});
