/** What is in front of the services: CloudFront, frontends, Cloudflare's rules, health checks. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { CloudfrontDistribution } from '@cdktf/provider-aws/lib/cloudfront-distribution';
import { Testing } from 'cdktf';
import type { ResolvedCloudflareZone, ResolvedDistribution } from '../../src/config/resolved/edge';
import type { OwnDomain } from '../../src/config/resolved/domain';
import { Amplify } from '../../src/modules/edge/amplify';
import { cloudflareAccountId, cloudflareZoneId, CloudflareZoneRules } from '../../src/modules/edge/cloudflare-zone';
import { Distribution, type DistributionProps } from '../../src/modules/edge/distribution';
import { HealthChecks } from '../../src/modules/edge/health-checks';
import { Pages } from '../../src/modules/edge/pages';
import { pageFunction, StaticSite } from '../../src/modules/edge/static-site';
import { VpcOrigin } from '../../src/modules/edge/vpc-origin';
import { resourcesOf, synthModule, theOnly } from '../support/synth';

/** Amplify's API as far as the command uses it: an app takes no repository while it has a branch. */
const AMPLIFY = `#!/bin/sh
echo "$2" >> "$STATE/calls"
refused() { echo "$1" >&2; exit 254; }
case "$2" in
  get-app) if [ -e "$STATE/repository" ]; then cat "$STATE/repository"; else echo None; fi ;;
  get-branch) [ -e "$STATE/branch" ] || refused NotFoundException ;;
  delete-branch) rm "$STATE/branch" ;;
  update-app)
    case "$*" in *'--access-token token'*) ;; *) refused BadRequestException ;; esac
    [ ! -e "$STATE/branch" ] || refused 'Cannot connect your app to repository while manually deployed branch still exists'
    echo https://github.com/shop/web > "$STATE/repository" ;;
  create-branch) [ -e "$STATE/repository" ] || refused BadRequestException; echo new > "$STATE/branch" ;;
  start-job) [ -e "$STATE/branch" ] || refused NotFoundException ;;
  *) exit 2 ;;
esac
`;

const services: ResolvedDistribution['origins'][number] = {
  kind: 'services',
  access: 'prefix-list',
  hostName: 'origin.shop.example',
  timeoutSeconds: 45,
};
const site = { kind: 'static-site', key: 'web', pages: 'single-page', bucketName: 'shop-test-web' } as const;
const aYear = { maxAgeDays: 365, includeSubdomains: false, preload: false };
const resolved: ResolvedDistribution = {
  name: 'shop-test',
  strictTransportSecurity: aYear,
  names: ['shop.example', 'www.shop.example'],
  priceClass: 'PriceClass_100',
  origins: [services, { kind: 'static-site', frontend: site }],
  fallback: { origin: 'static-site', cached: true },
  behaviors: [
    { pattern: '/api/*', origin: 'services', cached: false },
    { pattern: '/assets/*', origin: 'services', cached: true },
  ],
};
const distributionProps: DistributionProps = {
  distribution: resolved,
  places: {
    services: { domainName: 'origin.shop.example' },
    'static-site': { domainName: 'bucket.s3', accessControlId: 'oac', functionArn: 'arn:function' },
  },
  certificateArn: 'arn:certificate',
  webAclArn: 'arn:web-acl',
  logBucketArn: 'arn:aws:s3:::logs',
};
const cdn = (changes: Partial<DistributionProps> = {}) =>
  synthModule((stack) => void new Distribution(stack, 'cdn', { ...distributionProps, ...changes }));

