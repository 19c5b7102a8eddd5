/** Rules about names in DNS and the certificates for them. */
import { isCloudflareZone, isInZone, recordZone, zoneOf } from '../calculations/record-zone';
import type { ParsedEnvironment } from '../schema/environment';
import { hasTier, located, routedServices } from './located';
import { eachOnce, finding, findingIf } from './finding';
import { suggest } from '../problems/nearest';
import { defineRule, type Rule } from './rule';

const namesInZone = defineRule({
  id: 'domain-names-in-zone',
  severity: 'refusal',
  summary: 'Every name is in the zone, or in the delegated zone where there is one, and is listed once.',
  reads: ['domain'],
  check: ({ domain }) => {
    if (domain === undefined) return [];
    const home = recordZone(zoneOf(domain)).name;
    return [
      ...domain.names.flatMap((name, index) =>
        findingIf(
          !isInZone(name, home),
          `domain.names[${index}]`,
          name,
          `"${home}" or a name below it`,
          `write it as "${name.split('.')[0]}.${home}"`,
        ),
      ),
      ...eachOnce('domain.names', domain.names, 'name'),
    ];
  },
});

const delegationBelow = defineRule({
  id: 'delegated-zone-below',
  severity: 'refusal',
  summary: 'A delegated zone is below the zone that delegates it.',
  reads: ['domain'],
  check: ({ domain }) => {
    if (domain === undefined || domain.kind === 'shared' || domain.delegatedZone === undefined) return [];
    const { zone, delegatedZone } = domain;
    return findingIf(
      !delegatedZone.endsWith(`.${zone}`),
      'domain.delegatedZone',
      delegatedZone,
      `a name below "${zone}"`,
      `for example "app.${zone}"`,
    );
  },
});

/** What describes the zone, and where: the section itself, or the shared zone in it. */
function describedZone(domain: NonNullable<ParsedEnvironment['domain']>) {
  return domain.kind === 'shared' ? { path: 'domain.zone', zone: domain.zone } : { path: 'domain', zone: domain };
}

const cloudflareAccount = defineRule({
  id: 'cloudflare-account',
  severity: 'refusal',
  summary: 'A Cloudflare account is given exactly when a Cloudflare zone is created.',
  reads: ['domain'],
  check: ({ domain }) => {
    if (domain === undefined) return [];
    const { path, zone } = describedZone(domain);
    const creates = isCloudflareZone(zone) && zone.zoneSource === 'create';
    const given = zone.cloudflareAccountId !== undefined;
    const allowed = creates
      ? 'the account that the new zone belongs to'
      : 'nothing, unless provider is "cloudflare" and zoneSource "create"';
    return findingIf(
      creates !== given,
      `${path}.cloudflareAccountId`,
      zone.cloudflareAccountId,
      allowed,
      creates ? 'add it' : 'remove it',
    );
  },
});

const publicHasDomain = defineRule({
  id: 'public-needs-domain',
  severity: 'refusal',
  summary: 'A service with routes needs a domain: HTTPS needs a certificate, and a certificate needs a name.',
  reads: ['domain', 'tier', 'nextTier'],
  also: ['services'],
  check: ({ domain, tier, nextTier, services }) => {
    if (domain !== undefined || !hasTier({ tier, nextTier }, 'box', 'fargate', 'kubernetes')) return [];
    return routedServices(services)
      .slice(0, 1)
      .map(({ path, value }) =>
        finding(`${path}.routes`, value.routes, 'routes only together with `domain`', 'add `domain`, or remove the routes'),
      );
  },
});

const hostsKnown = defineRule({
  id: 'route-host-known',
  severity: 'refusal',
  summary: "A route's host is one of the domain's names, so that it has a DNS record and a certificate.",
  reads: ['domain'],
  also: ['services'],
  check: ({ domain, services }) => {
    const names = domain?.names ?? [];
    return located('services', services).flatMap(({ path, value }) =>
      value.routes.flatMap(({ host }, index) =>
        findingIf(
          host !== undefined && domain !== undefined && !names.includes(host),
          `${path}.routes[${index}].host`,
          host,
          `one of domain.names: ${names.join(', ')}`,
          suggest(host ?? '', names, 'add it to `domain.names`'),
        ),
      ),
    );
  },
});

export const DOMAIN_RULES: readonly Rule[] = [namesInZone, delegationBelow, cloudflareAccount, publicHasDomain, hostsKnown];
