/** The edge stack: when it exists, where names lead on each tier, and what a switch of tiers changes. */
import { parseEnvironment, type EnvironmentInput } from '../../src/config';
import { danglingReferences } from '../support/references';
import { example, type Example } from '../support/example';
import { resourcesOf, synthEnvironment, theOnly, type RootModule } from '../support/synth';

type Stacks = Readonly<Record<string, RootModule>>;

const made = new Map<string, Stacks>();

/** Every stack of the example with some sections replaced; each variant is synthesised once. */
function stacks(changes: Partial<EnvironmentInput> = {}): Stacks {
  const key = JSON.stringify(changes, (_name, value: unknown) => value ?? null);
  const found = made.get(key) ?? synthEnvironment(parseEnvironment(example(changes)));
  made.set(key, found);
  return found;
}

const edgeOf = (changes: Partial<EnvironmentInput> = {}): RootModule => stacks(changes)['shop-test-edge'] as RootModule;

const domain = example().domain as NonNullable<Example['domain']>;
const services = example().services as NonNullable<EnvironmentInput['services']>;
const cloudflareDomain = { ...domain, provider: 'cloudflare' } as const;
const rate = { kind: 'rate', priority: 10, requests: 2000 } as const;

describe('the edge stack', () => {
  it('does not exist without a domain', () => {
    const internal = Object.fromEntries(Object.entries(services).map(([key, service]) => [key, { ...service, routes: [] }]));
    expect(Object.keys(stacks({ domain: undefined, services: internal })).filter((id) => id.endsWith('-edge'))).toEqual([]);
  });

  it('does not exist when the public reaches nothing', () => {
    const internal = Object.fromEntries(Object.entries(services).map(([key, service]) => [key, { ...service, routes: [] }]));
    expect(Object.keys(stacks({ services: internal })).filter((id) => id.endsWith('-edge'))).toEqual([]);
  });

  it('exists with a domain and a route, without a dangling reference', () => {
    const changes: Partial<EnvironmentInput> = {
      edge: {
        cdn: { servicePaths: ['/api/*'] },
        waf: { rules: { rate } },
        healthChecks: { web: { host: 'shop.example', path: '/' } },
      },
      frontends: { web: { kind: 'static-site', pages: 'directories' } },
    };
    for (const edge of [edgeOf(), edgeOf(changes)]) expect(danglingReferences(edge)).toEqual([]);
    expect(Object.keys(edgeOf().resource ?? {})).toEqual(['aws_route53_record']);
  });
});

describe('names', () => {
  it('lead to the load balancer of Fargate', () => {
    expect(theOnly(edgeOf(), 'aws_route53_record')).toMatchObject({
      name: 'shop.example',
      set_identifier: 'fargate',
      alias: { name: '${data.terraform_remote_state.compute-fargate.outputs.load_balancer.dns_name}' },
    });
  });

  it("lead to the ingress controller's load balancer, looked up by its name", () => {
    const edge = edgeOf({ tier: 'kubernetes' });
    expect(theOnly(edge, 'aws_route53_record').alias.name).toBe('${data.aws_lb.ingress.dns_name}');
    expect(edge.data?.aws_lb?.ingress?.name).toBe('${data.terraform_remote_state.workloads.outputs.load_balancer.name}');
  });

  it('are proxied in Cloudflare when configured, and plain otherwise', () => {
    const record = (edge: EnvironmentInput['edge']) =>
      theOnly(edgeOf({ domain: cloudflareDomain, edge }), 'cloudflare_dns_record');
    expect(record({ cloudflare: { plan: 'free' } })).toMatchObject({ type: 'CNAME', proxied: true });
    expect(record({})).toMatchObject({ type: 'CNAME', proxied: false });
  });

  it('of a delegated zone are in Route 53, those of Pages in the Cloudflare zone above it', () => {
    const edge = edgeOf({
      domain: { zone: 'shop.example', provider: 'cloudflare', delegatedZone: 'api.shop.example', names: ['api.shop.example'] },
      edge: { cloudflare: { plan: 'free' } },
      frontends: {
        web: {
          kind: 'cloudflare-pages',
          project: 'shop-web',
          repository: { owner: 'shop', name: 'web' },
          buildCommand: 'npm run build',
          output: 'out',
          domains: ['shop.example'],
        },
      },
    });
    expect(theOnly(edge, 'aws_route53_record')).toMatchObject({
      name: 'api.shop.example',
      zone_id: '${data.terraform_remote_state.domain.outputs.zone_id}',
    });
    expect(theOnly(edge, 'cloudflare_dns_record')).toMatchObject({
      name: 'shop.example',
      zone_id: '${data.cloudflare_zone.zone.zone_id}',
      proxied: true,
    });
    expect(edge.data?.cloudflare_zone?.zone).toMatchObject({ filter: { name: 'shop.example' } });
    expect(resourcesOf(edge, 'cloudflare_zone_setting')).toHaveLength(4);
  });
});