describe('the distribution', () => {
  const made = theOnly(cdn(), 'aws_cloudfront_distribution');

  test('serves all names over HTTP/2 and 3 with TLS 1.2 (2021) and newer, behind its web ACL', () => {
    const synthesized = Testing.synthScope((scope) => void new Distribution(scope, 'cdn', distributionProps));
    expect(synthesized).toHaveResourceWithProperties(CloudfrontDistribution, {
      aliases: ['shop.example', 'www.shop.example'],
      http_version: 'http2and3',
      is_ipv6_enabled: true,
      price_class: 'PriceClass_100',
      web_acl_id: 'arn:web-acl',
      viewer_certificate: {
        acm_certificate_arn: 'arn:certificate',
        minimum_protocol_version: 'TLSv1.2_2021',
        ssl_support_method: 'sni-only',
      },
    });
  });

  test('redirects every visitor to HTTPS, on every path', () => {
    const behaviors = [made.default_cache_behavior, ...made.ordered_cache_behavior];
    expect(behaviors.map(({ viewer_protocol_policy }: any) => viewer_protocol_policy)).toEqual(
      Array(3).fill('redirect-to-https'),
    );
  });

  test('caches nothing of the API and allows every method there, with the host name of the request', () => {
    expect(made.ordered_cache_behavior[0]).toMatchObject({
      path_pattern: '/api/*',
      target_origin_id: 'services',
      cache_policy_id: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
      origin_request_policy_id: '216adef6-5c7f-47e4-b989-5492eafa07d3',
    });
    expect(made.ordered_cache_behavior[0].allowed_methods).toContain('DELETE');
  });

  test('caches static files without cookies, and allows only reading methods there', () => {
    expect(made.ordered_cache_behavior[1]).toMatchObject({
      path_pattern: '/assets/*',
      allowed_methods: ['GET', 'HEAD', 'OPTIONS'],
      cache_policy_id: '${aws_cloudfront_cache_policy.cdn_cache_policy.id}',
    });
    expect(made.ordered_cache_behavior[1]).not.toHaveProperty('origin_request_policy_id');
  });

  test('keeps responses of services apart by host name, so that one name cannot fill the cache of another', () => {
    const { parameters_in_cache_key_and_forwarded_to_origin: key, ...policy } = theOnly(cdn(), 'aws_cloudfront_cache_policy');
    expect(key).toMatchObject({
      headers_config: { header_behavior: 'whitelist', headers: { items: ['Host'] } },
      cookies_config: { cookie_behavior: 'none' },
      query_strings_config: { query_string_behavior: 'none' },
      enable_accept_encoding_brotli: true,
      enable_accept_encoding_gzip: true,
    });
    // The lifetimes of AWS's "CachingOptimized".
    expect(policy).toMatchObject({ name: 'shop-test-by-host', min_ttl: 1, default_ttl: 86_400, max_ttl: 31_536_000 });
  });

  test("keys files of a bucket by path alone: the bucket knows only its own name, and AWS's policy is enough", () => {
    const onlySite = { ...resolved, origins: [resolved.origins[1] ?? services], behaviors: [] };
    expect(resourcesOf(cdn({ distribution: onlySite }), 'aws_cloudfront_cache_policy')).toEqual([]);
    expect(made.default_cache_behavior.cache_policy_id).toBe('658327ea-f89d-4fab-a63d-7e88639e58f6');
  });

  test('shows the 404 page of a site that is alone, and never replaces a response of a service', () => {
    const directories = { kind: 'static-site', frontend: { ...site, pages: 'directories' } } as const;
    const errors = (...origins: ResolvedDistribution['origins']) =>
      theOnly(cdn({ distribution: { ...resolved, origins, behaviors: [] } }), 'aws_cloudfront_distribution')
        .custom_error_response;
    expect(errors(directories)).toEqual([
      { error_code: 404, response_code: 404, response_page_path: '/404.html', error_caching_min_ttl: 10 },
    ]);
    for (const origins of [[services, directories] as const, [directories, services] as const]) {
      expect(errors(...origins)).toBeUndefined();
    }
    // A single-page application shows its page at every path.
    expect(errors({ kind: 'static-site', frontend: site })).toBeUndefined();
  });

  test('requests the services over HTTPS with TLS 1.2 only, with the configured timeout', () => {
    expect(made.origin[0]).toMatchObject({
      domain_name: 'origin.shop.example',
      custom_origin_config: { origin_protocol_policy: 'https-only', origin_ssl_protocols: ['TLSv1.2'], origin_read_timeout: 45 },
    });
    // Shorter than the 60 seconds after which the load balancer closes idle connections.
    expect(made.origin[0].custom_origin_config.origin_keepalive_timeout).toBeLessThan(60);
  });

  test('reaches an internal load balancer through its origin in the VPC, and requests no name of it', () => {
    const internal = { kind: 'services', access: 'vpc-origin', timeoutSeconds: 45 } as const;
    const led: unknown[] = [];
    const module = synthModule((stack) => {
      const { serviceNames } = new Distribution(stack, 'cdn', {
        ...distributionProps,
        distribution: { ...resolved, origins: [internal], fallback: { origin: 'services', cached: false } },
        places: { services: { domainName: 'internal-shop.elb', vpcOriginId: 'vo_1' } },
      });
      led.push(serviceNames);
    });
    expect(theOnly(module, 'aws_cloudfront_distribution').origin).toEqual([
      {
        domain_name: 'internal-shop.elb',
        origin_id: 'services',
        vpc_origin_config: { vpc_origin_id: 'vo_1', origin_read_timeout: 45, origin_keepalive_timeout: 5 },
      },
    ]);
    expect(led).toEqual([[]]);
  });

  test('signs its requests to the bucket, and maps paths to files by a function', () => {
    expect(made.origin[1]).toEqual({ domain_name: 'bucket.s3', origin_id: 'static-site', origin_access_control_id: 'oac' });
    expect(made.default_cache_behavior.function_association).toEqual([
      { event_type: 'viewer-request', function_arn: 'arn:function' },
    ]);
    expect(made.default_root_object).toBe('index.html');
  });

  test('has no root object when the frontend is a service', () => {
    const only: ResolvedDistribution = {
      ...resolved,
      origins: [services],
      fallback: { origin: 'services', cached: false },
      behaviors: [],
    };
    const { default_root_object, default_cache_behavior } = theOnly(cdn({ distribution: only }), 'aws_cloudfront_distribution');
    expect(default_root_object).toBeUndefined();
    expect(default_cache_behavior).not.toHaveProperty('function_association');
  });

  test('adds security headers to every response, and a content security policy only when one is given', () => {
    const headers = (contentSecurityPolicy?: string, strictTransportSecurity = aYear) =>
      theOnly(
        cdn({ distribution: { ...resolved, contentSecurityPolicy, strictTransportSecurity } }),
        'aws_cloudfront_response_headers_policy',
      ).security_headers_config;
    expect(headers(undefined, { maxAgeDays: 730, includeSubdomains: true, preload: true })).toMatchObject({
      strict_transport_security: { access_control_max_age_sec: 63_072_000, include_subdomains: true, preload: true },
    });
    expect(headers()).toMatchObject({
      strict_transport_security: { access_control_max_age_sec: 31_536_000, include_subdomains: false, override: true },
      content_type_options: { override: true },
      frame_options: { frame_option: 'SAMEORIGIN' },
    });
    expect(headers()).not.toHaveProperty('content_security_policy');
    expect(headers("default-src 'self'").content_security_policy.content_security_policy).toBe("default-src 'self'");
    const behaviors = [made.default_cache_behavior, ...made.ordered_cache_behavior];
    for (const { response_headers_policy_id } of behaviors) expect(response_headers_policy_id).toContain('cdn_headers_policy');
  });

  test('writes access logs to the log bucket, from us-east-1, without cookies', () => {
    const module = cdn();
    expect(theOnly(module, 'aws_cloudwatch_log_delivery_source')).toMatchObject({ log_type: 'ACCESS_LOGS', region: 'us-east-1' });
    expect(theOnly(module, 'aws_cloudwatch_log_delivery_destination').delivery_destination_configuration).toEqual([
      { destination_resource_arn: 'arn:aws:s3:::logs/cdn' },
    ]);
    expect(theOnly(module, 'aws_cloudwatch_log_delivery_destination').output_format).toBe('json');
    expect(theOnly(module, 'aws_cloudwatch_log_delivery').record_fields).not.toContain('cs(Cookie)');
  });

  test('is a destination with IPv6 and without a health evaluation', () => {
    const led: unknown[] = [];
    const module = synthModule((stack) => {
      const { destination, serviceNames } = new Distribution(stack, 'cdn', distributionProps);
      led.push(destination, serviceNames);
      stack.addOutput('dns_name', 'x', destination.kind === 'aws' ? destination.dnsName : '');
    });
    expect(led).toEqual([expect.objectContaining({ kind: 'aws', ipv6: true, followsHealth: false }), ['origin.shop.example']]);
    expect(module.output?.dns_name?.value).toBe('${aws_cloudfront_distribution.cdn_distribution.domain_name}');
  });

  test('an origin that does not exist is refused', () => expect(() => cdn({ places: {} })).toThrow('no place for services'));
});

