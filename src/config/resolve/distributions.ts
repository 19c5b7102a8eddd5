/** CloudFront's distributions with every default filled: that of `edge.cdn`, and those of frontends with their own names. Pure. */
import { unclaimedNames } from '../calculations/frontend-hosts';
import { mainFrontend } from '../calculations/main-frontend';
import { strictTransportSecurityHeader } from '../calculations/strict-transport-security';
import { redirectedByCloudFront, redirectsOf } from '../calculations/redirects';
import { bucketName, originName, resourceName } from '../names';
import type {
  AmplifyFrontend,
  FrontendDistribution,
  ResolvedBehavior,
  ResolvedDistribution,
  ResolvedOrigin,
  StaticSiteFrontend,
} from '../resolved/edge';
import type { ParsedEnvironment } from '../schema/environment';

type Frontend = ParsedEnvironment['frontends'][string] & { readonly key: string };

/** Of the names that no frontend has for itself; none where nothing is left. */
export function resolveDistribution(parsed: ParsedEnvironment): ResolvedDistribution | undefined {
  const { name, edge, frontends } = parsed;
  const services = servicesOrigin(parsed);
  const names = unclaimedNames(parsed);
  if (edge.cdn === undefined || services === undefined || names.length === 0) return undefined;
  const { servicePaths } = edge.cdn;
  const frontend = mainFrontend(frontends);
  const main = frontend === undefined ? services : frontendOrigin(name, frontend, services);
  return {
    ...common(parsed),
    name,
    names,
    origins: main.kind === 'services' || servicePaths.length === 0 ? [main] : [services, main],
    fallback: fallbackOf(main),
    behaviors: [
      ...servicePaths.map((pattern): ResolvedBehavior => ({ pattern, origin: 'services', cached: false })),
      ...cachedBehaviors(frontend, main),
    ],
  };
}

/** One for each frontend with `hosts`: every path of these names is the frontend's. */
export function resolveFrontendDistributions(parsed: ParsedEnvironment): readonly FrontendDistribution[] {
  const services = servicesOrigin(parsed);
  return Object.entries(parsed.frontends).flatMap(([key, value]): readonly FrontendDistribution[] => {
    if (value.kind === 'cloudflare-pages' || value.hosts === undefined) return [];
    const frontend = { ...value, key };
    const origin = frontendOrigin(parsed.name, frontend, services);
    return [
      {
        ...common(parsed),
        key,
        name: resourceName(parsed.name, `cdn-${key}`, 'distribution'),
        names: value.hosts,
        origins: [origin],
        fallback: fallbackOf(origin),
        behaviors: cachedBehaviors(frontend, origin),
      },
    ];
  });
}

/** Of all names that CloudFront redirects. */
export function resolveRedirectDistribution(parsed: ParsedEnvironment): ResolvedDistribution | undefined {
  if (!redirectedByCloudFront(parsed)) return undefined;
  const redirects = redirectsOf(parsed);
  return {
    ...common(parsed),
    name: resourceName(parsed.name, 'redirects', 'distribution'),
    names: redirects.map(({ from }) => from),
    origins: [
      {
        kind: 'redirects',
        redirects,
        strictTransportSecurity: strictTransportSecurityHeader(parsed.edge.strictTransportSecurity),
      },
    ],
    fallback: { origin: 'redirects', cached: false },
    behaviors: [],
  };
}

/** What all distributions of an environment share. Without `edge.cdn` it is what that has by default. */
function common({ edge: { cdn, strictTransportSecurity } }: ParsedEnvironment) {
  return {
    priceClass: `PriceClass_${cdn?.priceClass ?? '100'}`,
    contentSecurityPolicy: cdn?.contentSecurityPolicy,
    strictTransportSecurity,
  } as const;
}

/** The services behind the load balancer; none without `edge.cdn`, because load balancers then admit no CloudFront. */
function servicesOrigin({ domain, edge: { cdn } }: ParsedEnvironment): ResolvedOrigin | undefined {
  const [firstName] = domain?.names ?? [];
  if (cdn === undefined || firstName === undefined) return undefined;
  const { originAccess: access, originTimeoutSeconds: timeoutSeconds } = cdn;
  return access === 'vpc-origin'
    ? { kind: 'services', access, timeoutSeconds }
    : { kind: 'services', access, hostName: originName(firstName), timeoutSeconds };
}

function frontendOrigin(environment: string, frontend: Frontend, services: ResolvedOrigin | undefined): ResolvedOrigin {
  switch (frontend.kind) {
    case 'amplify': {
      const amplify: AmplifyFrontend = { ...frontend, name: `${environment}-${frontend.key}` };
      return { kind: 'amplify', frontend: amplify };
    }
    case 'static-site': {
      const site: StaticSiteFrontend = { ...frontend, bucketName: bucketName(environment, frontend.key) };
      return { kind: 'static-site', frontend: site };
    }
    case 'service':
    case 'cloudflare-pages':
      if (services === undefined) throw new Error(`frontends.${frontend.key} needs edge.cdn`);
      return services;
  }
}

function fallbackOf({ kind }: ResolvedOrigin): ResolvedDistribution['fallback'] {
  return { origin: kind, cached: kind === 'static-site' };
}

function cachedBehaviors(frontend: Frontend | undefined, { kind }: ResolvedOrigin): readonly ResolvedBehavior[] {
  const cached = frontend !== undefined && 'cachedPaths' in frontend ? frontend.cachedPaths : [];
  return cached.map((pattern) => ({ pattern, origin: kind, cached: true }));
}