describe('e-mail', () => {
  const email = { domain: 'shop.example', dmarc: { policy: 'reject' } } as const;

  test('is in the zone of the environment, with a command that shows whether receivers can verify it', () => {
    const edge = edgeOf({ email });
    expect(resourcesOf(edge, 'aws_route53_record').find(({ name }) => name === '_dmarc.shop.example')).toMatchObject({
      zone_id: '${data.terraform_remote_state.domain.outputs.zone_id}',
      records: ['v=DMARC1; p=reject'],
    });
    expect(edge.output?.email_status?.value).toBe(
      'aws sesv2 get-email-identity --region eu-west-1 --email-identity shop.example',
    );
    expect(danglingReferences(edge)).toEqual([]);
  });

  test('is there without a service that is served, and not where it is not described', () => {
    const internal = Object.fromEntries(Object.entries(services).map(([key, service]) => [key, { ...service, routes: [] }]));
    expect(resourcesOf(edgeOf({ services: internal, email }), 'aws_sesv2_email_identity')).toHaveLength(1);
    expect(stacks({ services: internal })).not.toHaveProperty('shop-test-edge');
    expect(resourcesOf(edgeOf(), 'aws_sesv2_email_identity')).toEqual([]);
  });

  test('is in a zone that several environments share, and at Cloudflare', () => {
    const shared = edgeOf({
      email,
      domain: {
        kind: 'shared',
        names: ['shop.example'],
        zone: { zone: 'shop.example', provider: 'route53', servedBy: 'shop-test' },
      },
    });
    expect(resourcesOf(shared, 'aws_route53_record').map(({ name }) => name)).toContain('_dmarc.shop.example');
    const cloudflare = edgeOf({ email, domain: cloudflareDomain });
    expect(resourcesOf(cloudflare, 'cloudflare_dns_record').map(({ name }) => name)).toContain('_dmarc.shop.example');
    expect(resourcesOf(cloudflare, 'aws_route53_record')).toEqual([]);
  });
});

describe('a switch to the next tier', () => {
  const climbing = (nextTierPercent: number, changes: Partial<EnvironmentInput> = {}) =>
    stacks({ nextTier: 'kubernetes', edge: { nextTierPercent }, ...changes });
  const weights = (all: Stacks) =>
    Object.fromEntries(
      resourcesOf(all['shop-test-edge'] as RootModule, 'aws_route53_record').map((record) => [
        record.set_identifier,
        record.weighted_routing_policy.weight,
      ]),
    );

  it('shifts shares of the traffic, in both directions', () => {
    expect(weights(climbing(0))).toEqual({ fargate: 100, kubernetes: 0 });
    expect(weights(climbing(25))).toEqual({ fargate: 75, kubernetes: 25 });
    expect(weights(climbing(100))).toEqual({ fargate: 0, kubernetes: 100 });
  });

  it('changes records and nothing else in any stack', () => {
    const unweighted = (all: Stacks) =>
      JSON.stringify(all, (key, value: unknown) => (key === 'weighted_routing_policy' ? undefined : value));
    expect(unweighted(climbing(100))).toBe(unweighted(climbing(0)));
  });

  it('ends with the change of `tier`, which changes no record', () => {
    const records = (all: Stacks) => (all['shop-test-edge'] as RootModule).resource?.aws_route53_record;
    expect(records(stacks({ tier: 'kubernetes', nextTier: 'fargate' }))).toEqual(records(climbing(100)));
  });

  it('does not change the distribution of CloudFront where its origin is a name: that of the public load balancers', () => {
    const behind = (nextTierPercent: number) =>
      climbing(nextTierPercent, { edge: { cdn: { originAccess: 'prefix-list' }, nextTierPercent } })[
        'shop-test-edge'
      ] as RootModule;
    expect(behind(100).resource?.aws_cloudfront_distribution).toEqual(behind(0).resource?.aws_cloudfront_distribution);
    const origin = resourcesOf(behind(100), 'aws_route53_record').filter(({ name }) => name === 'origin.shop.example');
    expect(origin.map((record) => [record.set_identifier, record.weighted_routing_policy.weight])).toEqual([
      ['fargate', 0],
      ['kubernetes', 100],
    ]);
  });

  it('changes the distribution alone where its origin is an internal load balancer', () => {
    const behind = (nextTierPercent: number) =>
      climbing(nextTierPercent, { edge: { cdn: {}, nextTierPercent } })['shop-test-edge'] as RootModule;
    const origin = (edge: RootModule) => theOnly(edge, 'aws_cloudfront_distribution').origin[0];
    const others = ({ resource, output }: RootModule) => ({ ...resource, aws_cloudfront_distribution: {}, output });
    expect(others(behind(100))).toEqual(others(behind(0)));
    expect(origin(behind(0))).toMatchObject({
      domain_name: '${data.terraform_remote_state.compute-fargate.outputs.load_balancer.dns_name}',
      vpc_origin_config: { vpc_origin_id: '${aws_cloudfront_vpc_origin.origin-fargate_origin.id}' },
    });
    expect(origin(behind(100))).toMatchObject({
      domain_name: '${data.aws_lb.ingress.dns_name}',
      vpc_origin_config: { vpc_origin_id: '${aws_cloudfront_vpc_origin.origin-kubernetes_origin.id}' },
    });
    // The end of the move changes nothing at all.
    const promoted = stacks({ tier: 'kubernetes', nextTier: 'fargate', edge: { cdn: {} } })['shop-test-edge'] as RootModule;
    expect(promoted.resource).toEqual(behind(100).resource);
  });

  it('is complete or none in Cloudflare, in its single record', () => {
    const record = (nextTierPercent: number) =>
      theOnly(
        climbing(nextTierPercent, { domain: cloudflareDomain, edge: { cloudflare: { plan: 'free' }, nextTierPercent } })[
          'shop-test-edge'
        ] as RootModule,
        'cloudflare_dns_record',
      );
    expect(record(0).content).toContain('compute-fargate');
    expect(record(100).content).toBe('${data.aws_lb.ingress.dns_name}');
  });
});