describe('a VPC origin', () => {
  const arn = 'arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/shop-test-private/0123456789abcdef';
  const module = synthModule(
    (stack) => void new VpcOrigin(stack, 'origin-fargate', { name: 'shop-test-fargate', balancerArn: arn }),
  );

  test('connects to the load balancer over HTTPS with TLS 1.2 only', () => {
    expect(theOnly(module, 'aws_cloudfront_vpc_origin').vpc_origin_endpoint_config).toEqual([
      {
        name: expect.stringMatching(/^shop-test-fargate-/),
        arn,
        http_port: 80,
        https_port: 443,
        origin_protocol_policy: 'https-only',
        origin_ssl_protocols: [{ items: ['TLSv1.2'], quantity: 1 }],
      },
    ]);
  });

  test('is replaced with its load balancer, before the old one is deleted: AWS changes no origin that is in use', () => {
    const { lifecycle, vpc_origin_endpoint_config: config } = theOnly(module, 'aws_cloudfront_vpc_origin');
    expect(lifecycle).toEqual({
      create_before_destroy: true,
      replace_triggered_by: ['terraform_data.origin-fargate_balancer.id'],
    });
    expect(theOnly(module, 'terraform_data').triggers_replace).toEqual({ arn });
    // Both exist for a while, and need different names.
    expect(config[0].name).toBe('shop-test-fargate-${substr(terraform_data.origin-fargate_balancer.id, 0, 8)}');
  });
});

