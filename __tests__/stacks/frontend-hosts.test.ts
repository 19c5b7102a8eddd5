/** Frontends with host names of their own: what serves each name, on every tier, and that services keep the others. */
import { parseEnvironment, type EnvironmentInput } from '../../src/config';
import { boxed } from '../support/boxed';
import { example, type Example } from '../support/example';
import { danglingReferences } from '../support/references';
import { resourcesOf, synthEnvironment, theOnly, type RootModule } from '../support/synth';

type Stacks = Readonly<Record<string, RootModule>>;

const names = ['shop.example', 'www.shop.example'];
const domain = { ...(example().domain as NonNullable<Example['domain']>), names };
const site = { kind: 'static-site', pages: 'directories', hosts: ['www.shop.example'] } as const;
const waf = { rules: { rate: { kind: 'rate', priority: 10, requests: 2000 } } } as const;
const placed: Partial<EnvironmentInput> = { domain, frontends: { site } };

const stacks = (changes: Partial<EnvironmentInput> = {}): Stacks =>
  synthEnvironment(parseEnvironment(example({ ...placed, ...changes })));
const edgeOf = (all: Stacks): RootModule => all['shop-test-edge'] as RootModule;
const records = (all: Stacks) =>
  resourcesOf(edgeOf(all), 'aws_route53_record').map(({ name, type, set_identifier: target }) => `${name} ${type} ${target}`);

/** By their first name. */
const distributionsOf = (all: Stacks) =>
  Object.fromEntries(resourcesOf(edgeOf(all), 'aws_cloudfront_distribution').map((made) => [made.aliases[0] as string, made]));

const fargate = stacks();

describe("a frontend's own names", () => {
  it('lead to its distribution, and all others to the load balancer of each tier', () => {
    const cdn = ['www.shop.example A cdn', 'www.shop.example AAAA cdn'];
    expect(records(fargate).sort()).toEqual(['shop.example A fargate', ...cdn]);
    expect(records(stacks({ tier: 'kubernetes' })).sort()).toEqual(['shop.example A kubernetes', ...cdn]);
    expect(danglingReferences(edgeOf(fargate))).toEqual([]);
  });

  it('are the aliases of a distribution whose only origin is the bucket', () => {
    const made = theOnly(edgeOf(fargate), 'aws_cloudfront_distribution');
    expect(made.aliases).toEqual(['www.shop.example']);
    expect(made.origin.map(({ origin_id: id }: any) => id)).toEqual(['static-site']);
    expect(made.ordered_cache_behavior ?? []).toEqual([]);
    // No service is behind it, so a missing page is that of the site.
    expect(made.custom_error_response).toMatchObject([{ response_page_path: '/404.html' }]);
  });

  it('have what the names of `edge.cdn` have: certificate, headers and logs', () => {
    const edge = edgeOf(fargate);
    const made = theOnly(edge, 'aws_cloudfront_distribution');
    expect(made.viewer_certificate.acm_certificate_arn).toContain('edge_certificate_arn');
    expect(theOnly(edge, 'aws_cloudfront_response_headers_policy')).toMatchObject({
      name: 'shop-test-cdn-site-security',
      security_headers_config: { strict_transport_security: { access_control_max_age_sec: 31_536_000 } },
    });
    expect(theOnly(edge, 'aws_cloudwatch_log_delivery_source').name).toBe('shop-test-cdn-site-cdn');
    const regions = resourcesOf(fargate['shop-test-domain'] as RootModule, 'aws_acm_certificate').map(({ region }) => region);
    expect(regions).toContain('us-east-1');
    expect(JSON.stringify(fargate['shop-test-data'])).toContain('CdnLogs');
    expect(JSON.stringify(stacks({ frontends: {} })['shop-test-data'])).not.toContain('CdnLogs');
  });

  it('have alarms and commands with the key of the frontend', () => {
    const observability = fargate['shop-test-observability'] as RootModule;
    const watched = resourcesOf(observability, 'aws_cloudwatch_metric_alarm').filter(({ alarm_name: name }) =>
      name.includes('cdn-site'),
    );
    expect(watched.length).toBeGreaterThan(0);
    expect(JSON.stringify(watched)).toContain('frontend_distributions.site.id');
    expect(Object.keys(edgeOf(fargate).output ?? {})).toEqual(
      expect.arrayContaining(['upload_site_site', 'invalidate_cache_site']),
    );
  });

  it('leave load balancer and services as they are without the frontend', () => {
    const alone = stacks({ domain: { ...domain, names: ['shop.example'] }, frontends: {} });
    expect(fargate['shop-test-compute-fargate']).toEqual(alone['shop-test-compute-fargate']);
  });

  it('have the rules of a web ACL in front of load balancers as well, in us-east-1', () => {
    const guarded = stacks({ edge: { waf } });
    const acl = theOnly(edgeOf(guarded), 'aws_wafv2_web_acl');
    expect(acl).toMatchObject({ name: 'shop-test-frontends', scope: 'CLOUDFRONT', region: 'us-east-1' });
    expect(theOnly(edgeOf(guarded), 'aws_cloudfront_distribution').web_acl_id).toContain('aws_wafv2_web_acl.web-acl_acl.arn');
    const regional = theOnly(guarded['shop-test-compute-fargate'] as RootModule, 'aws_wafv2_web_acl');
    expect(regional).toMatchObject({ name: 'shop-test-web', scope: 'REGIONAL' });
    expect(acl.rule).toHaveLength(regional.rule.length);
  });

  it('are not behind the proxy of Cloudflare, while the names of services are', () => {
    const all = stacks({ domain: { ...domain, provider: 'cloudflare' }, edge: { cloudflare: { plan: 'free' } } });
    const proxied = resourcesOf(edgeOf(all), 'cloudflare_dns_record').map(({ name, proxied: value }) => [name, value]);
    expect(Object.fromEntries(proxied)).toEqual({ 'shop.example': true, 'www.shop.example': false });
  });
});

