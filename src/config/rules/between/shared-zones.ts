/** The description of a shared zone against its environments: one description, one account, one state store. */
import { show } from '../../problems/problem';
import type { SharedDomain, SharedZone } from '../../resolved/domain';
import type { ResolvedEnvironment } from '../../resolved/environment';
import type { BetweenRule, SetFinding } from './rule';
import { zonesInUse, type ZoneInUse } from './zones-in-use';

export const zoneDescriptionRule: BetweenRule = {
  id: 'shared-zone-description',
  summary: 'Environments of one shared zone describe it alike, are in one account, and keep their states in one place.',
  check: ({ environments }) =>
    zonesInUse(environments).flatMap((zone) => zone.environments.flatMap((environment) => disagreements(zone, environment))),
};

/** What an environment says otherwise than the first environment of its zone. */
function disagreements(
  { description: known, account, backend, environments }: ZoneInUse,
  environment: ResolvedEnvironment,
): readonly SetFinding[] {
  const { domain, identity } = environment;
  const [first] = environments;
  if (domain?.kind !== 'shared' || first === undefined || first === environment) return [];
  const { shared: own } = domain;
  const other = first.identity.environment;
  const fields = [...new Set([...Object.keys(known), ...Object.keys(own)])] as (keyof SharedZone)[];
  const differs = (one: unknown, another: unknown): boolean => JSON.stringify(one) !== JSON.stringify(another);
  const finding = (path: string, received: unknown, allowed: string, fix: string): SetFinding => ({
    environment: identity.environment,
    path,
    received: show(received),
    allowed,
    fix,
  });
  return [
    ...fields
      .filter((field) => differs(known[field], own[field]))
      .map((field) =>
        finding(
          `domain.zone.${field}`,
          own[field],
          `${show(known[field])}, as in ${other}: one description of the zone ${show(known.zone)}`,
          "describe the zone once, in the system's own file, and import it",
        ),
      ),
    ...(identity.account !== undefined && account !== undefined && identity.account !== account
      ? [
          finding(
            'account',
            identity.account,
            `${show(account)}, as in ${other}: the zone and its certificates are in one account`,
            'delegate a zone to the other account (`delegatedZone`) instead of sharing this one',
          ),
        ]
      : []),
    ...(differs(backend, environment.backend)
      ? [
          finding(
            'backend',
            environment.backend,
            `the backend of ${other}: the states of the zone are where those of its environments are`,
            'use one state store for all environments of the zone, or delegate a zone (`delegatedZone`)',
          ),
        ]
      : []),
  ];
}

export const zoneServedRule: BetweenRule = {
  id: 'shared-zone-served',
  summary: 'A name of a shared zone leads to an environment of the zone that lists it in `domain.names` and can be reached.',
  check: ({ environments, incomplete = false }) => zonesInUse(environments).flatMap((zone) => wronglyServed(zone, incomplete)),
};

function wronglyServed({ description: { servedBy }, environments }: ZoneInUse, incomplete: boolean): readonly SetFinding[] {
  const [first] = environments;
  if (first === undefined) return [];
  const known = new Map(environments.map((environment) => [environment.identity.environment, environment]));
  const choices: readonly (readonly [path: string, chosen: string, name?: string])[] =
    typeof servedBy === 'string'
      ? [['domain.zone.servedBy', servedBy]]
      : Object.entries(servedBy).map(([name, chosen]) => [`domain.zone.servedBy.${name}`, chosen, name] as const);
  return choices.flatMap(([path, chosen, name]): readonly SetFinding[] => {
    const finding = (allowed: string, fix: string): readonly SetFinding[] => [
      { environment: first.identity.environment, path, received: show(chosen), allowed, fix },
    ];
    const environment = known.get(chosen);
    if (environment === undefined) {
      // An environment whose file was refused is unknown here.
      if (incomplete) return [];
      return finding(
        `an environment with names in the zone: ${[...known.keys()].join(', ')}`,
        'choose one of these; an environment belongs to them when it is in environments/index.ts and its domain is this zone',
      );
    }
    if (name !== undefined && environment.domain?.names.includes(name) !== true)
      return finding(`an environment whose domain.names has "${name}"`, `add it to the names of ${chosen}`);
    if (environment.edge.serving.length === 0)
      return finding('an environment that can be reached from outside', `give a service of ${chosen} routes, or choose another`);
    return [];
  });
}

/** ACM's quota for the names of one certificate, unless AWS has raised it (ACM user guide, "Quotas"). */
const NAMES_OF_A_CERTIFICATE = 10;

export const zoneCertificateRule: BetweenRule = {
  id: 'shared-zone-certificate',
  summary: `The environments of a shared zone have at most ${NAMES_OF_A_CERTIFICATE} different names: a certificate has no more.`,
  check: ({ environments }) =>
    zonesInUse(environments).flatMap(({ environments: own }): readonly SetFinding[] => {
      const names = [...new Set(own.flatMap(({ domain }) => domain?.names ?? []))];
      const last = own.at(-1);
      if (names.length <= NAMES_OF_A_CERTIFICATE || last === undefined) return [];
      return [
        {
          environment: last.identity.environment,
          path: 'domain.names',
          received: `${names.length} names together with the other environments of the zone`,
          allowed: `at most ${NAMES_OF_A_CERTIFICATE} different names in all environments of the zone`,
          fix: 'remove some, or delegate a zone (`delegatedZone`) to an environment whose names no other environment serves',
        },
      ];
    }),
};

export const zoneDistributionRule: BetweenRule = {
  id: 'shared-zone-cdn',
  summary: 'A name is at one CloudFront distribution at most: CloudFront refuses an alias that another distribution has.',
  check: ({ environments }) =>
    zonesInUse(environments).flatMap(({ environments: own }) => {
      const owners = new Map<string, string>();
      return own.flatMap(({ identity: { environment }, domain, edge }): readonly SetFinding[] => {
        if (edge.distribution === undefined || domain?.kind !== 'shared') return [];
        const taken = namesTaken(domain, owners);
        for (const name of domain.names) if (!owners.has(name)) owners.set(name, environment);
        const [first] = taken;
        if (first === undefined) return [];
        return [
          {
            environment,
            path: 'edge.cdn',
            received: `a distribution for ${taken.map(([name]) => name).join(', ')}`,
            allowed: `no distribution for names that ${first[1]} has a distribution for`,
            fix: `remove \`edge.cdn\` here until ${first[1]} no longer has one, or use other names`,
          },
        ];
      });
    }),
};

function namesTaken({ names }: SharedDomain, owners: ReadonlyMap<string, string>): readonly (readonly [string, string])[] {
  return names.flatMap((name) => {
    const owner = owners.get(name);
    return owner === undefined ? [] : [[name, owner] as const];
  });
}
