/** Environments that share a DNS zone: who makes it, and who says which authorities may certify it, can only be one of them. */
import { InvalidEnvironment, show, type Problem } from '../../problems/problem';
import { recordZone } from '../../calculations/record-zone';
import { CERTIFICATE_AUTHORITIES } from '../../tables/certificate-authorities';
import type { ResolvedDomain, ResolvedEnvironment } from '../../resolved/environment';
import type { ResolvedEdge } from '../../resolved/edge';

interface Claim {
  /** What only one environment can own. */
  readonly thing: string;
  readonly path: string;
  readonly received: string;
  readonly fix: string;
}

function claims(domain: ResolvedDomain, edge: ResolvedEdge): readonly Claim[] {
  const { zone, provider, zoneSource, delegatedZone, certificateAuthorities } = domain;
  const records = recordZone(domain);
  return [
    ...(zoneSource === 'create'
      ? [
          {
            thing: `the ${provider} zone ${zone}`,
            path: 'domain.zoneSource',
            received: show(zoneSource),
            fix: 'set zoneSource: "existing" in all but one',
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
            fix: 'delegate a zone of its own to each environment',
          },
        ]),
    ...(certificateAuthorities.length === 0
      ? []
      : [
          {
            thing: `the CAA records of the ${records.provider} zone ${records.name}`,
            path: 'domain.certificateAuthorities',
            received: show(certificateAuthorities),
            fix: 'set certificateAuthorities: [] in all but one',
          },
        ]),
    ...(edge.cloudflareZone === undefined
      ? []
      : [
          {
            thing: `the settings and rules of the Cloudflare zone ${edge.cloudflareZone.zone}`,
            path: 'edge.cloudflare.zoneRules',
            received: show('here'),
            fix: 'set zoneRules: "elsewhere" in all but one',
          },
        ]),
  ];
}

/** Who signs the certificates of a single host. */
const HOST_AUTHORITY = CERTIFICATE_AUTHORITIES.letsEncrypt;

/** Hosts whose zone belongs to another environment, which must let their authority sign. */
function unadmittedHosts(environments: readonly ResolvedEnvironment[]): readonly Problem[] {
  const zoneOf = (domain: ResolvedDomain): string => JSON.stringify(recordZone(domain));
  return environments.flatMap(({ identity, domain, tier, nextTier }) => {
    const host = [tier, nextTier].find((one) => one?.kind === 'box');
    if (domain === undefined || host?.kind !== 'box' || host.box.instances.max > 1) return [];
    const owner = environments.find((other) => {
      const { domain: its } = other;
      return its !== undefined && its.certificateAuthorities.length > 0 && zoneOf(its) === zoneOf(domain);
    });
    const admitted = owner?.domain?.certificateAuthorities ?? [];
    if (owner === undefined || owner.identity.environment === identity.environment || admitted.includes(HOST_AUTHORITY))
      return [];
    return [
      {
        path: `${owner.identity.environment}: domain.certificateAuthorities`,
        received: show(admitted),
        allowed: `a list with "${HOST_AUTHORITY}", which signs the certificates of ${identity.environment} in the same zone`,
        fix: `add "${HOST_AUTHORITY}"`,
      },
    ];
  });
}

/**
 * Checks environments against each other.
 * @throws InvalidEnvironment listing every thing that two environments would both make, and every host whose certificates
 *   another environment's CAA records forbid
 */
export function checkSharedZones(environments: readonly ResolvedEnvironment[]): void {
  const owners = new Map<string, string>();
  const problems: Problem[] = [];
  for (const { identity, domain, edge } of environments) {
    for (const { thing, path, received, fix } of domain === undefined ? [] : claims(domain, edge)) {
      const owner = owners.get(thing);
      if (owner === undefined) owners.set(thing, identity.environment);
      else
        problems.push({
          path: `${identity.environment}: ${path}`,
          received,
          allowed: `only one owner of ${thing}: ${owner} has it`,
          fix,
        });
    }
  }
  problems.push(...unadmittedHosts(environments));
  if (problems.length > 0) throw new InvalidEnvironment('shared zones', problems);
}
