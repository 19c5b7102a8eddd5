/** Who owns a DNS zone, its parts and its names: each has one owner, and its CAA records admit every authority in use. */
import { recordZone } from '../../calculations/record-zone';
import { show } from '../../problems/problem';
import type { OwnDomain, ResolvedDomain } from '../../resolved/domain';
import type { ResolvedEdge } from '../../resolved/edge';
import type { ResolvedEnvironment } from '../../resolved/environment';
import { CERTIFICATE_AUTHORITIES } from '../../tables/certificate-authorities';
import type { BetweenRule, EnvironmentSet, SetFinding } from './rule';
import { zonesInUse } from './zones-in-use';
import { originsOf } from './origins';

/** What only one state can own. */
interface Claim {
  readonly thing: string;
  readonly path: string;
  readonly received: string;
  readonly fix: string;
}

/** The owner of a shared zone's things, in words. */
const sharedOwner = (zone: string): string => `the shared zone ${zone}`;

/**
 * Findings about what has an owner already.
 * @param owned what shared zones own, by thing
 */
function secondClaims(
  environments: EnvironmentSet['environments'],
  owned: readonly (readonly [thing: string, owner: string])[],
  claimsOf: (environment: ResolvedEnvironment) => readonly Claim[],
): readonly SetFinding[] {
  const owners = new Map(owned);
  return environments.flatMap((environment) =>
    claimsOf(environment).flatMap(({ thing, path, received, fix }): readonly SetFinding[] => {
      const { environment: name } = environment.identity;
      const owner = owners.get(thing);
      if (owner === undefined || owner === name) {
        owners.set(thing, name);
        return [];
      }
      return [{ environment: name, path, received, allowed: `only one owner of ${thing}: ${owner} has it`, fix }];
    }),
  );
}

export const zoneOwnerRule: BetweenRule = {
  id: 'zone-owner',
  summary: 'A DNS zone, its settings, a delegated zone and its CAA records are created by one environment or one shared zone.',
  check: ({ environments }) =>
    secondClaims(
      environments,
      zonesInUse(environments).flatMap(({ description: { zone, provider } }) =>
        [zoneThing(provider, zone), authoritiesThing(provider, zone), settingsThing(zone)].map(
          (thing) => [thing, sharedOwner(zone)] as const,
        ),
      ),
      ({ domain, edge }) => (domain?.kind === 'own' ? partClaims(domain, edge) : []),
    ),
};

const zoneThing = (provider: string, zone: string): string => `the ${provider} zone ${zone}`;
const authoritiesThing = (provider: string, zone: string): string => `the CAA records of the ${provider} zone ${zone}`;
const settingsThing = (zone: string): string => `the settings and rules of the Cloudflare zone ${zone}`;

/** What most conflicts end with: two environments with the same names are what shared zones are for. */
const SHARE = 'or describe the zone with `defineZone` and share it (docs/domains.md)';

function partClaims(domain: OwnDomain, edge: ResolvedEdge): readonly Claim[] {
  const { zone, provider, zoneSource, delegatedZone, certificateAuthorities } = domain;
  const records = recordZone(domain);
  return [
    ...(zoneSource === 'create'
      ? [
          {
            thing: zoneThing(provider, zone),
            path: 'domain.zoneSource',
            received: show(zoneSource),
            fix: `set zoneSource: "existing" in all but one, ${SHARE}`,
          },
        ]
      : []),
    ...(delegatedZone === undefined
      ? []
      : [
          {
            thing: `the delegated zone ${delegatedZone}`,
            path: 'domain.delegatedZone',
            received: show(delegatedZone),
            fix: 'delegate a separate zone to each environment',
          },
        ]),
    ...(certificateAuthorities.length === 0
      ? []
      : [
          {
            thing: authoritiesThing(records.provider, records.name),
            path: 'domain.certificateAuthorities',
            received: show(certificateAuthorities),
            fix: `set certificateAuthorities: [] in all but one, ${SHARE}`,
          },
        ]),
    ...(edge.cloudflareZone === undefined
      ? []
      : [
          {
            thing: settingsThing(edge.cloudflareZone.zone),
            path: 'edge.cloudflare.zoneRules',
            received: show('here'),
            fix: `set zoneRules: "elsewhere" in all but one, ${SHARE}`,
          },
        ]),
  ];
}

