/** Rules about basic authentication: nothing that it should protect is reachable without it. */
import { unclaimedNames } from '../calculations/frontend-hosts';
import { healthChecksOf } from '../calculations/health-checks';
import { matchesPattern } from '../calculations/path-patterns';
import { located } from './located';
import { suggest } from '../problems/nearest';
import type { ParsedEnvironment } from '../schema/environment';
import { finding, findingIf, listed, valueFinding } from './finding';
import { defineRule, type Rule } from './rule';

/** Whether hosts answer names themselves, and nothing but hosts does: nginx compares logins. */
function isOnHosts({ edge, tier, nextTier }: Pick<ParsedEnvironment, 'edge' | 'tier' | 'nextTier'>): boolean {
  return edge.cdn === undefined && [tier, nextTier].every((one) => one === undefined || one === 'box');
}

const target = defineRule({
  id: 'basic-auth-target',
  severity: 'refusal',
  summary:
    'With basic authentication CloudFront or a host, which compare logins, is in front of every name, and no frontend has another ' +
    'address.',
  reads: ['edge', 'domain', 'tier', 'nextTier'],
  also: ['frontends'],
  check: ({ edge, domain, tier, nextTier, frontends }) => {
    if (edge.basicAuth === undefined || domain === undefined) return [];
    const left = edge.cdn === undefined ? unclaimedNames({ domain, frontends }) : [];
    const open = isOnHosts({ edge, tier, nextTier }) ? [] : left;
    return [
      ...findingIf(
        open.length > 0,
        'edge.basicAuth',
        edge.basicAuth,
        `nothing, while ${open.join(', ')} would be open: load balancers compare no logins`,
        'add `edge: { cdn: {} }`; on a move from a single host, add it when the host is gone',
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

const secret = defineRule({
  id: 'basic-auth-secret',
  severity: 'refusal',
  summary: 'Logins that a host compares are in a declared secret that is one string; CloudFront has its own.',
  reads: ['edge', 'domain', 'tier', 'nextTier', 'secrets'],
  also: ['frontends'],
  check: ({ edge, domain, tier, nextTier, secrets, frontends }) => {
    if (edge.basicAuth === undefined || domain === undefined) return [];
    const { secret: key } = edge.basicAuth;
    const path = 'edge.basicAuth.secret';
    const names = Object.keys(secrets);
    const byHosts = isOnHosts({ edge, tier, nextTier }) && unclaimedNames({ domain, frontends }).length > 0;
    if (!byHosts) {
      return findingIf(
        key !== undefined,
        path,
        key,
        'nothing where CloudFront has the logins',
        'remove it; the output `add_login` adds them',
      );
    }
    if (key === undefined || !names.includes(key)) {
      const allowed = `the secret with the logins: ${listed(names)}`;
      return [finding(path, key, allowed, suggest(key ?? '', names, 'declare it under `secrets`, with a description only'))];
    }
    return findingIf(
      secrets[key]?.keys !== undefined || secrets[key]?.value === 'generated',
      path,
      key,
      'a secret that is one string, which a person sets',
      `remove \`keys\` and \`value\` from secrets.${key}`,
    );
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

export const BASIC_AUTH_RULES: readonly Rule[] = [target, secret, health, bypass];
