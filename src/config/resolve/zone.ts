/** What the stacks of a shared zone create, from its description and its environments. Pure. */
import { isCloudflareZone } from '../calculations/record-zone';
import { mapRecord } from '../calculations/records';
import { servingEnvironment } from '../calculations/served-by';
import type { SharedDomain, SharedZone } from '../resolved/domain';
import type { ResolvedCloudflareZone } from '../resolved/edge';
import type { ResolvedEnvironment } from '../resolved/environment';
import type { ResolvedZone, ServedName, ZoneCertificate } from '../resolved/zone';
import { CLOUDFLARE_PLANS } from '../tables/cloudflare-plans';
import { EDGE_REGION, type Region } from '../tables/regions';

/** A shared zone, with the environments that have names in it. */
export interface ZoneWithEnvironments {
  readonly description: SharedZone;
  /** Never empty. */
  readonly environments: readonly ResolvedEnvironment[];
}

/**
 * Nothing here depends on the order of the environments.
 * @param zone a zone that the rules between environments have accepted
 */
export function resolveZone({ description, environments }: ZoneWithEnvironments): ResolvedZone {
  const named = environments.flatMap((environment) => {
    const { domain } = environment;
    return domain?.kind === 'shared' ? [{ environment, domain }] : [];
  });
  const [first] = named;
  if (first === undefined) throw new Error(`the zone ${description.zone} has no environment`);
  return {
    description,
    stacks: first.domain.stacks,
    certificate: certificateOf(named),
    served: named.flatMap((entry) => served(description, entry)).sort((one, other) => (one.name < other.name ? -1 : 1)),
    proxied: isCloudflareZone(description) && description.cloudflare?.proxied === true,
    cloudflareZone: cloudflareZone(description, environments),
  };
}

interface Named {
  readonly environment: ResolvedEnvironment;
  readonly domain: SharedDomain;
}

/** One for all names in each region: a name has one validation record in an account, so that no two states could own it. */
function certificateOf(named: readonly Named[]): ZoneCertificate | undefined {
  const used = named.filter(({ domain }) => domain.regionalCertificate || domain.edgeCertificate);
  if (used.length === 0) return undefined;
  const regions = new Set<Region>();
  for (const { environment, domain } of used) {
    if (domain.regionalCertificate) regions.add(environment.identity.region);
    if (domain.edgeCertificate) regions.add(EDGE_REGION);
  }
  return { names: [...new Set(used.flatMap(({ domain }) => domain.names))].sort(), regions: [...regions].sort() };
}

/** The names that lead to an environment. */
function served({ servedBy }: SharedZone, { environment, domain }: Named): readonly ServedName[] {
  const { environment: name } = environment.identity;
  return domain.names
    .filter((host) => servingEnvironment(servedBy, host) === name)
    .map((host) => ({ name: host, environment: name, parts: environment.edge.serving }));
}

function cloudflareZone(
  { zone, cloudflare }: SharedZone,
  environments: readonly ResolvedEnvironment[],
): ResolvedCloudflareZone | undefined {
  if (cloudflare === undefined) return undefined;
  const { plan, rateLimits, customRules, cacheDays, strictTransportSecurity } = cloudflare;
  const all = (field: 'staticHosts' | 'cachedPaths') =>
    [...new Set(environments.flatMap(({ edge }) => edge.staticFiles[field]))].sort();
  return {
    zone,
    managedRules: CLOUDFLARE_PLANS[plan].managedRules,
    rateLimits: mapRecord(rateLimits, (key, rule) => ({ ...rule, key })),
    customRules: mapRecord(customRules, (key, rule) => ({ ...rule, key })),
    strictTransportSecurity,
    cacheDays,
    staticHosts: all('staticHosts'),
    cachedPaths: all('cachedPaths'),
  };
}
