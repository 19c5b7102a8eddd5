/** Host names that are only redirected: who answers them on each tier, with which name, record and certificate. */
import { runInNewContext } from 'node:vm';
import { parseEnvironment, type EnvironmentInput } from '../../src/config';
import { redirectFunction } from '../../src/modules/edge/redirects';
import { boxed } from '../support/boxed';
import { example, type Example } from '../support/example';
import { danglingReferences } from '../support/references';
import { resourcesOf, synthEnvironment, theOnly, type RootModule } from '../support/synth';

type Stacks = Readonly<Record<string, RootModule>>;

const domain = { ...(example().domain as NonNullable<Example['domain']>), names: ['www.shop.example'] };
const redirects = { 'shop.example': 'www.shop.example' };

const stacks = (changes: Partial<EnvironmentInput> = {}): Stacks =>
  synthEnvironment(parseEnvironment(example({ domain, edge: { redirects }, ...changes })));
const edgeOf = (all: Stacks): RootModule => all['shop-test-edge'] as RootModule;
const records = (all: Stacks) =>
  resourcesOf(edgeOf(all), 'aws_route53_record').map(({ name, type, set_identifier: target }) => `${name} ${type} ${target}`);
const certified = (all: Stacks) =>
  resourcesOf(all['shop-test-domain'] as RootModule, 'aws_acm_certificate').map((one) => [
    one.domain_name,
    ...one.subject_alternative_names,
  ]);

describe('a redirect by a load balancer', () => {
  const fargate = stacks();

  it('is a rule of the listener before all routes, which keeps path and query', () => {
    const rules = resourcesOf(fargate['shop-test-compute-fargate'] as RootModule, 'aws_lb_listener_rule');
    const [first] = [...rules].sort((one, other) => one.priority - other.priority);
    expect(first).toMatchObject({
      condition: [{ host_header: { values: ['shop.example'] } }],
      action: [
        {
          type: 'redirect',
          redirect: {
            host: 'www.shop.example',
            path: '/#{path}',
            query: '#{query}',
            port: '443',
            protocol: 'HTTPS',
            status_code: 'HTTP_301',
          },
        },
      ],
    });
  });

  it('needs one rule for names of one target, and the next redirect moves none', () => {
    const rulesOf = (more: Readonly<Record<string, string>>) =>
      resourcesOf(
        stacks({ domain: { ...domain, names: ['www.shop.example', 'api.shop.example'] }, edge: { redirects: more } })[
          'shop-test-compute-fargate'
        ] as RootModule,
        'aws_lb_listener_rule',
      ).flatMap(({ priority, action, condition }) =>
        action[0].type === 'redirect' ? [[priority, condition[0].host_header.values]] : [],
      );
    const addresses = (more: Readonly<Record<string, string>>) =>
      Object.keys(stacks({ edge: { redirects: more } })['shop-test-compute-fargate']?.resource?.aws_lb_listener_rule ?? {});
    // The address does not depend on the names: a rule that is created before the old one is gone would find its priority taken.
    expect(addresses({ ...redirects, 'old.shop.example': 'www.shop.example' })).toEqual(addresses(redirects));
    const both = { ...redirects, 'old.shop.example': 'www.shop.example' };
    expect(rulesOf(both)).toEqual([[1, ['shop.example', 'old.shop.example']]]);
    expect(rulesOf({ ...both, 'v1.shop.example': 'api.shop.example' }).sort()).toEqual([
      [1, ['shop.example', 'old.shop.example']],
      [2, ['v1.shop.example']],
    ]);
  });

  it('is on Kubernetes an action of the ingress, in its first rule', () => {
    const all = stacks({ tier: 'kubernetes' });
    const { metadata, spec } = theOnly(all['shop-test-workloads'] as RootModule, 'kubernetes_ingress_v1');
    const { host, http } = spec.rule[0];
    const { name, port } = http.path[0].backend.service;
    expect([host, http.path[0].path, port]).toEqual(['shop.example', '/*', { name: 'use-annotation' }]);
    expect(JSON.parse(metadata.annotations[`alb.ingress.kubernetes.io/actions.${name}`])).toEqual({
      type: 'redirect',
      redirectConfig: {
        host: 'www.shop.example',
        path: '/#{path}',
        query: '#{query}',
        port: '443',
        protocol: 'HTTPS',
        statusCode: 'HTTP_301',
      },
    });
    expect(spec.rule.slice(1).map((rule: any) => rule.host)).not.toContain('shop.example');
    expect(records(all)).toContain('shop.example A kubernetes');
  });

  it('has a record and a place in the certificate, after the names that are served', () => {
    expect(records(fargate).sort()).toEqual(['shop.example A fargate', 'www.shop.example A fargate']);
    expect(certified(fargate)).toEqual([['www.shop.example', 'shop.example']]);
    expect(danglingReferences(edgeOf(fargate))).toEqual([]);
  });

  it('does not exist without the field', () => {
    const without = stacks({ edge: {} });
    expect(certified(without)).toEqual([['www.shop.example']]);
    expect(JSON.stringify(without['shop-test-compute-fargate'])).not.toContain('#{path}');
    expect(edgeOf(without)).toEqual(edgeOf(stacks({ edge: { redirects: {} } })));
  });

  it('is proxied at Cloudflare like the names that are served', () => {
    const all = stacks({ domain: { ...domain, provider: 'cloudflare' }, edge: { redirects, cloudflare: { plan: 'free' } } });
    const proxied = resourcesOf(edgeOf(all), 'cloudflare_dns_record').map(({ name, proxied: value }) => [name, value]);
    expect(Object.fromEntries(proxied)).toEqual({ 'shop.example': true, 'www.shop.example': true });
  });
});

