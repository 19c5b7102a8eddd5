/** Edge and frontends with every default filled. Pure. */
import { fitName, NAME_LIMITS, resourceName } from '../names';
import { recordZone } from '../calculations/record-zone';
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

/** Frontends that stand behind the CDN, or would if there were one; there is at most one of them. */
const BEHIND_CDN: readonly Frontend['kind'][] = ['amplify', 'static-site', 'service'];

/** The frontend that gets what no other path matches. */
export function mainFrontend(frontends: ParsedEnvironment['frontends']): (Frontend & { readonly key: string }) | undefined {
  const found = Object.entries(frontends).find(([, { kind }]) => BEHIND_CDN.includes(kind));
  return found && { ...found[1], key: found[0] };
}

/** The name under which CloudFront asks for the services: it follows the tier, while the public name stays with CloudFront. */
export function originName(names: readonly string[]): string {
  return `origin.${names[0] ?? ''}`;
}

/** A CDN looks for its certificate in us-east-1 whether or not somebody thought of it. */
export function resolveDomain({ domain, edge }: ParsedEnvironment): ResolvedDomain | undefined {
  return domain && { ...domain, edgeCertificate: domain.edgeCertificate || edge.cdn !== undefined };
}

/** Whether Cloudflare stands before the environment's own names: only where they lie in a zone of Cloudflare's. */
export function isProxied({ domain, edge }: Pick<ParsedEnvironment, 'domain' | 'edge'>): boolean {
  return domain !== undefined && recordZone(domain).provider === 'cloudflare' && edge.cloudflare?.proxied === true;
}

/** Resolves everything between visitors and the services. */
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
    healthChecks: Object.entries(edge.healthChecks).map(([key, check]) => ({ ...check, key })),
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
  const rules = Object.entries(waf.rules).map(([key, rule]): WafRule => ({ ...rule, key }));
  return {
    name: resourceName(parsed.name, 'web', 'webAcl'),
    scope: cdn === undefined ? 'REGIONAL' : 'CLOUDFRONT',
    rules: rules.sort((left, right) => left.priority - right.priority),
    logs: waf.logs,
    client: originAdmits(parsed) === 'cloudflare' ? 'cloudflare-header' : 'connection',
  };
}

function resolveDistribution(parsed: ParsedEnvironment): ResolvedDistribution | undefined {
  const { name, domain, edge, frontends } = parsed;
  const { cdn } = edge;
  if (cdn === undefined || domain === undefined) return undefined;
  const frontend = mainFrontend(frontends);
  const services: ResolvedOrigin = {
    kind: 'services',
    hostName: originName(domain.names),
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
      const site: StaticSiteFrontend = { ...frontend, bucketName: resourceName(environment, frontend.key, 's3Bucket') };
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
  if (cloudflare?.zoneRules !== 'here' || domain?.provider !== 'cloudflare') return undefined;
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

/** Where Pages or the frontend's service answer. Hosts of APIs are not among them: their files may be somebody's own. */
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
    rateLimits: Object.entries(rateLimits).map(([key, rule]) => ({ ...rule, key })),
    customRules: Object.entries(customRules).map(([key, rule]) => ({ ...rule, key })),
  };
}

/** Names of CloudFront's own things, which are unique in an account. */
export function edgeName(environment: string, thing: string): string {
  return fitName(`${environment}-${thing}`, NAME_LIMITS.cloudFront);
}
