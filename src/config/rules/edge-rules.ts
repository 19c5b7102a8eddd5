/** Rules about the edge: the CDN, health checks, the shift of traffic between tiers. */
import { parseCidr } from '../calculations/cidr';
import { hasLoadBalancer } from '../calculations/load-balancer';
import { mainFrontend } from '../calculations/main-frontend';
import { hasWeightedRecords, isProxied } from '../calculations/record-zone';
import { coversPattern } from '../calculations/path-patterns';
import { carvedPrefix } from '../calculations/subnets';
import { originName } from '../names';
import { hasTier, located, routedServices } from './located';
import { finding, findingIf, listed } from './finding';
import { defineRule, type Finding, type Rule } from './rule';

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

const cdnRoutes = defineRule({
  id: 'cdn-hides-route',
  severity: 'refusal',
  summary: 'Where the frontend is not a service, `servicePaths` covers every route that names a host or paths.',
  reads: ['edge'],
  also: ['services', 'frontends'],
  check: ({ edge, services, frontends }) => {
    const kind = mainFrontend(frontends)?.kind;
    // The rule `cdn-service-paths` refuses missing `servicePaths`.
    const servicePaths = edge.cdn?.servicePaths ?? [];
    if (servicePaths.length === 0 || (kind !== 'amplify' && kind !== 'static-site')) return [];
    return routedServices(services).flatMap(({ path, value }) =>
      value.routes.flatMap(({ host, paths }, index) => {
        // A route for everything receives what CloudFront sends to the services; one for a host expects all paths of it.
        if (host === undefined && paths === undefined) return [];
        const hidden = (paths ?? ['/*']).filter((pattern) => !servicePaths.some((covering) => coversPattern(covering, pattern)));
        return hidden.length === 0 ? [] : [hiddenRoute(`${path}.routes[${index}]`, { host, paths }, hidden)];
      }),
    );
  },
});

interface RouteOfHost {
  readonly host?: string;
  readonly paths?: readonly string[];
}

function hiddenRoute(path: string, { host, paths }: RouteOfHost, hidden: readonly string[]): Finding {
  const every = paths === undefined;
  return finding(
    every ? path : `${path}.paths`,
    every ? { host } : paths,
    'a route that `edge.cdn.servicePaths` covers: CloudFront sends every other path, of every host name, to the frontend',
    every
      ? `give the route \`paths\`, and list them in servicePaths; a host that belongs to services as a whole needs another environment for the frontend`
      : `add ${hidden.map((pattern) => JSON.stringify(pattern)).join(', ')} to edge.cdn.servicePaths`,
  );
}

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
        .slice(0, edge.cdn.originAccess === 'prefix-list' ? 1 : 0)
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

/** Source: Elastic Load Balancing user guide, "Subnets for your load balancer": at least a /27 with eight free addresses. */
const BALANCER_PREFIX = 27;

const balancerSubnets = defineRule({
  id: 'balancer-subnet-size',
  severity: 'refusal',
  summary: 'The subnets of a load balancer, public or with VPC origins isolated, are /27 or larger, which AWS requires.',
  reads: ['network', 'edge', 'tier', 'nextTier', 'box'],
  also: ['services'],
  check: ({ network, edge, tier, nextTier, box, services }) => {
    if (!hasLoadBalancer({ tier, nextTier, box, services })) return [];
    const kind = edge.cdn?.originAccess === 'vpc-origin' ? 'isolated' : 'public';
    const holding =
      network.subnets === undefined
        ? [{ path: 'network.cidr', cidr: network.cidr, prefix: carvedPrefix(network.cidr, kind) }]
        : network.subnets[kind].map((cidr, index) => ({
            path: `network.subnets.${kind}[${index}]`,
            cidr,
            prefix: parseCidr(cidr)?.prefix,
          }));
    return holding.flatMap(({ path, cidr, prefix }) =>
      findingIf(
        prefix !== undefined && prefix > BALANCER_PREFIX,
        path,
        cidr,
        `${kind} subnets of /${BALANCER_PREFIX} or larger, where the load balancer is`,
        network.subnets === undefined ? 'choose a larger VPC, or write `network.subnets`' : 'make it larger',
      ),
    );
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

/** What the list of browsers requires. Source: https://hstspreload.org, "Submission Requirements". */
const PRELOAD_DAYS = 365;

const hstsPreload = defineRule({
  id: 'hsts-preload',
  severity: 'refusal',
  summary: 'Preloaded HTTPS includes subdomains and lasts at least a year, which the list of browsers requires.',
  reads: ['edge'],
  check: ({ edge: { strictTransportSecurity } }) => {
    const { preload, includeSubdomains, maxAgeDays } = strictTransportSecurity;
    return findingIf(
      preload && (!includeSubdomains || maxAgeDays < PRELOAD_DAYS),
      'edge.strictTransportSecurity.preload',
      preload,
      `true only with \`includeSubdomains: true\` and \`maxAgeDays\` of ${PRELOAD_DAYS} or more`,
      'set both, or remove `preload`',
    );
  },
});

const trafficSplit = defineRule({
  id: 'traffic-split',
  severity: 'refusal',
  summary:
    'Traffic is shifted only to a declared `nextTier`. It is shifted all at once in a Cloudflare zone, which has no weighted ' +
    'records, and with VPC origins, which CloudFront does not find by name.',
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
      ...findingIf(
        edge.cdn?.originAccess === 'vpc-origin' && percent > 0 && percent < 100,
        'edge.nextTierPercent',
        percent,
        '0 or 100 with VPC origins: a distribution has one internal load balancer at a time',
        'set it to 100 to switch and to 0 to switch back, or choose `edge.cdn.originAccess: "prefix-list"` before the tier exists',
      ),
    ];
  },
});

export const EDGE_RULES: readonly Rule[] = [
  needsDomain,
  cdnOrigin,
  cdnPaths,
  cdnRoutes,
  cdnNames,
  balancerSubnets,
  healthHosts,
  hstsPreload,
  trafficSplit,
];
