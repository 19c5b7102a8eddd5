/** Environments that share a DNS zone: who makes it, and who says which authorities may certify it, can only be one of them. */
import { InvalidEnvironment, show, type Problem } from '../config/problems';
import { recordZone } from '../config/record-zone';
import type { ResolvedDomain, ResolvedEnvironment } from '../config/resolved';

interface Claim {
  /** What only one environment can own. */
  readonly thing: string;
  readonly path: string;
  readonly received: string;
  readonly fix: string;
}

function claims(domain: ResolvedDomain): readonly Claim[] {
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
  ];
}

/**
 * Checks environments against each other.
 * @throws InvalidEnvironment listing every thing that two environments would both make
 */
export function checkSharedZones(environments: readonly ResolvedEnvironment[]): void {
  const owners = new Map<string, string>();
  const problems: Problem[] = [];
  for (const { identity, domain } of environments) {
    for (const { thing, path, received, fix } of domain === undefined ? [] : claims(domain)) {
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
  if (problems.length > 0) throw new InvalidEnvironment('shared zones', problems);
}
