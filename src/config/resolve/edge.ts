/** Edge and frontends with every default filled. Pure. */
import { healthChecksOf } from '../calculations/health-checks';
import { mainFrontend } from '../calculations/main-frontend';
import { mapRecord } from '../calculations/records';
import { isCloudflareZone, isProxied } from '../calculations/record-zone';
import { bucketName, originName, resourceName } from '../names';
import type {
  AmplifyFrontend,
  PagesFrontend,
  ResolvedBehavior,
  ResolvedCloudflareZone,
  ResolvedDistribution,
  ResolvedEdge,
  ResolvedOrigin,
  ResolvedWaf,
  StaticSiteFrontend,
  WafRule,
} from '../resolved/edge';
import type { ResolvedDomain } from '../resolved/environment';
import type { ParsedEnvironment } from '../schema/environment';
import { CLOUDFLARE_PLANS } from '../tables/cloudflare-plans';

type Edge = ParsedEnvironment['edge'];
type Frontend = ParsedEnvironment['frontends'][string];
type Cloudflare = NonNullable<Edge['cloudflare']>;

/** CloudFront requires its certificate in us-east-1, whether or not the environment asks for one. */
export function resolveDomain({ domain, edge }: ParsedEnvironment): ResolvedDomain | undefined {
  return domain && { ...domain, edgeCertificate: domain.edgeCertificate || edge.cdn !== undefined };
}

/** Resolves everything between visitors and services. */
export function resolveEdge(parsed: ParsedEnvironment): ResolvedEdge {
  const { edge, frontends } = parsed;
  return {
    originAdmits: originAdmits(parsed),
    waf: resolveWaf(parsed),
    distribution: resolveDistribution(parsed),
    proxied: isProxied(parsed),
    cloudflareZone: resolveCloudflareZone(parsed),
    pages: Object.entries(frontends).flatMap(([key, frontend]): PagesFrontend[] =>
      frontend.kind === 'cloudflare-pages' ? [{ ...frontend, key }] : [],
    ),
    healthChecks: mapRecord(healthChecksOf(parsed), (key, check) => ({ ...check, key })),
    nextTierPercent: edge.nextTierPercent,
  };
}

function originAdmits(parsed: ParsedEnvironment): ResolvedEdge['originAdmits'] {
  if (parsed.edge.cdn !== undefined) return 'cloudfront';
  return parsed.edge.cloudflare?.origin === 'cloudflare' && isProxied(parsed) ? 'cloudflare' : 'everybody';
}

function resolveWaf(parsed: ParsedEnvironment): ResolvedWaf | undefined {
  const { waf, cdn } = parsed.edge;
  if (waf === undefined) return undefined;
  const rules = mapRecord(waf.rules, (key, rule): WafRule => ({ ...rule, key }));
  return {
    name: resourceName(parsed.name, 'web', 'webAcl'),
    scope: cdn === undefined ? 'REGIONAL' : 'CLOUDFRONT',
    rules: [...rules].sort((left, right) => left.priority - right.priority),
    logs: waf.logs,
    client: originAdmits(parsed) === 'cloudflare' ? 'cloudflare-header' : 'connection',
  };
}

function resolveDistribution(parsed: ParsedEnvironment): ResolvedDistribution | undefined {
  const { name, domain, edge, frontends } = parsed;
  const { cdn } = edge;
  const [firstName] = domain?.names ?? [];
  if (cdn === undefined || domain === undefined || firstName === undefined) return undefined;
  const frontend = mainFrontend(frontends);
  const services: ResolvedOrigin = {
    kind: 'services',
    hostName: originName(firstName),
    timeoutSeconds: cdn.originTimeoutSeconds,
  };
  const main = frontend === undefined ? services : mainOrigin(name, frontend, services);
  const toServices = (pattern: string): ResolvedBehavior => ({ pattern, origin: 'services', cached: false });
  const cached = frontend !== undefined && 'cachedPaths' in frontend ? frontend.cachedPaths : [];
  return {
    names: domain.names,
    priceClass: `PriceClass_${cdn.priceClass}`,
    origins: main.kind === 'services' || cdn.servicePaths.length === 0 ? [main] : [services, main],
    fallback: { origin: main.kind, cached: main.kind === 'static-site' },
    behaviors: [
      ...cdn.servicePaths.map(toServices),
      ...cached.map((pattern): ResolvedBehavior => ({ pattern, origin: main.kind, cached: true })),
    ],
    contentSecurityPolicy: cdn.contentSecurityPolicy,
  };
}

function mainOrigin(
  environment: string,
  frontend: Frontend & { readonly key: string },
  services: ResolvedOrigin,
): ResolvedOrigin {
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
      return services;
  }
}

function resolveCloudflareZone(parsed: ParsedEnvironment): ResolvedCloudflareZone | undefined {
  const { domain, edge, frontends } = parsed;
  const { cloudflare } = edge;
  if (cloudflare?.zoneRules !== 'here' || domain === undefined || !isCloudflareZone(domain)) return undefined;
  const frontend = mainFrontend(frontends);
  return {
    zone: domain.zone,
    managedRules: CLOUDFLARE_PLANS[cloudflare.plan].managedRules,
    ...named(cloudflare),
    cacheDays: cloudflare.cacheDays,
    staticHosts: staticHosts(parsed),
    cachedPaths: frontend?.kind === 'service' ? frontend.cachedPaths : [],
  };
}

/** The hosts of Pages and of the frontend's service. Hosts of APIs are not among them: their answers may differ for each user. */
function staticHosts({ domain, frontends, services }: ParsedEnvironment): readonly string[] {
  const hosts = Object.values(frontends).flatMap((frontend): readonly string[] => {
    if (frontend.kind === 'cloudflare-pages') return frontend.domains;
    if (frontend.kind !== 'service') return [];
    const routes = services[frontend.service]?.routes ?? [];
    return routes.flatMap(({ host }) => (host === undefined ? (domain?.names ?? []) : [host]));
  });
  return [...new Set(hosts)];
}

function named({ rateLimits, customRules }: Cloudflare): Pick<ResolvedCloudflareZone, 'rateLimits' | 'customRules'> {
  return {
    rateLimits: mapRecord(rateLimits, (key, rule) => ({ ...rule, key })),
    customRules: mapRecord(customRules, (key, rule) => ({ ...rule, key })),
  };
}
