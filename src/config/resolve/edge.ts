/** Edge and frontends with every default filled. Pure. */
import { cachedPrefixes } from '../calculations/cached-prefixes';
import { healthChecksOf } from '../calculations/health-checks';
import { mainFrontend } from '../calculations/main-frontend';
import { mapRecord } from '../calculations/records';
import { strictTransportSecurityHeader } from '../calculations/strict-transport-security';
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
import type { ParsedEnvironment } from '../schema/environment';
import { resolveServing } from './domain';
import { CLOUDFLARE_PLANS } from '../tables/cloudflare-plans';

type Edge = ParsedEnvironment['edge'];
type Frontend = ParsedEnvironment['frontends'][string];
type Cloudflare = Exclude<NonNullable<Edge['cloudflare']>, { readonly zoneRules: 'shared' }>;

/** Resolves everything between visitors and services. */
export function resolveEdge(parsed: ParsedEnvironment): ResolvedEdge {
  const { edge, frontends } = parsed;
  return {
    serving: resolveServing(parsed),
    staticFiles: staticFiles(parsed),
    balancerScheme: edge.cdn?.originAccess === 'vpc-origin' ? 'internal' : 'internet-facing',
    idleTimeoutSeconds: edge.idleTimeoutSeconds,
    originAdmits: originAdmits(parsed),
    knownHosts: edge.cdn?.originAccess === 'prefix-list' ? parsed.domain?.names : undefined,
    strictTransportSecurity: edge.cdn === undefined ? strictTransportSecurityHeader(edge.strictTransportSecurity) : undefined,
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
  const cached = cachedPrefixes(parsed);
  const rules = mapRecord(waf.rules, (key, rule): WafRule => {
    if (rule.kind !== 'rate') return { ...rule, key };
    return { ...rule, key, exceptPaths: rule.exceptPaths ?? (rule.paths === undefined ? cached : []) };
  });
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
  const { originAccess: access, originTimeoutSeconds: timeoutSeconds } = cdn;
  const services: ResolvedOrigin =
    access === 'vpc-origin'
      ? { kind: 'services', access, timeoutSeconds }
      : { kind: 'services', access, hostName: originName(firstName), timeoutSeconds };
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
    strictTransportSecurity: edge.strictTransportSecurity,
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
  const { domain, edge } = parsed;
  const { cloudflare } = edge;
  if (cloudflare === undefined || cloudflare.zoneRules === 'shared' || cloudflare.zoneRules === 'elsewhere') return undefined;
  if (domain === undefined || domain.kind === 'shared' || !isCloudflareZone(domain)) return undefined;
  return {
    zone: domain.zone,
    managedRules: CLOUDFLARE_PLANS[cloudflare.plan].managedRules,
    ...named(cloudflare),
    cacheDays: cloudflare.cacheDays,
    strictTransportSecurity: edge.strictTransportSecurity,
    ...staticFiles(parsed),
  };
}

function staticFiles(parsed: ParsedEnvironment): ResolvedEdge['staticFiles'] {
  const frontend = mainFrontend(parsed.frontends);
  return { staticHosts: staticHosts(parsed), cachedPaths: frontend?.kind === 'service' ? frontend.cachedPaths : [] };
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