describe('a redirect by a single host', () => {
  it('is a site of nginx, to which the record leads', () => {
    const all = synthEnvironment(
      parseEnvironment(
        boxed({ domain: { ...domain, certificateAuthorities: ['amazon.com', 'letsencrypt.org'] }, edge: { redirects } }),
      ),
    );
    expect(records(all).sort()).toEqual(['shop.example A box', 'www.shop.example A box']);
    expect(JSON.stringify(all['shop-test-compute-box'])).toContain('return 301 https://www.shop.example$request_uri;');
    expect(resourcesOf(edgeOf(all), 'aws_cloudfront_distribution')).toEqual([]);
  });
});

describe('a redirect by CloudFront', () => {
  const all = stacks({ edge: { redirects, cdn: {} } });
  const made = resourcesOf(edgeOf(all), 'aws_cloudfront_distribution').find(({ aliases }) => aliases.includes('shop.example'));

  it('has a distribution of its own, whose function answers every request', () => {
    expect(made?.aliases).toEqual(['shop.example']);
    expect(made?.default_cache_behavior).toMatchObject({
      viewer_protocol_policy: 'redirect-to-https',
      function_association: [
        { event_type: 'viewer-request', function_arn: '${aws_cloudfront_function.redirecting_function.arn}' },
      ],
    });
    expect(made?.ordered_cache_behavior ?? []).toEqual([]);
    expect(theOnly(edgeOf(all), 'aws_cloudfront_function').code).toBe(
      redirectFunction([{ from: 'shop.example', to: 'www.shop.example' }], 'max-age=31536000'),
    );
    expect(danglingReferences(edgeOf(all))).toEqual([]);
  });

  it('leaves the internal load balancer alone, and has record and certificate', () => {
    expect(all['shop-test-compute-fargate']).toEqual(stacks({ edge: { cdn: {} } })['shop-test-compute-fargate']);
    expect(records(all)).toEqual(
      expect.arrayContaining(['shop.example A cdn', 'shop.example AAAA cdn', 'www.shop.example A cdn']),
    );
    expect(certified(all)).toContainEqual(['www.shop.example', 'shop.example']);
  });

  it('serves a static site that has no services next to it', () => {
    const { api } = example().services as NonNullable<EnvironmentInput['services']>;
    const alone = stacks({
      services: { api: { ...(api as NonNullable<typeof api>), routes: [] } },
      frontends: { site: { kind: 'static-site', pages: 'directories', hosts: ['www.shop.example'] } },
    });
    const names = resourcesOf(edgeOf(alone), 'aws_cloudfront_distribution').map(({ aliases }) => aliases);
    expect(names.sort()).toEqual([['shop.example'], ['www.shop.example']]);
  });
});

describe('the function', () => {
  const code = redirectFunction(
    [
      { from: 'shop.example', to: 'www.shop.example' },
      { from: 'old.shop.example', to: 'api.shop.example' },
    ],
    'max-age=1',
  );
  const answer = (request: object): any =>
    JSON.parse(JSON.stringify((runInNewContext(`${code}; handler`) as (event: object) => unknown)({ request })));
  const asked = (host: string | undefined, uri: string, querystring: object = {}) =>
    answer({ uri, querystring, headers: host === undefined ? {} : { host: { value: host } } });

  it('leads each name to its target, permanently', () => {
    expect(asked('shop.example', '/')).toEqual({
      statusCode: 301,
      statusDescription: 'Moved Permanently',
      headers: { location: { value: 'https://www.shop.example/' }, 'strict-transport-security': { value: 'max-age=1' } },
    });
    expect(asked('OLD.shop.example', '/a').headers.location.value).toBe('https://api.shop.example/a');
  });

  it('keeps the path as it was written: encoded characters, double slashes, what looks like another host', () => {
    for (const path of ['/a%2Fb%20c', '//evil.example/x', '/@evil.example', '/%0d%0aset-cookie:x'])
      expect(asked('shop.example', path).headers.location.value).toBe(`https://www.shop.example${path}`);
  });

  it('keeps the query: repeated names, encoded values, names without a value', () => {
    const query = {
      page: { value: '2', multiValue: [{ value: '2' }, { value: '3' }] },
      q: { value: 'a%26b%3D' },
      flag: { value: '' },
    };
    expect(asked('shop.example', '/list', query).headers.location.value).toBe(
      'https://www.shop.example/list?page=2&page=3&q=a%26b%3D&flag',
    );
  });

  it('answers 404 to every other name, inherited names of objects included', () => {
    for (const host of ['d111.cloudfront.net', 'www.shop.example', 'constructor', '__proto__', undefined])
      expect(asked(host, '/').statusCode).toBe(404);
  });

  it('has nothing that Terraform would interpolate', () => {
    expect(code).not.toMatch(/[$%]\{/);
  });
});
