/** Rules about the edge: the CDN, health checks, the shift of traffic between tiers. */
import { mainFrontend } from '../calculations/main-frontend';
import { hasWeightedRecords, isProxied } from '../calculations/record-zone';
import { originName } from '../names';
import type { ParsedEnvironment } from '../schema/environment';
import { hasTier, located, routedServices } from './located';
import { finding, findingIf, listed } from './finding';
import { defineRule, type Rule } from './rule';

/** Edge sections that need a domain name. */
const NAMED = ['cdn', 'waf', 'cloudflare'] as const;

const needsDomain = defineRule({
  id: 'edge-needs-domain',
  severity: 'refusal',
  summary: 'Edge features need a domain: CDN, firewalls, health checks and frontends.',
  reads: ['edge', 'domain'],
  also: ['frontends'],
  check: ({ edge, domain, frontends }) => {
    if (domain !== undefined) return [];
    const declared = [
      ...NAMED.filter((section) => edge[section] !== undefined).map((section) => `edge.${section}`),
      ...Object.keys(edge.healthChecks ?? {}).map((key) => `edge.healthChecks.${key}`),
      ...Object.keys(frontends).map((key) => `frontends.${key}`),
    ];
    return declared
      .slice(0, 1)
      .map((path) => finding(path, undefined, 'nothing, without `domain`', 'add `domain`, or remove it'));
  },
});

/** Whether the tier that serves, or the one that waits, puts the services behind a load balancer. */
export function hasLoadBalancer({
  tier,
  nextTier,
  box,
  services,
}: Pick<ParsedEnvironment, 'tier' | 'nextTier' | 'box' | 'services'>): boolean {
  const severalHosts = hasTier({ tier, nextTier }, 'box') && box !== undefined && box.instances.max > 1;
  return routedServices(services).length > 0 && (severalHosts || hasTier({ tier, nextTier }, 'fargate', 'kubernetes'));
}

const cdnOrigin = defineRule({
  id: 'cdn-origin',
  severity: 'refusal',
  summary: 'A CDN has a load balancer or a frontend as its origin; it does not work with a single host.',
  reads: ['edge', 'tier', 'nextTier', 'box'],
  also: ['services', 'frontends'],
  check: ({ edge, tier, nextTier, box, services, frontends }) => {
    if (edge.cdn === undefined) return [];
    const single = hasTier({ tier, nextTier }, 'box') && (box?.instances.max ?? 1) === 1;
    const behind =
      hasLoadBalancer({ tier, nextTier, box, services }) ||
      ['amplify', 'static-site'].includes(mainFrontend(frontends)?.kind ?? '');
    return [
      ...findingIf(
        single,
        'edge.cdn',
        { tier, nextTier },
        'a CDN only with a load balancer: tier "fargate" or "kubernetes", or several hosts',
        'remove it; a single host goes behind Cloudflare (`edge.cloudflare`)',
      ),
      ...findingIf(
        !single && !behind,
        'edge.cdn',
        edge.cdn,
        'a CDN with an origin',
        'give a service `routes`, or declare a frontend of kind "amplify" or "static-site"',
      ),
    ];
  },
});

const cdnPaths = defineRule({
  id: 'cdn-service-paths',
  severity: 'refusal',
  summary: 'Where the frontend is not a service, `servicePaths` lists the paths of the services; otherwise every path is theirs.',
  reads: ['edge', 'tier', 'nextTier', 'box'],
  also: ['services', 'frontends'],
  check: ({ edge, tier, nextTier, box, services, frontends }) => {
    const { cdn } = edge;
    if (cdn === undefined) return [];
    const frontend = mainFrontend(frontends);
    const elsewhere = frontend?.kind === 'amplify' || frontend?.kind === 'static-site';
    const balanced = hasLoadBalancer({ tier, nextTier, box, services });
    return [
      ...findingIf(
        elsewhere && balanced && cdn.servicePaths.length === 0,
        'edge.cdn.servicePaths',
        cdn.servicePaths,
        'the paths that the services answer',
        'for example ["/api/*"]; everything else goes to the frontend',
      ),
      ...findingIf(
        elsewhere && !balanced && cdn.servicePaths.length > 0,
        'edge.cdn.servicePaths',
        cdn.servicePaths,
        'nothing, because no service has routes',
        'give a service `routes`, or remove the paths',
      ),
      ...findingIf(
        !elsewhere && cdn.servicePaths.length > 0,
        'edge.cdn.servicePaths',
        cdn.servicePaths,
        'nothing, because every path goes to the services',
        'remove it',
      ),
    ];
  },
});

const cdnNames = defineRule({
  id: 'cdn-names',
  severity: 'refusal',
  summary: "Names behind CloudFront are not also behind Cloudflare's proxy, and none of them is the name of the origin.",
  reads: ['edge', 'domain'],
  check: ({ edge, domain }) => {
    if (edge.cdn === undefined || domain === undefined) return [];
    return [
      ...findingIf(
        isProxied({ domain, edge }),
        'edge.cloudflare.proxied',
        true,
        'false with `edge.cdn`',
        'one CDN is enough: set it to false, or remove `edge.cdn`',
      ),
      ...domain.names
        .slice(0, 1)
        .map(originName)
        .flatMap((origin) =>
          findingIf(
            domain.names.includes(origin),
            'domain.names',
            domain.names,
            `names other than "${origin}", under which CloudFront asks for the services`,
            'rename it',
          ),
        ),
    ];
  },
});

const healthHosts = defineRule({
  id: 'health-check-host',
  severity: 'refusal',
  summary: "A health check's host is one of the environment's names.",
  reads: ['edge', 'domain'],
  also: ['frontends'],
  check: ({ edge, domain, frontends }) => {
    if (domain === undefined) return [];
    const pages = Object.values(frontends).flatMap((frontend) => (frontend.kind === 'cloudflare-pages' ? frontend.domains : []));
    const names = [...domain.names, ...pages];
    return located('edge.healthChecks', edge.healthChecks ?? {}).flatMap(({ path, value }) =>
      findingIf(!names.includes(value.host), `${path}.host`, value.host, `one of ${listed(names)}`, 'choose one of them'),
    );
  },
});

const trafficSplit = defineRule({
  id: 'traffic-split',
  severity: 'refusal',
  summary:
    'Traffic is shifted only to a declared `nextTier`, and in a Cloudflare zone all at once: Cloudflare has no weighted records.',
  reads: ['edge', 'domain', 'nextTier'],
  check: ({ edge, domain, nextTier }) => {
    const percent = edge.nextTierPercent;
    const weightless = domain !== undefined && !hasWeightedRecords(domain);
    return [
      ...findingIf(
        percent > 0 && nextTier === undefined,
        'edge.nextTierPercent',
        percent,
        '0 without `nextTier`',
        'set `nextTier` to the tier that receives the traffic, or set it to 0',
      ),
      ...findingIf(
        weightless && percent > 0 && percent < 100,
        'edge.nextTierPercent',
        percent,
        '0 or 100 in a Cloudflare zone',
        'set it to 100 to switch and to 0 to switch back; behind the proxy either takes effect at once',
      ),
    ];
  },
});

export const EDGE_RULES: readonly Rule[] = [needsDomain, cdnOrigin, cdnPaths, cdnNames, healthHosts, trafficSplit];