export const nameOwnerRule: BetweenRule = {
  id: 'name-owner',
  summary: 'A host name, and the record that proves it to ACM, belongs to one environment, or to the shared zone of several.',
  check: ({ environments }) =>
    secondClaims(
      environments,
      zonesInUse(environments).flatMap(({ description: { zone }, environments: own }) =>
        own.flatMap(({ domain }) => (domain?.names ?? []).map((name) => [nameThing(name), sharedOwner(zone)] as const)),
      ),
      nameClaims,
    ),
};

const nameThing = (name: string): string => `the name ${name}`;

/** Every name that an environment's own stacks write records of: names of a shared zone are the zone's. */
function nameClaims({ domain, edge }: ResolvedEnvironment): readonly Claim[] {
  if (domain === undefined) return [];
  const claim = (name: string, path: string, fix: string): Claim => ({
    thing: nameThing(name),
    path,
    received: show(name),
    fix,
  });
  const share = 'use another name; environments that serve the same names one after the other share the zone (docs/domains.md)';
  return [
    ...(domain.kind === 'own' ? domain.names.map((name, index) => claim(name, `domain.names[${index}]`, share)) : []),
    ...edge.redirects.map(({ from }) => claim(from, `edge.redirects["${from}"]`, 'redirect it in one environment only')),
    ...hostRecords(domain, edge).map((name) => claim(name, 'name', 'rename the environment, or the other name')),
    ...originNames(edge).map((name) =>
      claim(name, 'domain.names[0]', 'list another name first: CloudFront asks for the services under "origin." and the first'),
    ),
    ...edge.pages.flatMap(({ key, domains }) =>
      domains.map((name, index) => claim(name, `frontends.${key}.domains[${index}]`, 'use another name for this project')),
    ),
  ];
}

function hostRecords(domain: ResolvedDomain, { serving }: ResolvedEdge): readonly string[] {
  return domain.kind === 'shared' && serving.some(({ target }) => target === 'name') ? [domain.hostRecord] : [];
}

function originNames(edge: ResolvedEdge): readonly string[] {
  return originsOf(edge).flatMap((origin) => ('hostName' in origin ? [origin.hostName] : []));
}

/** The authority of the certificates of a single host. */
const HOST_AUTHORITY = CERTIFICATE_AUTHORITIES.letsEncrypt;

export const hostAuthorityRule: BetweenRule = {
  id: 'host-certificate-authority',
  summary: `The CAA records of a zone that contains a single host of another environment admit ${HOST_AUTHORITY}.`,
  check: ({ environments }) =>
    environments.flatMap((host): readonly SetFinding[] => {
      const owner = hasOwnCertificates(host) ? ownerOfCaa(environments, host) : undefined;
      if (owner === undefined || owner.environment === host || owner.admitted.includes(HOST_AUTHORITY)) return [];
      return [
        {
          environment: owner.environment.identity.environment,
          path: 'domain.certificateAuthorities',
          received: show(owner.admitted),
          allowed: `a list with "${HOST_AUTHORITY}", which issues the certificates of ${host.identity.environment} in the same zone`,
          fix: `add "${HOST_AUTHORITY}"`,
        },
      ];
    }),
};

/** Whether the environment has a host that requests its own certificates: a group of hosts is behind a load balancer. */
function hasOwnCertificates({ tier, nextTier }: ResolvedEnvironment): boolean {
  return [tier, nextTier].some((one) => one?.kind === 'box' && one.box.instances.max === 1);
}

/** The environment that writes the CAA records of another one's own zone; a rule of one environment checks shared zones. */
function ownerOfCaa(environments: readonly ResolvedEnvironment[], { domain }: ResolvedEnvironment) {
  if (domain?.kind !== 'own') return undefined;
  const zoneOf = (of: ResolvedDomain): string => JSON.stringify(recordZone(of));
  return environments.flatMap((environment) => {
    const { domain: other } = environment;
    if (other?.kind !== 'own' || other.certificateAuthorities.length === 0 || zoneOf(other) !== zoneOf(domain)) return [];
    return [{ environment, admitted: other.certificateAuthorities }];
  })[0];
}
