/** Rules about CloudFront: what is behind it, what it hides, and which names it has. */
import { serviceNames, unclaimedNames } from '../calculations/frontend-hosts';
import { hasLoadBalancer } from '../calculations/load-balancer';
import { mainFrontend } from '../calculations/main-frontend';
import { coversPattern } from '../calculations/path-patterns';
import { isProxied } from '../calculations/record-zone';
import { originName } from '../names';
import type { ParsedEnvironment } from '../schema/environment';
import { hasTier, located, routedServices } from './located';
import { finding, findingIf } from './finding';
import { defineRule, type Finding, type Rule } from './rule';

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
        'remove it; a single host goes behind Cloudflare (`edge.cloudflare`), and a frontend with `hosts` needs no `edge.cdn`',
      ),
      ...findingIf(
        !single && !behind,
        'edge.cdn',
        edge.cdn,
        'a CDN with an origin',
        'give a service `routes`, or declare a frontend of kind "amplify" or "static-site"; one with `hosts` needs no `edge.cdn`',
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

type Services = ParsedEnvironment['services'];

/** Every route of the services, with its path. */
function routesOf(services: Services) {
  return routedServices(services).flatMap(({ path, value }) =>
    value.routes.map((route, index) => ({ ...route, path: `${path}.routes[${index}]` })),
  );
}

const cdnRoutes = defineRule({
  id: 'cdn-hides-route',
  severity: 'refusal',
  summary:
    'Visitors reach every route: its host is not one that a frontend has for itself, some name is left for routes without a host, ' +
    'and where the frontend is not a service, `servicePaths` covers routes that name a host or paths.',
  reads: ['edge', 'domain'],
  also: ['services', 'frontends'],
  check: ({ edge, domain, services, frontends }) => {
    if (domain === undefined) return [];
    const claimed = located('frontends', frontends).filter(
      ({ value }) => value.kind === 'static-site' || value.kind === 'amplify',
    );
    const ownerOf = (host: string | undefined) =>
      claimed.find(({ value }) => 'hosts' in value && host !== undefined && value.hosts?.includes(host) === true)?.path;
    const left = serviceNames({ domain, frontends });
    const unclaimed = unclaimedNames({ domain, frontends });
    return routesOf(services).flatMap((route): readonly Finding[] => {
      const owner = ownerOf(route.host);
      if (owner !== undefined) {
        const fix = `choose another host, or remove it from ${owner}.hosts`;
        return [
          finding(`${route.path}.host`, route.host, `a host that no frontend has for itself, as ${owner} has this one`, fix),
        ];
      }
      if (route.host === undefined && left.length === 0) {
        const allowed = 'no route, because every name of `domain.names` is among the `hosts` of a frontend';
        return [finding(route.path, route, allowed, 'add a name for the services to `domain.names`')];
      }
      const onMain = route.host === undefined ? unclaimed.length > 0 : unclaimed.includes(route.host);
      return onMain ? hiddenByFrontend(route, edge, frontends) : [];
    });
  },
});

type LocatedRoute = ReturnType<typeof routesOf>[number];

/** Where the distribution of `edge.cdn` sends the route's requests to a frontend that is no service. */
function hiddenByFrontend(
  { path, host, paths }: LocatedRoute,
  { cdn }: ParsedEnvironment['edge'],
  frontends: ParsedEnvironment['frontends'],
): readonly Finding[] {
  const kind = mainFrontend(frontends)?.kind;
  // The rule `cdn-service-paths` refuses missing `servicePaths`.
  const servicePaths = cdn?.servicePaths ?? [];
  if (servicePaths.length === 0 || (kind !== 'amplify' && kind !== 'static-site')) return [];
  // A route for everything receives what CloudFront sends to the services; one for a host expects all paths of it.
  if (host === undefined && paths === undefined) return [];
  const hidden = (paths ?? ['/*']).filter((pattern) => !servicePaths.some((covering) => coversPattern(covering, pattern)));
  if (hidden.length === 0) return [];
  const every = paths === undefined;
  return [
    finding(
      every ? path : `${path}.paths`,
      every ? { host } : paths,
      'a route that `edge.cdn.servicePaths` covers: CloudFront sends every other path, of every host name, to the frontend',
      every
        ? 'give the frontend names of its own (`hosts`), or the route `paths` that servicePaths lists'
        : `add ${hidden.map((pattern) => JSON.stringify(pattern)).join(', ')} to edge.cdn.servicePaths`,
    ),
  ];
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

export const CDN_RULES: readonly Rule[] = [cdnOrigin, cdnPaths, cdnRoutes, cdnNames];
