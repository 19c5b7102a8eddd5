/** Rules about host names that are only redirected to others. */
import { hasLoadBalancer } from '../calculations/load-balancer';
import { isInZone, recordZone, zoneOf } from '../calculations/record-zone';
import { redirectedByCloudFront, redirectGroups, redirectPriorities, redirectsOf } from '../calculations/redirects';
import { originName } from '../names';
import { suggest } from '../problems/nearest';
import type { ParsedEnvironment } from '../schema/environment';
import { located } from './located';
import { finding, findingIf, listed } from './finding';
import { defineRule, type Finding, type Rule } from './rule';

/** ACM's quota for the names of one certificate, unless AWS has raised it. Source: ACM user guide, "Quotas". */
const CERTIFICATE_NAMES = 10;

/** Each redirect with where it is written. */
function written({ edge }: Pick<ParsedEnvironment, 'edge'>) {
  return redirectsOf({ edge }).map((redirect) => ({ ...redirect, path: `edge.redirects["${redirect.from}"]` }));
}

/** The names of Pages frontends, which are not among those of the domain. */
function pagesNames(frontends: ParsedEnvironment['frontends']): readonly string[] {
  return Object.values(frontends).flatMap((frontend) => (frontend.kind === 'cloudflare-pages' ? frontend.domains : []));
}

const sources = defineRule({
  id: 'redirect-source',
  severity: 'refusal',
  summary: "A name that is redirected is in the environment's own zone, and nothing else answers it.",
  reads: ['edge', 'domain'],
  also: ['frontends'],
  check: ({ edge, domain, frontends }) => {
    if (domain === undefined) return [];
    if (domain.kind === 'shared') {
      const fix = 'remove them, and redirect in the application or, at Cloudflare, by a rule of the zone';
      const allowed = 'nothing in a shared zone, whose names lead to one destination of the environment';
      return findingIf(redirectsOf({ edge }).length > 0, 'edge.redirects', edge.redirects, allowed, fix);
    }
    const zone = recordZone(zoneOf(domain)).name;
    const [firstName] = domain.names;
    const origins = edge.cdn?.originAccess === 'prefix-list' && firstName !== undefined ? [originName(firstName)] : [];
    const taken = [...domain.names, ...pagesNames(frontends), ...origins];
    return written({ edge }).flatMap(({ from, path }) => [
      ...findingIf(
        !isInZone(from, zone),
        path,
        from,
        `"${zone}" or a name below it: the environment writes its DNS record and proves it to the certificate authority`,
        'remove it, and redirect at the provider of that zone',
      ),
      ...findingIf(
        taken.includes(from),
        path,
        from,
        'a name that nothing else answers: neither among `domain.names` nor a name of a frontend or of the origin',
        'remove it from one of the two',
      ),
    ]);
  },
});

const targets = defineRule({
  id: 'redirect-target',
  severity: 'refusal',
  summary: 'A redirect leads to a name that the environment serves, at once and not over another redirect.',
  reads: ['edge', 'domain'],
  also: ['frontends'],
  check: ({ edge, domain, frontends }) => {
    if (domain === undefined) return [];
    const served = [...domain.names, ...pagesNames(frontends)];
    return written({ edge }).flatMap(({ to, path }): readonly Finding[] => {
      if (served.includes(to)) return [];
      const next = edge.redirects[to];
      const fix =
        next === undefined
          ? suggest(to, served, 'add it to `domain.names`')
          : 'write the name that visitors end at; a loop has none';
      return [finding(path, to, `a name that the environment serves: ${listed(served)}`, fix)];
    });
  },
});

const certificate = defineRule({
  id: 'redirect-certificate',
  severity: 'refusal',
  summary: `Names and redirected names are together at most ${CERTIFICATE_NAMES}, which one certificate has.`,
  reads: ['edge', 'domain'],
  check: ({ edge, domain }) => {
    const names = domain?.names ?? [];
    const redirected = redirectsOf({ edge });
    return findingIf(
      redirected.length > 0 && names.length + redirected.length > CERTIFICATE_NAMES,
      'edge.redirects',
      redirected.map(({ from }) => from),
      `at most ${CERTIFICATE_NAMES - names.length} redirects next to ${names.length} names`,
      'remove some',
    );
  },
});

const priorities = defineRule({
  id: 'redirect-priority',
  severity: 'refusal',
  summary: 'Where a load balancer redirects, its routes for every host name leave priorities in front of them.',
  reads: ['edge', 'tier', 'nextTier', 'box'],
  also: ['services'],
  check: ({ edge, tier, nextTier, box, services }) => {
    const sections = { edge, tier, nextTier, box, services };
    if (redirectedByCloudFront(sections) || !hasLoadBalancer(sections)) return [];
    const groups = redirectGroups(redirectsOf({ edge }));
    const routes = located('services', services).flatMap(({ path, value }) =>
      value.routes.map((route, index) => ({ ...route, path: `${path}.routes[${index}].priority` })),
    );
    const free = redirectPriorities(routes, groups.length).length;
    return routes.flatMap(({ host, priority, path }) =>
      findingIf(
        free < groups.length && host === undefined && priority !== undefined && priority <= routes.length + groups.length,
        path,
        priority,
        `more than ${groups.length} free positions before a route for every name: ${groups.length} rules of \`edge.redirects\` are first`,
        'raise it, for example tenfold, or give the route a `host`',
      ),
    );
  },
});

export const REDIRECT_RULES: readonly Rule[] = [sources, targets, certificate, priorities];
