/** Rules about what stands before the services: the CDN, health checks, the switch of tiers. */
import { mainFrontend } from '../calculations/main-frontend';
import { isProxied, recordZone } from '../calculations/record-zone';
import { originName } from '../names';
import type { ParsedEnvironment } from '../schema/environment';
import { hasTier, located } from './located';
import { finding, findingIf, listed } from './finding';
import { defineRule, type Rule } from './rule';

/** What the edge holds that only makes sense under a name. */
const NAMED = ['cdn', 'waf', 'cloudflare'] as const;

const needsDomain = defineRule({
  id: 'edge-needs-domain',
  severity: 'refusal',
  summary: 'What stands at the edge stands before a name: CDN, firewalls, health checks and frontends need `domain`.',
  reads: ['edge', 'domain'],
  also: ['frontends'],
  check: ({ edge, domain, frontends }) => {
    if (domain !== undefined) return [];
    const there = [
      ...NAMED.filter((section) => edge[section] !== undefined).map((section) => `edge.${section}`),
      ...Object.keys(edge.healthChecks).map((key) => `edge.healthChecks.${key}`),
      ...Object.keys(frontends).map((key) => `frontends.${key}`),
    ];
    return there.slice(0, 1).map((path) => finding(path, undefined, 'nothing, without `domain`', 'add `domain`, or remove it'));
  },
});

/** Whether some tier that runs or waits puts the services behind a load balancer. */
export function hasLoadBalancer({
  tier,
  nextTier,
  box,
  services,
}: Pick<ParsedEnvironment, 'tier' | 'nextTier' | 'box' | 'services'>): boolean {
  const routed = Object.values(services).some(({ routes }) => routes.length > 0);
  const severalHosts = hasTier({ tier, nextTier }, 'box') && box !== undefined && box.instances.max > 1;
  return routed && (severalHosts || hasTier({ tier, nextTier }, 'fargate', 'kubernetes'));
}

const cdnOrigin = defineRule({
  id: 'cdn-origin',
  severity: 'refusal',
  summary: 'A CDN has a load balancer or a frontend behind it; a single host it cannot shield.',
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
        'a CDN before load balancers only: tier "fargate" or "kubernetes", or several hosts',
        'remove it; a single host goes behind Cloudflare (`edge.cloudflare`)',
      ),
      ...findingIf(
        !single && !behind,
        'edge.cdn',
        edge.cdn,
        'a CDN with something behind it',
        'give a service `routes`, or declare a frontend of kind "amplify" or "static-site"',
      ),
    ];
  },
});

const cdnPaths = defineRule({
  id: 'cdn-service-paths',
  severity: 'refusal',
  summary: "Where the frontend is not a service, the CDN is told which paths are the services'; where it is, all are.",
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
        'the paths that services answer',
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
  summary: "Names behind CloudFront are not behind Cloudflare's proxy too, and leave the name of the origin free.",
  reads: ['edge', 'domain'],
  check: ({ edge, domain }) => {
    if (edge.cdn === undefined || domain === undefined) return [];
    return [
      ...findingIf(
        isProxied({ domain, edge }),
        'edge.cloudflare.proxied',
        true,
        'false beside `edge.cdn`',
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
  summary: 'A health check asks one of the names that the environment answers to.',
  reads: ['edge', 'domain'],
  also: ['frontends'],
  check: ({ edge, domain, frontends }) => {
    if (domain === undefined) return [];
    const pages = Object.values(frontends).flatMap((frontend) => (frontend.kind === 'cloudflare-pages' ? frontend.domains : []));
    const names = [...domain.names, ...pages];
    return located('edge.healthChecks', edge.healthChecks).flatMap(({ path, value }) =>
      findingIf(!names.includes(value.host), `${path}.host`, value.host, `one of ${listed(names)}`, 'choose one of them'),
    );
  },
});

const trafficSplit = defineRule({
  id: 'traffic-split',
  severity: 'refusal',
  summary: 'Traffic goes to `nextTier` only where there is one; Cloudflare, which knows no weights, sends all of it or none.',
  reads: ['edge', 'domain', 'nextTier'],
  check: ({ edge, domain, nextTier }) => {
    const percent = edge.nextTierPercent;
    const weightless = domain !== undefined && recordZone(domain).provider === 'cloudflare';
    return [
      ...findingIf(
        percent > 0 && nextTier === undefined,
        'edge.nextTierPercent',
        percent,
        '0 without `nextTier`',
        'name the tier that the traffic goes to in `nextTier`, or set it to 0',
      ),
      ...findingIf(
        weightless && percent > 0 && percent < 100,
        'edge.nextTierPercent',
        percent,
        '0 or 100 in a Cloudflare zone',
        'set it to 100 to switch, and back to 0 to return; behind the proxy both are seen at once',
      ),
    ];
  },
});

export const EDGE_RULES: readonly Rule[] = [needsDomain, cdnOrigin, cdnPaths, cdnNames, healthHosts, trafficSplit];
