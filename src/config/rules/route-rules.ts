/** Rules about routes: those of all services share one load balancer. */
import { serviceNames } from '../calculations/frontend-hosts';
import { located } from './located';
import { finding, findingIf, repeated, sharedNames } from './finding';
import { defineRule, type Rule } from './rule';
import { MOST_CONDITION_VALUES } from '../tables/listener-rules';
import type { ParsedEnvironment } from '../schema/environment';

function routesOf(services: ParsedEnvironment['services']) {
  return located('services', services).flatMap(({ path, value }) =>
    value.routes.map((route, index) => ({ ...route, path: `${path}.routes[${index}]` })),
  );
}

const prioritiesDiffer = defineRule({
  id: 'route-priorities',
  severity: 'refusal',
  summary: 'No two routes have the same priority.',
  reads: [],
  also: ['services'],
  check: ({ services }) =>
    sharedNames(
      routesOf(services).flatMap(({ path, priority }) =>
        priority === undefined ? [] : [{ path: `${path}.priority`, priority }],
      ),
      ({ priority }) => priority,
      { thing: 'priority', fix: 'give each route of the environment another priority' },
    ),
});

const oneDefault = defineRule({
  id: 'route-default',
  severity: 'refusal',
  summary: 'Each host has at most one default: a route with neither priority nor paths.',
  reads: [],
  also: ['services'],
  check: ({ services }) => {
    const defaults = routesOf(services).filter(({ priority, paths }) => priority === undefined && paths === undefined);
    return repeated(defaults, ({ host }) => host ?? '').map(({ entry, first }) =>
      finding(
        entry.path,
        { host: entry.host },
        `a host or paths: ${first.path} is already the default of ${entry.host ?? 'every host'}`,
        'add `paths` to one of them, or remove it',
      ),
    );
  },
});

const routesDiffer = defineRule({
  id: 'route-unique',
  severity: 'refusal',
  summary: 'No two routes match the same path of the same host: the second would never match.',
  reads: [],
  also: ['services'],
  check: ({ services }) => {
    const matched = routesOf(services).flatMap(({ path, host, paths = [] }) =>
      paths.map((pattern, index) => ({ path, index, pattern, host })),
    );
    return repeated(matched, ({ host, pattern }) => `${host ?? '*'} ${pattern}`).map(({ entry, first }) =>
      finding(
        `${entry.path}.paths[${entry.index}]`,
        entry.pattern,
        `a pattern that ${first.path} does not have`,
        'remove it from one of the two',
      ),
    );
  },
});

const conditionsFit = defineRule({
  id: 'route-conditions',
  severity: 'refusal',
  summary: 'A route with a priority has a host or paths, together at most five.',
  reads: [],
  also: ['services'],
  check: ({ services }) =>
    routesOf(services).flatMap(({ path, priority, host, paths = [] }) => {
      const values = paths.length + (host === undefined ? 0 : 1);
      return [
        ...findingIf(
          priority !== undefined && values === 0,
          path,
          { priority },
          'a host or paths with a priority',
          'remove the priority to make it the default',
        ),
        ...findingIf(
          values > MOST_CONDITION_VALUES,
          `${path}.paths`,
          paths,
          'at most four paths with a host',
          'split it into two routes',
        ),
      ];
    }),
});

const namesFit = defineRule({
  id: 'route-names',
  severity: 'refusal',
  summary: "A route without a host fits into a load balancer's rule together with the names that CloudFront requests.",
  reads: ['domain', 'edge'],
  also: ['services', 'frontends'],
  check: ({ domain, edge, services, frontends }) => {
    // Without known names, such a route has no condition on the host (src/config/resolve/edge.ts).
    if (domain === undefined || edge.cdn?.originAccess !== 'prefix-list') return [];
    const count = serviceNames({ domain, frontends }).length;
    return routesOf(services).flatMap(({ path, priority, host, paths = [] }) => {
      if (host !== undefined || (priority === undefined && paths.length === 0)) return [];
      // A route with a priority is one rule; others are as many as the names need.
      const names = priority === undefined ? 1 : count;
      return findingIf(
        names + paths.length > MOST_CONDITION_VALUES,
        `${path}.paths`,
        paths,
        priority === undefined
          ? `at most ${MOST_CONDITION_VALUES - 1} paths: the load balancer also compares the host name`
          : `at most ${MOST_CONDITION_VALUES} paths and names together: a route without a host is for all ${count} names`,
        'split it into two routes, give it a `host`, or choose `originAccess: "vpc-origin"`',
      );
    });
  },
});

export const ROUTE_RULES: readonly Rule[] = [prioritiesDiffer, oneDefault, routesDiffer, conditionsFit, namesFit];
