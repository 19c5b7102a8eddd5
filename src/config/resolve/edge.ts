/** Edge and frontends with every default filled. Pure. */
import { cachedPrefixes } from '../calculations/cached-prefixes';
import { hasOwnHosts, serviceNames } from '../calculations/frontend-hosts';
import { healthChecksOf } from '../calculations/health-checks';
import { mainFrontend } from '../calculations/main-frontend';
import { mapRecord } from '../calculations/records';
import { redirectedByCloudFront, redirectsOf } from '../calculations/redirects';
import { strictTransportSecurityHeader } from '../calculations/strict-transport-security';
import { isCloudflareZone, isProxied } from '../calculations/record-zone';
import { resourceName } from '../names';
import type { PagesFrontend, ResolvedCloudflareZone, ResolvedEdge, ResolvedWaf, WafRule } from '../resolved/edge';
import type { ParsedEnvironment } from '../schema/environment';
import { resolveDistribution, resolveFrontendDistributions, resolveRedirectDistribution } from './distributions';
import { resolveServing } from './domain';
import { CLOUDFLARE_PLANS } from '../tables/cloudflare-plans';

type Edge = ParsedEnvironment['edge'];
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
    knownHosts: edge.cdn?.originAccess === 'prefix-list' ? serviceNames(parsed) : undefined,
    strictTransportSecurity: edge.cdn === undefined ? strictTransportSecurityHeader(edge.strictTransportSecurity) : undefined,
    waf: resolveWaf(parsed),
    frontendWaf: resolveFrontendWaf(parsed),
    distribution: resolveDistribution(parsed),
    frontendDistributions: resolveFrontendDistributions(parsed),
    basicAuth: edge.basicAuth,
    hostBasicAuth: resolveHostBasicAuth(edge),
    redirectDistribution: resolveRedirectDistribution(parsed),
    redirects: redirectsOf(parsed),
    tierRedirects: redirectedByCloudFront(parsed) ? [] : redirectsOf(parsed),
    serviceNames: serviceNames(parsed),
    proxied: isProxied(parsed),
    cloudflareZone: resolveCloudflareZone(parsed),
    pages: Object.entries(frontends).flatMap(([key, frontend]): PagesFrontend[] =>
      frontend.kind === 'cloudflare-pages' ? [{ ...frontend, key }] : [],
    ),
    healthChecks: mapRecord(healthChecksOf(parsed), (key, check) => ({ ...check, key })),
    nextTierPercent: edge.nextTierPercent,
  };
}

function resolveHostBasicAuth({ cdn, basicAuth }: Edge): ResolvedEdge['hostBasicAuth'] {
  if (cdn !== undefined || basicAuth?.secret === undefined) return undefined;
  return { except: basicAuth.except, secret: basicAuth.secret };
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

/** Before CloudFront as well, where frontends have distributions and `waf` is before load balancers. */
function resolveFrontendWaf(parsed: ParsedEnvironment): ResolvedWaf | undefined {
  const waf = resolveWaf(parsed);
  if (waf?.scope !== 'REGIONAL' || !hasOwnHosts(parsed.frontends)) return undefined;
  return { ...waf, name: resourceName(parsed.name, 'frontends', 'webAcl'), scope: 'CLOUDFRONT', client: 'connection' };
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
function staticHosts(parsed: ParsedEnvironment): readonly string[] {
  const { frontends, services } = parsed;
  const names = serviceNames(parsed);
  const hosts = Object.values(frontends).flatMap((frontend): readonly string[] => {
    if (frontend.kind === 'cloudflare-pages') return frontend.domains;
    if (frontend.kind !== 'service') return [];
    const routes = services[frontend.service]?.routes ?? [];
    return routes.flatMap(({ host }) => (host === undefined ? names : [host]));
  });
  return [...new Set(hosts)];
}

function named({ rateLimits, customRules }: Cloudflare): Pick<ResolvedCloudflareZone, 'rateLimits' | 'customRules'> {
  return {
    rateLimits: mapRecord(rateLimits, (key, rule) => ({ ...rule, key })),
    customRules: mapRecord(customRules, (key, rule) => ({ ...rule, key })),
  };
}