describe('CloudFront', () => {
  const all = stacks({
    domain: { ...domain, names: ['shop.example', 'www.shop.example'] },
    edge: { cdn: {}, waf: { rules: { rate } } },
    frontends: { web: { kind: 'service', service: 'api', cachedPaths: ['/assets/*'] } },
  });
  const edge = all['shop-test-edge'] as RootModule;
  const compute = all['shop-test-compute-fargate'] as RootModule;

  it('serves every name from one distribution', () => {
    expect(theOnly(edge, 'aws_cloudfront_distribution').aliases).toEqual(['shop.example', 'www.shop.example']);
    const names = resourcesOf(edge, 'aws_route53_record').filter(({ set_identifier }) => set_identifier === 'cdn');
    expect(names.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'shop.example A',
      'shop.example AAAA',
      'www.shop.example A',
      'www.shop.example AAAA',
    ]);
  });

  it('gets its certificate in us-east-1 automatically', () => {
    expect(resourcesOf(all['shop-test-domain'] as RootModule, 'aws_acm_certificate').map(({ region }) => region)).toContain(
      'us-east-1',
    );
    expect(theOnly(edge, 'aws_cloudfront_distribution').viewer_certificate.acm_certificate_arn).toContain('edge_certificate_arn');
  });

  it('is the only way to the services: the load balancer is internal, in subnets without a route out', () => {
    expect(theOnly(compute, 'aws_lb')).toMatchObject({
      internal: true,
      subnets: [expect.stringContaining('isolated_subnet_ids[0]'), expect.stringContaining('isolated_subnet_ids[1]')],
    });
    expect(theOnly(edge, 'aws_cloudfront_vpc_origin').vpc_origin_endpoint_config[0].arn).toBe(
      '${data.terraform_remote_state.compute-fargate.outputs.load_balancer.arn}',
    );
    expect(resourcesOf(edge, 'aws_route53_record').map(({ name }) => name)).not.toContain('origin.shop.example');
    // No output sends visitors to it.
    expect(Object.keys(compute.output ?? {}).filter((name) => /^(url_|load_balancer_dns_name)/.test(name))).toEqual([]);
  });

  it('reaches a public load balancer by a separate name where the environment chooses the prefix list', () => {
    const listed = stacks({ edge: { cdn: { originAccess: 'prefix-list' } } });
    expect(theOnly(listed['shop-test-compute-fargate'] as RootModule, 'aws_lb')).toMatchObject({
      internal: false,
      subnets: [expect.stringContaining('public_subnet_ids[0]'), expect.stringContaining('public_subnet_ids[1]')],
    });
    const records = resourcesOf(listed['shop-test-edge'] as RootModule, 'aws_route53_record');
    expect(records.map(({ name }) => name)).toContain('origin.shop.example');
    // Distributions of other customers can connect as well: names that are not the environment's get 404.
    const [distribution] = resourcesOf(listed['shop-test-edge'] as RootModule, 'aws_cloudfront_distribution');
    const hosts = resourcesOf(listed['shop-test-compute-fargate'] as RootModule, 'aws_lb_listener_rule').flatMap(
      ({ condition }) => condition.flatMap(({ host_header }: any) => host_header?.values ?? []),
    );
    expect(new Set(hosts)).toEqual(new Set(distribution?.aliases));
    expect(resourcesOf(listed['shop-test-edge'] as RootModule, 'aws_cloudfront_vpc_origin')).toEqual([]);
  });

  it("reaches the ingress controller's load balancer the same way, and only that reaches the pods", () => {
    const climbed = stacks({ tier: 'kubernetes', edge: { cdn: {} } });
    const workloads = climbed['shop-test-workloads'] as RootModule;
    const { annotations } = theOnly(workloads, 'kubernetes_ingress_v1').metadata;
    expect(annotations).toMatchObject({
      'alb.ingress.kubernetes.io/scheme': 'internal',
      'alb.ingress.kubernetes.io/subnets': expect.stringContaining('isolated_subnet_ids'),
      'alb.ingress.kubernetes.io/security-group-prefix-lists': '${data.aws_ec2_managed_prefix_list.cloudfront.id}',
    });
    const admitted = resourcesOf(workloads, 'kubernetes_network_policy_v1').find(({ metadata }) => metadata.name === 'api');
    // The isolated subnets: in the private ones every pod and node has an address.
    expect(JSON.stringify(admitted?.spec.ingress)).toContain('10.0.240.0/22');
    expect(JSON.stringify(admitted?.spec.ingress)).not.toContain('10.0.0.0/18');
    expect(theOnly(climbed['shop-test-edge'] as RootModule, 'aws_cloudfront_vpc_origin').vpc_origin_endpoint_config[0].arn).toBe(
      '${data.aws_lb.ingress.arn}',
    );
  });

  it('is the only peer that the load balancer admits, on 443', () => {
    const admitted = Object.entries(compute.resource?.aws_vpc_security_group_ingress_rule ?? {}).filter(([id]) =>
      id.startsWith('load-balancer'),
    );
    expect(admitted.map(([, { prefix_list_id, cidr_ipv4, from_port }]) => [prefix_list_id, cidr_ipv4, from_port])).toEqual([
      ['${data.aws_ec2_managed_prefix_list.cloudfront.id}', undefined, 443],
    ]);
    expect(compute.data?.aws_ec2_managed_prefix_list?.cloudfront?.name).toBe('com.amazonaws.global.cloudfront.origin-facing');
  });

  it('has the web ACL, in us-east-1; the load balancer has none', () => {
    expect(theOnly(edge, 'aws_wafv2_web_acl')).toMatchObject({ scope: 'CLOUDFRONT', region: 'us-east-1' });
    expect(theOnly(edge, 'aws_cloudfront_distribution').web_acl_id).toContain('aws_wafv2_web_acl.web-acl_acl.arn');
    expect(resourcesOf(compute, 'aws_wafv2_web_acl')).toEqual([]);
  });

  it('may write its logs to the log bucket, which allows this only with CloudFront', () => {
    const sids = (data: RootModule | undefined) =>
      resourcesOf(data as RootModule, 'aws_s3_bucket_policy').flatMap(({ policy }) =>
        JSON.parse(policy).Statement.map(({ Sid }: any) => Sid),
      );
    expect(sids(all['shop-test-data'])).toContain('CdnLogs');
    expect(sids(stacks()['shop-test-data'])).not.toContain('CdnLogs');
  });

  it('is published in outputs for people and for later stacks', () => {
    expect(edge.output?.distribution?.value).toHaveProperty('id');
    expect(edge.output?.web_acl?.value).toEqual({ name: 'shop-test-web' });
    expect(edge.output?.invalidate_cache?.value).toContain('create-invalidation');
  });
});

