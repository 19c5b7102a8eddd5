/** Rules about where the frontend comes from. */
import { unclaimedNames } from '../calculations/frontend-hosts';
import { isCloudflareZone, isInZone, zoneOf } from '../calculations/record-zone';
import { suggest } from '../problems/nearest';
import { located, routedServices } from './located';
import { finding, findingIf, listed, sharedNames } from './finding';
import { defineRule, type Rule } from './rule';

const domains = defineRule({
  id: 'frontend-domains',
  severity: 'refusal',
  summary: 'Domains of a Pages frontend are in the Cloudflare zone, outside a delegated zone, and are used once.',
  reads: ['domain'],
  also: ['frontends'],
  check: ({ domain, frontends }) => {
    if (domain === undefined) return [];
    const named = located('frontends', frontends).flatMap(({ path, value }) =>
      value.kind === 'cloudflare-pages' ? value.domains.map((name, index) => ({ name, path: `${path}.domains[${index}]` })) : [],
    );
    const { zone, delegatedZone } = zoneOf(domain);
    const { names } = domain;
    return [
      ...named.flatMap(({ name, path }) => [
        ...findingIf(
          !isInZone(name, zone),
          path,
          name,
          `"${zone}" or a name below it`,
          `write it as "${name.split('.')[0]}.${zone}"`,
        ),
        ...findingIf(
          delegatedZone !== undefined && isInZone(name, delegatedZone),
          path,
          name,
          `a name outside "${delegatedZone}", which Route 53 answers for`,
          'choose a name in the Cloudflare zone itself',
        ),
        ...findingIf(names.includes(name), path, name, 'a name that is not among domain.names', 'remove it from one of the two'),
      ]),
      ...sharedNames(named, ({ name }) => name, { fix: 'remove it from one of the two' }),
    ];
  },
});

const provider = defineRule({
  id: 'frontend-provider',
  severity: 'refusal',
  summary: 'Cloudflare Pages needs a Cloudflare zone; Amplify and static sites need `edge.cdn` or names of their own (`hosts`).',
  reads: ['domain', 'edge'],
  also: ['frontends'],
  check: ({ domain, edge, frontends }) =>
    located('frontends', frontends).flatMap(({ path, value }) => [
      ...findingIf(
        value.kind === 'cloudflare-pages' && domain !== undefined && !isCloudflareZone(zoneOf(domain)),
        `${path}.kind`,
        value.kind,
        "a frontend of another kind, because the zone is not Cloudflare's",
        'use "static-site" or "amplify" with `edge.cdn`',
      ),
      ...findingIf(
        (value.kind === 'amplify' || value.kind === 'static-site') && edge.cdn === undefined && value.hosts === undefined,
        `${path}.kind`,
        value.kind,
        'this kind only with `edge.cdn` or with `hosts`, for which it has a distribution of its own',
        'add `edge: { cdn: {} }`, or `hosts`',
      ),
    ]),
});

const oneBehindCdn = defineRule({
  id: 'frontend-single',
  severity: 'refusal',
  summary:
    "At most one frontend answers at all of the domain's names; Pages frontends and those with `hosts` have separate ones.",
  reads: [],
  also: ['frontends'],
  check: ({ frontends }) => {
    const own = located('frontends', frontends).filter(
      ({ value }) => value.kind !== 'cloudflare-pages' && value.hosts === undefined,
    );
    return own
      .slice(1)
      .map(({ path, value }) =>
        finding(
          `${path}.kind`,
          value.kind,
          `one frontend for all names, which ${own[0]?.path} is`,
          'remove one of them, or give it names of its own (`hosts`)',
        ),
      );
  },
});

const serviceKnown = defineRule({
  id: 'frontend-service',
  severity: 'refusal',
  summary: 'A frontend of kind "service" names a declared service with routes.',
  reads: [],
  also: ['frontends', 'services'],
  check: ({ frontends, services }) => {
    const routed = routedServices(services).map(({ key }) => key);
    return located('frontends', frontends).flatMap(({ path, value }) =>
      findingIf(
        value.kind === 'service' && !routed.includes(value.service),
        `${path}.service`,
        value.kind === 'service' ? value.service : undefined,
        `a service with routes: ${listed(routed)}`,
        value.kind === 'service' ? suggest(value.service, routed, 'declare it with routes') : '',
      ),
    );
  },
});

const hosts = defineRule({
  id: 'frontend-hosts',
  severity: 'refusal',
  summary:
    "A frontend's own `hosts` are names of the environment's own zone, each of one frontend, and a service has them behind " +
    '`edge.cdn` only.',
  reads: ['domain', 'edge'],
  also: ['frontends'],
  check: ({ domain, edge, frontends }) => {
    if (domain === undefined) return [];
    const placed = located('frontends', frontends).flatMap(({ path, value }) =>
      value.kind === 'cloudflare-pages' || value.hosts === undefined
        ? []
        : [{ path: `${path}.hosts`, kind: value.kind, names: value.hosts }],
    );
    const named = placed.flatMap(({ path, names }) => names.map((name, index) => ({ name, path: `${path}[${index}]` })));
    return [
      ...placed.flatMap(({ path, kind, names }) => [
        ...findingIf(
          domain.kind === 'shared',
          path,
          names,
          'nothing in a shared zone, whose names lead to one destination of the environment',
          'remove it, or use names of a zone that is not shared',
        ),
        ...findingIf(
          kind === 'service' && edge.cdn === undefined,
          path,
          names,
          'names of a service only with `edge.cdn`: without it, load balancers are not for CloudFront',
          'add `edge: { cdn: {} }`, or remove it: services answer every name that no frontend has',
        ),
      ]),
      ...named.flatMap(({ name, path }) =>
        findingIf(
          !domain.names.includes(name),
          path,
          name,
          `one of domain.names: ${domain.names.join(', ')}`,
          suggest(name, domain.names, 'add it to `domain.names`'),
        ),
      ),
      ...located('frontends', frontends).flatMap(({ path, value }) =>
        findingIf(
          placed.length > 0 &&
            value.kind !== 'cloudflare-pages' &&
            value.hosts === undefined &&
            unclaimedNames({ domain, frontends }).length === 0,
          path,
          value.kind,
          'a frontend with `hosts`: every name is among those of other frontends',
          'add a name for it to `domain.names`, or remove it',
        ),
      ),
      ...sharedNames(named, ({ name }) => name, { thing: 'host', fix: 'remove it from one of the two' }),
    ];
  },
});

export const FRONTEND_RULES: readonly Rule[] = [domains, provider, oneBehindCdn, serviceKnown, hosts];
