/** The rules of a Cloudflare zone, phase by phase. Pure. */
import type { RulesetRules } from '@cdktf/provider-cloudflare/lib/ruleset';
import type { ResolvedCloudflareZone } from '../../config/resolved/edge';

/** A step in which Cloudflare evaluates a request; each phase of a zone has one rule set. */
export interface Phase {
  /** Part of the Terraform address. */
  readonly id: string;
  readonly phase: string;
  readonly name: string;
  readonly rules: readonly RulesetRules[];
}

/** Cloudflare's own rule sets; their ids are the same in every account (Cloudflare WAF documentation, "Managed rules"). */
const CLOUDFLARE_MANAGED = 'efb7b8c949ac4650a09736fc376e9aee';
const OWASP_CORE = '4814384a9e5d4991b9815dcfc25d2f1f';

/** Files that are the same for every visitor and change only with a release. */
const STATIC_EXTENSIONS = [
  'css',
  'js',
  'mjs',
  'map',
  'png',
  'jpg',
  'jpeg',
  'gif',
  'svg',
  'webp',
  'avif',
  'ico',
  'woff',
  'woff2',
  'ttf',
];

const SECONDS_A_DAY = 86_400;

/** Where certificate authorities request the response to their challenge (HTTP-01). */
const CHALLENGE_PATH = '/.well-known/acme-challenge/';

/** The phases that have rules. */
export function zonePhases(zone: ResolvedCloudflareZone): readonly Phase[] {
  const phases: readonly Phase[] = [
    { id: 'custom', phase: 'http_request_firewall_custom', name: 'Custom rules', rules: customRules(zone) },
    { id: 'rate-limit', phase: 'http_ratelimit', name: 'Rate limits', rules: rateLimits(zone) },
    { id: 'managed', phase: 'http_request_firewall_managed', name: 'Managed rules', rules: managedRules(zone) },
    { id: 'cache', phase: 'http_request_cache_settings', name: 'Static files', rules: cacheRules(zone) },
    { id: 'challenges', phase: 'http_config_settings', name: 'Certificate challenges', rules: challengeRules() },
  ];
  return phases.filter(({ rules }) => rules.length > 0);
}

/** Without a stable `ref`, a rule gets a new id with each change, and Cloudflare's analytics lose its history. */
function rule(ref: string, properties: Omit<RulesetRules, 'ref' | 'enabled'>): RulesetRules {
  return { ref, enabled: true, ...properties };
}

function customRules({ customRules: rules }: ResolvedCloudflareZone): readonly RulesetRules[] {
  return rules.map(({ key, expression, action }) => rule(key, { description: key, expression, action }));
}

/** Counted per Cloudflare location (`cf.colo.id`), which the API requires. */
function rateLimits({ rateLimits: limits }: ResolvedCloudflareZone): readonly RulesetRules[] {
  return limits.map(({ key, requests, periodSeconds, blockSeconds, paths = ['/'] }) =>
    rule(key, {
      description: key,
      expression: paths.map((path) => `starts_with(http.request.uri.path, "${path}")`).join(' or '),
      action: 'block',
      ratelimit: {
        characteristics: ['ip.src', 'cf.colo.id'],
        period: periodSeconds,
        requestsPerPeriod: requests,
        mitigationTimeout: blockSeconds,
      },
    }),
  );
}

function managedRules({ managedRules: available }: ResolvedCloudflareZone): readonly RulesetRules[] {
  if (!available) return [];
  const deploy = (ref: string, description: string, id: string) =>
    rule(ref, { description, expression: 'true', action: 'execute', actionParameters: { id } });
  return [
    deploy('cloudflare-managed', 'Cloudflare managed rules', CLOUDFLARE_MANAGED),
    deploy('owasp-core', 'OWASP core rules', OWASP_CORE),
  ];
}

function cacheRules({ cacheDays, staticHosts, cachedPaths }: ResolvedCloudflareZone): readonly RulesetRules[] {
  if (cacheDays === 0 || staticHosts.length === 0) return [];
  const hosts = staticHosts.map((host) => `"${host}"`).join(' ');
  const extensions = STATIC_EXTENSIONS.map((extension) => `"${extension}"`).join(' ');
  const isStatic = [
    `http.request.uri.path.extension in {${extensions}}`,
    ...cachedPaths.map((pattern) => `starts_with(http.request.uri.path, "${prefixOf(pattern)}")`),
  ];
  return [
    rule('static-files', {
      description: 'Static files',
      expression: [
        `http.host in {${hosts}}`,
        'http.request.method in {"GET" "HEAD"}',
        `(${isStatic.join(' or ')})`,
        'not starts_with(http.request.uri.path, "/api/")',
      ].join(' and '),
      action: 'set_cache_settings',
      actionParameters: {
        cache: true,
        // Successful responses only: an error page must not be cached for weeks.
        edgeTtl: {
          mode: 'override_origin',
          default: cacheDays * SECONDS_A_DAY,
          statusCodeTtl: [{ statusCodeRange: { from: 400, to: 599 }, value: 0 }],
        },
        // Browsers keep a file for as long as the application says: `immutable` files of a build for a year.
        browserTtl: { mode: 'respect_origin' },
      },
    }),
  ];
}

/** A CloudFront path pattern up to its first wildcard. */
function prefixOf(pattern: string): string {
  return pattern.split(/[*?]/, 1)[0] ?? pattern;
}

/**
 * A single box proves ownership of its names to its certificate authority over plain HTTP. Strict TLS would need the
 * certificate that is about to be issued, so Cloudflare fetches responses to challenges, and nothing else, without TLS. For
 * every host of the zone, because the environment with the box may not be the one that keeps the zone's rules.
 */
function challengeRules(): readonly RulesetRules[] {
  return [
    rule('certificate-challenges', {
      description: 'Answers to certificate challenges are fetched over HTTP',
      expression: `starts_with(http.request.uri.path, "${CHALLENGE_PATH}")`,
      action: 'set_config',
      actionParameters: { ssl: 'flexible' },
    }),
  ];
}