describe('strict transport security', () => {
  const header = 'max-age=31536000';
  const listener = (all: Stacks) =>
    resourcesOf(all['shop-test-compute-fargate'] as RootModule, 'aws_lb_listener').map(
      ({ protocol, routing_http_response_strict_transport_security_header_value: value }) => [protocol, value],
    );
  const annotation = (all: Stacks) =>
    theOnly(all['shop-test-workloads'] as RootModule, 'kubernetes_ingress_v1').metadata.annotations[
      'alb.ingress.kubernetes.io/listener-attributes.HTTPS-443'
    ];

  it('is added by the load balancer of each tier, over HTTPS only', () => {
    expect(listener(stacks())).toEqual([
      ['HTTPS', header],
      ['HTTP', undefined],
    ]);
    expect(annotation(stacks({ tier: 'kubernetes' }))).toBe(
      `routing.http.response.strict_transport_security.header_value=${header}`,
    );
  });

  it('is added once: by CloudFront where it is in front', () => {
    const edge = { cdn: {} };
    expect(listener(stacks({ edge }))[0]).toEqual(['HTTPS', undefined]);
    expect(annotation(stacks({ tier: 'kubernetes', edge }))).toBeUndefined();
  });

  it('says what the environment says', () => {
    const strictTransportSecurity = { maxAgeDays: 730, includeSubdomains: true, preload: true };
    expect(listener(stacks({ edge: { strictTransportSecurity } }))[0]).toEqual([
      'HTTPS',
      'max-age=63072000; includeSubDomains; preload',
    ]);
    expect(listener(stacks({ edge: { strictTransportSecurity: { maxAgeDays: 0 } } }))[0]).toEqual(['HTTPS', 'max-age=0']);
  });
});

