/** Environments that share a DNS zone: its parts have one owner, and its CAA records admit everybody's authority. */
import { recordZone } from '../../calculations/record-zone';
import { show } from '../../problems/problem';
import type { ResolvedEdge } from '../../resolved/edge';
import type { ResolvedDomain, ResolvedEnvironment } from '../../resolved/environment';
import { CERTIFICATE_AUTHORITIES } from '../../tables/certificate-authorities';
import type { BetweenRule, SetFinding } from './rule';

/** What only one environment can create. */
interface Claim {
  readonly thing: string;
  readonly path: string;
  readonly received: string;
  readonly fix: string;
}

export const zoneOwnerRule: BetweenRule = {
  id: 'zone-owner',
  summary: 'A DNS zone, its settings, a delegated zone and its CAA records are created by one environment.',
  check: ({ environments }) => {
    const owners = new Map<string, string>();
    return environments.flatMap(({ identity: { environment }, domain, edge }) =>
      (domain === undefined ? [] : claims(domain, edge)).flatMap(({ thing, path, received, fix }): readonly SetFinding[] => {
        const owner = owners.get(thing);
        if (owner === undefined) {
          owners.set(thing, environment);
          return [];
        }
        return [{ environment, path, received, allowed: `only one owner of ${thing}: ${owner} has it`, fix }];
      }),
    );
  },
};

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
            fix: 'delegate a separate zone to each environment',
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

/** The authority of the certificates of a single host. */
const HOST_AUTHORITY = CERTIFICATE_AUTHORITIES.letsEncrypt;

export const hostAuthorityRule: BetweenRule = {
  id: 'host-certificate-authority',
  summary: `The CAA records of a zone that contains a single host of another environment admit ${HOST_AUTHORITY}.`,
  check: ({ environments }) =>
    environments.flatMap((host): readonly SetFinding[] => {
      const owner = hasOwnCertificates(host) ? ownerOfCaa(environments, host) : undefined;
      const admitted = owner?.domain?.certificateAuthorities ?? [];
      if (owner === undefined || owner === host || admitted.includes(HOST_AUTHORITY)) return [];
      return [
        {
          environment: owner.identity.environment,
          path: 'domain.certificateAuthorities',
          received: show(admitted),
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

function ownerOfCaa(environments: readonly ResolvedEnvironment[], { domain }: ResolvedEnvironment) {
  const zoneOf = (of: ResolvedDomain): string => JSON.stringify(recordZone(of));
  return environments.find(
    ({ domain: other }) =>
      domain !== undefined && other !== undefined && other.certificateAuthorities.length > 0 && zoneOf(other) === zoneOf(domain),
  );
}
