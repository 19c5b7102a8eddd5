/** Rules about where the frontend comes from. */
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
  summary: 'Cloudflare Pages needs a Cloudflare zone; Amplify and static sites need `edge.cdn`.',
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
        (value.kind === 'amplify' || value.kind === 'static-site') && edge.cdn === undefined,
        `${path}.kind`,
        value.kind,
        'this kind only with `edge.cdn`, which holds its name and certificate',
        'add `edge: { cdn: {} }`',
      ),
    ]),
});

const oneBehindCdn = defineRule({
  id: 'frontend-single',
  severity: 'refusal',
  summary: "At most one frontend answers at the domain's names; Pages frontends have separate ones.",
  reads: [],
  also: ['frontends'],
  check: ({ frontends }) => {
    const own = located('frontends', frontends).filter(({ value }) => value.kind !== 'cloudflare-pages');
    return own
      .slice(1)
      .map(({ path, value }) =>
        finding(`${path}.kind`, value.kind, `one frontend besides Pages, which ${own[0]?.path} is`, 'remove one of them'),
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

export const FRONTEND_RULES: readonly Rule[] = [domains, provider, oneBehindCdn, serviceKnown];