describe('next to a single host', () => {
  const all = synthEnvironment(
    parseEnvironment(boxed({ ...placed, domain: { ...domain, certificateAuthorities: ['amazon.com', 'letsencrypt.org'] } })),
  );

  it("a frontend's names lead to CloudFront, and nginx serves and certifies the others only", () => {
    expect(records(all).sort()).toEqual(['shop.example A box', 'www.shop.example A cdn', 'www.shop.example AAAA cdn']);
    const files = JSON.stringify(all['shop-test-compute-box']);
    expect(files).toContain('shop.example.conf');
    expect(files).not.toContain('www.shop.example');
  });
});

describe('next to `edge.cdn`', () => {
  const app = { kind: 'service', service: 'api', hosts: ['app.shop.example'], cachedPaths: ['/assets/*'] } as const;
  const both = stacks({
    domain: { ...domain, names: [...names, 'app.shop.example'] },
    edge: { cdn: {}, waf },
    frontends: { site, app },
  });
  const distributions = distributionsOf(both);

  it('every name is on one distribution, and all of them have the one web ACL', () => {
    const aliases = Object.values(distributions).map((one) => one.aliases);
    expect(aliases.sort()).toEqual([['app.shop.example'], ['shop.example'], ['www.shop.example']]);
    expect(resourcesOf(edgeOf(both), 'aws_wafv2_web_acl')).toHaveLength(1);
    expect(new Set(Object.values(distributions).map(({ web_acl_id: id }) => id)).size).toBe(1);
  });

  it('a service has its names with the same origin inside the VPC, and caches its paths there only', () => {
    expect(resourcesOf(edgeOf(both), 'aws_cloudfront_vpc_origin')).toHaveLength(1);
    const { 'shop.example': main, 'app.shop.example': service } = distributions;
    expect(service?.origin).toEqual(main?.origin);
    expect(service?.ordered_cache_behavior.map(({ path_pattern: pattern }: any) => pattern)).toEqual(['/assets/*']);
    expect(main?.ordered_cache_behavior ?? []).toEqual([]);
  });

  it("with a public load balancer, it answers the services' names and not those of the site", () => {
    const listed = stacks({ edge: { cdn: { originAccess: 'prefix-list' } } });
    const rules = resourcesOf(listed['shop-test-compute-fargate'] as RootModule, 'aws_lb_listener_rule');
    const hosts = rules.flatMap(({ condition }) => condition.flatMap(({ host_header: header }: any) => header?.values ?? []));
    expect(new Set(hosts)).toEqual(new Set(['shop.example']));
  });

  it('a switch of tiers moves the services of all distributions, and no site', () => {
    const climbing = (nextTierPercent: number) =>
      distributionsOf(
        stacks({
          domain: { ...domain, names: [...names, 'app.shop.example'] },
          nextTier: 'kubernetes',
          edge: { cdn: {}, nextTierPercent },
          frontends: { site, app },
        }),
      );
    const [before, after] = [climbing(0), climbing(100)];
    const moved = Object.keys(before).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
    expect(moved.sort()).toEqual(['app.shop.example', 'shop.example']);
  });

  it('shares of traffic move the names of services by their records, and not those of a site', () => {
    const shared = stacks({ nextTier: 'kubernetes', edge: { nextTierPercent: 25 } });
    const weights = resourcesOf(edgeOf(shared), 'aws_route53_record').map((record) => [
      `${record.name} ${record.set_identifier}`,
      record.weighted_routing_policy.weight,
    ]);
    expect(Object.fromEntries(weights)).toEqual({
      'shop.example fargate': 75,
      'shop.example kubernetes': 25,
      'www.shop.example cdn': 100,
    });
  });
});