describe('the load balancer', () => {
  const waf = { waf: { rules: { rate } } };
  const admitted = (compute: RootModule) =>
    Object.entries(compute.resource?.aws_vpc_security_group_ingress_rule ?? {})
      .filter(([id]) => id.startsWith('load-balancer'))
      .map(([, { cidr_ipv4 }]) => cidr_ipv4);

  it('has the web ACL where there is no CloudFront', () => {
    const all = stacks({ edge: waf });
    const compute = all['shop-test-compute-fargate'] as RootModule;
    expect(theOnly(compute, 'aws_wafv2_web_acl')).toMatchObject({ scope: 'REGIONAL', region: 'eu-west-1' });
    expect(theOnly(compute, 'aws_wafv2_web_acl_association').resource_arn).toContain('aws_lb.load-balancer_balancer.arn');
    expect(compute.output?.web_acl?.value).toEqual({ name: 'shop-test-web' });
    expect(resourcesOf(all['shop-test-edge'] as RootModule, 'aws_wafv2_web_acl')).toEqual([]);
  });

  it('of Kubernetes has it through an annotation of the ingress', () => {
    const all = stacks({ tier: 'kubernetes', edge: waf });
    expect(theOnly(all['shop-test-compute-kubernetes'] as RootModule, 'aws_wafv2_web_acl').scope).toBe('REGIONAL');
    const ingress = theOnly(all['shop-test-workloads'] as RootModule, 'kubernetes_ingress_v1');
    expect(ingress.metadata.annotations['alb.ingress.kubernetes.io/wafv2-acl-arn']).toContain('web_acl_arn');
  });

  it('admits everyone, or Cloudflare only', () => {
    const compute = (edge: EnvironmentInput['edge']) =>
      stacks({ domain: cloudflareDomain, edge })['shop-test-compute-fargate'] as RootModule;
    expect(new Set(admitted(compute({})))).toEqual(new Set(['0.0.0.0/0']));
    const only = new Set(admitted(compute({ cloudflare: { plan: 'free', origin: 'cloudflare' } })));
    expect(only.size).toBe(15);
    expect(only).not.toContain('0.0.0.0/0');
  });

  it('of Kubernetes does so, too', () => {
    const annotations = (edge: EnvironmentInput['edge'], provider: 'route53' | 'cloudflare') =>
      theOnly(
        stacks({ tier: 'kubernetes', edge, domain: { ...domain, provider } })['shop-test-workloads'] as RootModule,
        'kubernetes_ingress_v1',
      ).metadata.annotations;
    const CONTROLLER = 'alb.ingress.kubernetes.io';
    expect(annotations({}, 'route53')[`${CONTROLLER}/inbound-cidrs`]).toBe('0.0.0.0/0');
    const cloudflare = annotations({ cloudflare: { plan: 'free', origin: 'cloudflare' } }, 'cloudflare');
    expect(cloudflare[`${CONTROLLER}/inbound-cidrs`].split(',')).toHaveLength(15);
    const cloudfront = annotations({ cdn: {} }, 'route53');
    expect(cloudfront[`${CONTROLLER}/security-group-prefix-lists`]).toBe('${data.aws_ec2_managed_prefix_list.cloudfront.id}');
    expect(cloudfront).not.toHaveProperty(`${CONTROLLER}/inbound-cidrs`);
    expect(cloudfront[`${CONTROLLER}/listen-ports`]).toBe('[{"HTTPS":443}]');
  });
});