describe('a static site', () => {
  const module = synthModule((stack) => {
    const made = new StaticSite(stack, 'web', { name: 'shop-test-web', site, region: 'eu-west-1', protect: true });
    made.readableBy('arn:distribution');
  });

  test('is in a private bucket that only its distribution reads', () => {
    const statements = JSON.parse(theOnly(module, 'aws_s3_bucket_policy').policy).Statement;
    expect(statements.filter(({ Effect }: any) => Effect === 'Allow')).toEqual([
      {
        Sid: 'ReadByDistribution',
        Effect: 'Allow',
        Principal: { Service: ['cloudfront.amazonaws.com'] },
        Action: ['s3:GetObject'],
        Resource: ['arn:aws:s3:::shop-test-web/*'],
        Condition: { StringEquals: { 'aws:SourceArn': 'arn:distribution' } },
      },
      expect.objectContaining({ Sid: 'DistinguishMissingFiles' }),
    ]);
    expect(theOnly(module, 'aws_s3_bucket_public_access_block').restrict_public_buckets).toBe(true);
    expect(theOnly(module, 'aws_cloudfront_origin_access_control')).toMatchObject({
      signing_behavior: 'always',
      signing_protocol: 'sigv4',
    });
  });

  test('answers 404 for a missing file: S3 hides what is missing from readers who may not list the bucket', () => {
    const statements = JSON.parse(theOnly(module, 'aws_s3_bucket_policy').policy).Statement;
    expect(statements).toContainEqual({
      Sid: 'DistinguishMissingFiles',
      Effect: 'Allow',
      Principal: { Service: ['cloudfront.amazonaws.com'] },
      Action: ['s3:ListBucket'],
      Resource: ['arn:aws:s3:::shop-test-web'],
      Condition: { StringEquals: { 'aws:SourceArn': 'arn:distribution' } },
    });
    // The path of the bucket itself, which would list its files, never reaches S3.
    expect(run('directories', '/')).toBe('/index.html');
  });

  test('is protected from destruction with `protect`', () =>
    expect(theOnly(module, 'aws_s3_bucket').lifecycle).toEqual({ prevent_destroy: true }));

  const run = (pages: 'single-page' | 'directories', uri: string): string =>
    (runInNewContext(`${pageFunction(pages)}; handler`) as (event: unknown) => { uri: string })({ request: { uri } }).uri;

  test.each([
    ['/', '/index.html', '/index.html'],
    ['/about', '/index.html', '/about.html'],
    ['/v1.2/about', '/index.html', '/v1.2/about.html'],
    ['/blog/', '/index.html', '/blog/index.html'],
    ['/app.js', '/app.js', '/app.js'],
  ])('knows which file %s means', (uri, single, directories) => {
    expect(run('single-page', uri)).toBe(single);
    expect(run('directories', uri)).toBe(directories);
  });

  test('has a function without anything that Terraform would interpolate', () => {
    for (const pages of ['single-page', 'directories'] as const) expect(pageFunction(pages)).not.toMatch(/[$%]\{/);
  });
});

describe('Amplify', () => {
  const amplify = (platform: 'WEB' | 'WEB_COMPUTE') =>
    synthModule((stack) => {
      const frontend = {
        kind: 'amplify',
        key: 'web',
        name: 'shop-test-web',
        repository: 'https://github.com/shop/web',
        branch: 'main',
        platform,
        buildSpec: 'build: echo ${HOME}',
        environment: { API_URL: 'https://api.shop.example' },
        cachedPaths: [],
      } as const;
      const { place, connectCommand } = new Amplify(stack, 'web', { frontend, region: 'us-east-1' });
      stack.addOutput('origin', 'x', place.domainName);
      stack.addOutput('connect', 'x', connectCommand);
    });
  const module = amplify('WEB');

  test('builds its branch automatically, and is reached by the name of branch and app', () => {
    expect(theOnly(module, 'aws_amplify_branch')).toMatchObject({ branch_name: 'main', enable_auto_build: true });
    expect(module.output?.origin?.value).toBe(
      '${aws_amplify_branch.web_branch.branch_name}.${aws_amplify_app.web_app.default_domain}',
    );
  });

  test('has its repository connected by hand: Terraform has neither its address nor a token, and ignores it', () => {
    const app = theOnly(module, 'aws_amplify_app');
    for (const field of ['repository', 'access_token', 'oauth_token']) expect(app).not.toHaveProperty(field);
    expect(app.lifecycle).toEqual({ ignore_changes: ['repository'] });
    expect(module.output?.connect?.value).toContain('--repository https://github.com/shop/web --access-token $token');
  });

  describe('its connect command', () => {
    const script = String(module.output?.connect?.value).replaceAll('${aws_amplify_app.web_app.id}', 'd1');
    let folder = '';
    const has = (name: string) => existsSync(join(folder, name));
    const calls = () => readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
    // SHLVL: see setup.js.
    const run = (environment: object, input = '') => {
      const { PATH, SHLVL } = process.env;
      return spawnSync('bash', ['-c', script], {
        input,
        env: { PATH: `${folder}:${PATH}`, SHLVL, STATE: folder, ...environment },
      });
    };
    const connect = (token = 'token') => run({ GITHUB_TOKEN: token }).status;

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'terrace-amplify-'));
      writeFileSync(join(folder, 'aws'), AMPLIFY, { mode: 0o755 });
      writeFileSync(join(folder, 'calls'), '');
      writeFileSync(join(folder, 'branch'), 'made by Terraform');
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    test('connects the app although Amplify refuses while the branch exists, and leaves the same branch', () => {
      expect(connect()).toBe(0);
      expect([has('repository'), has('branch')]).toEqual([true, true]);
      expect(calls()).toEqual([
        'get-app',
        'get-branch',
        'delete-branch',
        'update-app',
        'get-branch',
        'create-branch',
        'start-job',
      ]);
    });

    test('can be repeated: a connected branch is never deleted', () => {
      connect();
      writeFileSync(join(folder, 'calls'), '');
      expect(connect()).toBe(0);
      expect(calls()).toEqual(['get-app', 'get-branch', 'start-job']);
    });

    test('continues after a failure, such as a wrong token', () => {
      expect(connect('wrong')).not.toBe(0);
      expect([has('repository'), has('branch')]).toEqual([false, false]);
      expect(connect()).toBe(0);
      expect([has('repository'), has('branch')]).toEqual([true, true]);
    });

    test('reads the token from the terminal where the environment has none, and does not show it', () => {
      const { status, stdout } = run({}, 'token\n');
      expect([status, has('repository')]).toEqual([0, true]);
      expect(String(stdout)).toBe('GitHub token (not shown): ');
    });

    test('survives being copied from `terraform output`, which escapes quotes and line breaks', () =>
      expect(module.output?.connect?.value).not.toMatch(/["\n\\]/));

    test('changes nothing without a token', () => {
      expect(connect('')).not.toBe(0);
      expect(calls()).toEqual(['get-app']);
    });
  });

  test('answers unknown paths of a single-page application with the page, and leaves a server its own 404', () => {
    const customRules = (platform: 'WEB' | 'WEB_COMPUTE') =>
      theOnly(amplify(platform), 'aws_amplify_app').custom_rule as readonly unknown[] | undefined;
    expect(customRules('WEB')).toEqual([{ source: '/<*>', status: '404-200', target: '/index.html' }]);
    expect(customRules('WEB_COMPUTE')).toBeUndefined();
  });

  test('leaves the variables of a build specification to the shell', () => {
    expect(theOnly(module, 'aws_amplify_app').build_spec).toBe('build: echo $${HOME}');
  });
});

describe('Cloudflare Pages', () => {
  const pages = (previews: boolean) =>
    synthModule((stack) => {
      const frontend = {
        kind: 'cloudflare-pages',
        key: 'web',
        project: 'shop-web',
        repository: { owner: 'shop', name: 'web' },
        branch: 'main',
        buildCommand: 'npm run build',
        output: 'out',
        rootDirectory: '/',
        domains: ['shop.example', 'www.shop.example'],
        environment: { NEXT_PUBLIC_API_URL: 'https://api.shop.example' },
        previews,
      } as const;
      stack.addOutput('host', 'x', new Pages(stack, 'web', { accountId: 'acc', frontend }).hostName);
    });

  test('builds the repository, for production and previews with the same variables', () => {
    const project = theOnly(pages(true), 'cloudflare_pages_project');
    expect(project.build_config).toEqual({ build_command: 'npm run build', destination_dir: 'out', root_dir: '/' });
    const variables = { NEXT_PUBLIC_API_URL: { type: 'plain_text', value: 'https://api.shop.example' } };
    expect(project.deployment_configs).toEqual({ production: { env_vars: variables }, preview: { env_vars: variables } });
  });

  test('has each domain once, and its records lead to the name of the project', () => {
    expect(resourcesOf(pages(true), 'cloudflare_pages_domain').map(({ name }) => name)).toEqual([
      'shop.example',
      'www.shop.example',
    ]);
    expect(pages(true).output?.host?.value).toBe('${cloudflare_pages_project.web_project.subdomain}');
  });

  test('creates previews exactly when configured', () => {
    const setting = (previews: boolean) =>
      theOnly(pages(previews), 'cloudflare_pages_project').source.config.preview_deployment_setting;
    expect([setting(true), setting(false)]).toEqual(['all', 'none']);
  });
});

describe("a Cloudflare zone's rules", () => {
  const zone: ResolvedCloudflareZone = {
    strictTransportSecurity: aYear,
    zone: 'shop.example',
    managedRules: false,
    rateLimits: [{ key: 'logins', requests: 20, periodSeconds: 10, blockSeconds: 10, paths: ['/login', '/token'] }],
    customRules: [{ key: 'probes', expression: 'http.request.uri.path contains "/.git"', action: 'block' }],
    cacheDays: 30,
    staticHosts: ['shop.example'],
    cachedPaths: ['/_next/static/*'],
  };
  const rules = (changes: Partial<ResolvedCloudflareZone> = {}) =>
    synthModule((stack) => void new CloudflareZoneRules(stack, 'zone', { zoneId: 'z1', rules: { ...zone, ...changes } }));
  const phase = (name: string, changes: Partial<ResolvedCloudflareZone> = {}) =>
    resourcesOf(rules(changes), 'cloudflare_ruleset').find((ruleset) => ruleset.phase === name)?.rules;

  test('TLS is strict, HTTPS for all, nothing older than TLS 1.2', () => {
    const settings = resourcesOf(rules(), 'cloudflare_zone_setting').map(({ setting_id, value }) => [setting_id, value]);
    expect(Object.fromEntries(settings)).toMatchObject({ ssl: 'strict', always_use_https: 'on', min_tls_version: '1.2' });
  });

  test('browsers insist on HTTPS, for subdomains and lists of browsers only when configured', () => {
    const header = (strictTransportSecurity = aYear) =>
      resourcesOf(rules({ strictTransportSecurity }), 'cloudflare_zone_setting').find(
        ({ setting_id }) => setting_id === 'security_header',
      )?.value.strict_transport_security;
    expect(header()).toMatchObject({ enabled: true, max_age: 31_536_000, include_subdomains: false, preload: false });
    expect(header({ maxAgeDays: 730, includeSubdomains: true, preload: true })).toMatchObject({
      max_age: 63_072_000,
      include_subdomains: true,
      preload: true,
    });
  });

  test('rates are counted by address at each location, as the API requires', () => {
    expect(phase('http_ratelimit')).toEqual([
      {
        ref: 'logins',
        enabled: true,
        description: 'logins',
        expression: 'starts_with(http.request.uri.path, "/login") or starts_with(http.request.uri.path, "/token")',
        action: 'block',
        ratelimit: { characteristics: ['ip.src', 'cf.colo.id'], period: 10, requests_per_period: 20, mitigation_timeout: 10 },
      },
    ]);
    expect(phase('http_ratelimit', { rateLimits: [] })).toBeUndefined();
  });

  test('are the rules of the zone, one set for each phase', () => {
    const sets = resourcesOf(rules(), 'cloudflare_ruleset');
    for (const { kind, zone_id } of sets) expect([kind, zone_id]).toEqual(['zone', 'z1']);
    expect(new Set(sets.map((set) => set.phase)).size).toBe(sets.length);
  });

  test('custom rules are taken as written, each with a stable reference', () => {
    expect(phase('http_request_firewall_custom')).toMatchObject([
      { ref: 'probes', action: 'block', expression: zone.customRules[0]?.expression },
    ]);
  });

  test('managed rules are deployed exactly where the plan includes them', () => {
    expect(phase('http_request_firewall_managed')).toBeUndefined();
    const ids = phase('http_request_firewall_managed', { managedRules: true }).map((rule: any) => rule.action_parameters.id);
    expect(ids).toEqual(['efb7b8c949ac4650a09736fc376e9aee', '4814384a9e5d4991b9815dcfc25d2f1f']);
  });

  test('static files are cached on the hosts of frontends only, and errors are not cached', () => {
    const [cached] = phase('http_request_cache_settings');
    expect(cached.expression).toContain('http.host in {"shop.example"} and');
    expect(cached.expression).toContain('starts_with(http.request.uri.path, "/_next/static/")');
    expect(cached.expression).toContain('not starts_with(http.request.uri.path, "/api/")');
    expect(cached.action_parameters.edge_ttl).toMatchObject({ default: 30 * 86_400, status_code_ttl: [{ value: 0 }] });
    // The application's `Cache-Control` reaches browsers: `immutable` files are not requested again every hour.
    expect(cached.action_parameters.browser_ttl).toEqual({ mode: 'respect_origin' });
    expect(phase('http_request_cache_settings', { staticHosts: [] })).toBeUndefined();
    expect(phase('http_request_cache_settings', { cacheDays: 0 })).toBeUndefined();
  });

  test('responses to certificate challenges, and nothing else, are fetched without TLS', () => {
    expect(phase('http_config_settings')).toMatchObject([
      {
        expression: 'starts_with(http.request.uri.path, "/.well-known/acme-challenge/")',
        action: 'set_config',
        action_parameters: { ssl: 'flexible' },
      },
    ]);
  });
});

describe('the Cloudflare zone of an environment', () => {
  const domain: OwnDomain = {
    kind: 'own',
    zone: 'shop.example',
    provider: 'cloudflare',
    zoneSource: 'existing',
    names: ['shop.example'],
    certificateNames: ['shop.example'],
    regionalCertificate: true,
    edgeCertificate: false,
    certificateAuthorities: [],
  };
  const found = (changes: Partial<OwnDomain>) =>
    synthModule((stack) => {
      const props = { domain: { ...domain, ...changes }, zoneId: 'z1' };
      stack.addOutput('zone_id', 'x', cloudflareZoneId(stack, props));
      stack.addOutput('account_id', 'x', cloudflareAccountId(stack, props));
      // A second call creates no second look-up.
      cloudflareAccountId(stack, props);
    });

  test('is the zone of its names; its account is looked up by the id of that zone', () => {
    const module = found({});
    expect(module.output?.zone_id?.value).toBe('z1');
    expect(module.output?.account_id?.value).toBe('${data.cloudflare_zone.zone.account.id}');
    expect(module.data?.cloudflare_zone?.zone).toMatchObject({ zone_id: 'z1' });
    expect(module.data?.cloudflare_zone?.zone).not.toHaveProperty('filter');
  });

  test('is the zone above, looked up by name, where the names are in a delegated zone', () => {
    const module = found({ delegatedZone: 'aws.shop.example' });
    expect(module.output?.zone_id?.value).toBe('${data.cloudflare_zone.zone.zone_id}');
    expect(module.data?.cloudflare_zone?.zone).toMatchObject({ filter: { name: 'shop.example' } });
    expect(module.data?.cloudflare_zone?.zone).not.toHaveProperty('zone_id');
  });
});

test('health checks use HTTPS, at the configured interval', () => {
  const checks = [{ key: 'api', host: 'api.shop.example', path: '/health', intervalSeconds: 10, failures: 5 }] as const;
  const module = synthModule((stack) => {
    const { ids } = new HealthChecks(stack, 'health', { environment: 'shop-test', checks });
    stack.addOutput('id', 'x', ids.api ?? '');
  });
  expect(theOnly(module, 'aws_route53_health_check')).toMatchObject({
    type: 'HTTPS',
    fqdn: 'api.shop.example',
    resource_path: '/health',
    request_interval: 10,
    failure_threshold: 5,
    enable_sni: true,
  });
  expect(module.output?.id?.value).toBe('${aws_route53_health_check.health_api.id}');
});
