/** Rules about path patterns: what CloudFront and load balancers take. */
import { mainFrontend } from '../calculations/main-frontend';
import type { ParsedEnvironment } from '../schema/environment';
import { located } from './located';
import { finding, findingIf, sharedNames } from './finding';
import { defineRule, type Rule } from './rule';

/** The patterns that become behaviors of the distribution. */
function distributedPatterns({ edge, frontends }: Pick<ParsedEnvironment, 'edge' | 'frontends'>) {
  const place = (path: string, patterns: readonly string[]) =>
    patterns.map((pattern, index) => ({ path: `${path}[${index}]`, pattern }));
  return [
    ...place('edge.cdn.servicePaths', edge.cdn?.servicePaths ?? []),
    ...located('frontends', frontends).flatMap(({ path, value }) =>
      'cachedPaths' in value ? place(`${path}.cachedPaths`, value.cachedPaths) : [],
    ),
  ];
}

const patternsDiffer = defineRule({
  id: 'path-patterns-once',
  severity: 'refusal',
  summary: 'No path pattern is listed twice in `servicePaths` and `cachedPaths`: CloudFront refuses the second.',
  reads: ['edge'],
  also: ['frontends'],
  check: (environment) =>
    sharedNames(distributedPatterns(environment), ({ pattern }) => pattern, {
      thing: 'pattern',
      fix: 'remove one of the two: a path is either cached, or goes to the services',
    }),
});

/** Source: Elastic Load Balancing user guide, "Quotas for your Application Load Balancers", condition wildcards per rule. */
const MOST_WILDCARDS = 6;

const wildcardsFit = defineRule({
  id: 'route-wildcards',
  severity: 'refusal',
  summary: `The paths of a route have at most ${MOST_WILDCARDS} wildcards together, which is what a rule of a load balancer takes.`,
  reads: [],
  also: ['services'],
  check: ({ services }) =>
    located('services', services).flatMap(({ path, value }) =>
      value.routes.flatMap(({ paths = [] }, index) =>
        findingIf(
          paths.join('').replace(/[^*?]/g, '').length > MOST_WILDCARDS,
          `${path}.routes[${index}].paths`,
          paths,
          `at most ${MOST_WILDCARDS} characters * and ? together`,
          'split it into two routes, or shorten the patterns: "/api/*" matches every path below',
        ),
      ),
    ),
});

/** Source: the same page, rules per load balancer, without the default rules. */
const USUAL_RULES = 100;

const rulesFit = defineRule({
  id: 'route-count',
  severity: 'warning',
  summary: `The services have at most ${USUAL_RULES} routes together, which is the quota of a load balancer unless AWS has raised it.`,
  reads: [],
  also: ['services'],
  check: ({ services }) => {
    const count = Object.values(services).reduce((sum, { routes }) => sum + routes.length, 0);
    return findingIf(
      count > USUAL_RULES,
      'services',
      `${count} routes`,
      `${count} routes are more rules than a load balancer has by default (${USUAL_RULES}): the apply fails`,
      'combine routes of one service, or have AWS raise the quota "Rules per Application Load Balancer"',
    );
  },
});

const frontendReached = defineRule({
  id: 'cdn-hides-frontend',
  severity: 'warning',
  summary: '`servicePaths` leaves paths to the frontend.',
  reads: ['edge'],
  also: ['frontends'],
  check: ({ edge, frontends }) => {
    const kind = mainFrontend(frontends)?.kind;
    if (kind !== 'amplify' && kind !== 'static-site') return [];
    return (edge.cdn?.servicePaths ?? []).flatMap((pattern, index) =>
      /^\/?\*+$/.test(pattern)
        ? [
            finding(
              `edge.cdn.servicePaths[${index}]`,
              pattern,
              'every path goes to the services, and no visitor ever sees the frontend',
              'list the paths of the services only, such as "/api/*", or remove the frontend',
            ),
          ]
        : [],
    );
  },
});

export const PATH_PATTERN_RULES: readonly Rule[] = [patternsDiffer, wildcardsFit, rulesFit, frontendReached];
