/** Rules about basic authentication: nothing that it should protect is reachable without it. */
import { unclaimedNames } from '../calculations/frontend-hosts';
import { healthChecksOf } from '../calculations/health-checks';
import { matchesPattern } from '../calculations/path-patterns';
import { located } from './located';
import { findingIf, valueFinding } from './finding';
import { defineRule, type Rule } from './rule';

const target = defineRule({
  id: 'basic-auth-target',
  severity: 'refusal',
  summary:
    'With basic authentication every name is behind CloudFront, which alone compares logins, and no frontend has another address.',
  reads: ['edge', 'domain'],
  also: ['frontends'],
  check: ({ edge, domain, frontends }) => {
    if (edge.basicAuth === undefined || domain === undefined) return [];
    const open = edge.cdn === undefined ? unclaimedNames({ domain, frontends }) : [];
    return [
      ...findingIf(
        open.length > 0,
        'edge.basicAuth',
        edge.basicAuth,
        `nothing, while ${open.join(', ')} would be open: load balancers and single hosts compare no logins`,
        'add `edge: { cdn: {} }` on Fargate, Kubernetes or several hosts; before a single host, use Access of Cloudflare instead',
      ),
      ...located('frontends', frontends).flatMap(({ path, value }) =>
        findingIf(
          value.kind === 'amplify' || value.kind === 'cloudflare-pages',
          `${path}.kind`,
          value.kind,
          '"static-site" or "service" with `edge.basicAuth`: this kind has another address, which stays open',
          "remove `edge.basicAuth`, and use Amplify's own access control or Access of Cloudflare",
        ),
      ),
      ...edge.basicAuth.except.flatMap((pattern, index) =>
        findingIf(
          matchesPattern(pattern, '/') && pattern.endsWith('*'),
          `edge.basicAuth.except[${index}]`,
          pattern,
          'a pattern of some paths: this one is for all of them',
          'name the paths, or remove `edge.basicAuth`',
        ),
      ),
    ];
  },
});

const health = defineRule({
  id: 'basic-auth-health',
  severity: 'refusal',
  summary: 'Health checks of Route 53 cannot log in: their paths are exempt from basic authentication.',
  reads: ['name', 'edge', 'domain', 'tier', 'box'],
  also: ['services', 'frontends'],
  check: (environment) => {
    const { basicAuth } = environment.edge;
    if (basicAuth === undefined || environment.domain === undefined) return [];
    return located('edge.healthChecks', healthChecksOf(environment)).flatMap(({ path, value }) =>
      findingIf(
        !basicAuth.except.some((pattern) => matchesPattern(pattern, value.path)),
        `${path}.path`,
        value.path,
        'a path that is answered without a login',
        `add ${JSON.stringify(value.path)} to edge.basicAuth.except, or remove the check`,
      ),
    );
  },
});

const bypass = defineRule({
  id: 'basic-auth-bypass',
  severity: 'risk',
  summary: "With `originAccess: 'prefix-list'`, distributions of other customers reach the services without a login.",
  reads: ['edge'],
  check: ({ edge }) =>
    edge.basicAuth === undefined || edge.cdn?.originAccess !== 'prefix-list'
      ? []
      : [
          valueFinding(
            'edge.cdn.originAccess',
            'prefix-list',
            '"vpc-origin": the load balancer is public, and a CloudFront distribution of anybody reaches it without a login',
            'choose "vpc-origin"; accept it where WebSockets need it and nothing behind the login is secret',
          ),
        ],
});

export const BASIC_AUTH_RULES: readonly Rule[] = [target, health, bypass];
