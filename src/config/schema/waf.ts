/** AWS's web application firewall: rules in a table with priorities, before the load balancer or before CloudFront. */
import { z } from 'zod';
import { MANAGED_GROUPS, type ManagedGroup } from '../tables/waf-managed-groups';
import { cidr, count, helped, key, LOG_RETENTION_DAYS } from './primitives';

/** The beginning of a path. */
const pathPrefix = helped(z.string().regex(/^\/[A-Za-z0-9._~/-]{0,199}$/), {
  allowed: 'the beginning of a path, such as "/api/uploads"',
  fix: 'write it without wildcards: it matches every path that starts with it',
});

const groups = Object.keys(MANAGED_GROUPS) as [ManagedGroup, ...ManagedGroup[]];

const ruleName = helped(z.string().regex(/^[A-Za-z0-9_-]{1,128}$/), {
  allowed: 'the name of a rule of the group such as "NoUserAgent_HEADER": letters, digits and _ -',
  fix: 'copy it from the list of rules of the group in the AWS WAF developer guide',
});

const common = {
  /** Position of the rule: the lowest number is evaluated first. Unique in the web ACL. @unit position */
  priority: count(0, 10_000),
  /**
   * What happens to a request that matches. `count` only counts and logs it, which is how a rule is tried out. @default 'block'
   */
  action: z.enum(['block', 'count']).default('block'),
};

const wafRule = z.discriminatedUnion('kind', [
  z.strictObject({
    /** Blocks an address that sends too many requests, until its rate falls below the limit. */
    kind: z.literal('rate'),
    ...common,
    /** Requests that one address may send within the window: 10 to 2,000,000,000. @unit requests @example 2000 */
    requests: z.number().int(),
    /** Length of the window. @unit seconds @default 300 */
    windowSeconds: z.literal([60, 120, 300, 600]).default(300),
    /** Prefixes of the paths whose requests count. @default every path @example ['/api/login'] */
    paths: z.array(pathPrefix).min(1).max(5).optional(),
    /**
     * Prefixes of paths whose requests do not count. A page loads dozens of static files, and in front of CloudFront the web ACL
     * also sees requests that are served from the cache. @default without `paths`, what CloudFront caches: the frontend's
     * `cachedPaths` that end in their only `*` @example ['/assets/']
     * @danger Requests for these paths are not limited, including those for missing files, which reach the services.
     */
    exceptPaths: z.array(pathPrefix).max(10).optional(),
  }),
  z.strictObject({
    /** Applies a managed rule group, which AWS keeps up to date. */
    kind: z.literal('managed'),
    ...common,
    /** Name of the AWS managed rule group. */
    group: z.enum(groups),
    /** Rules of the group that only count. @default [] @example ['NoUserAgent_HEADER'] */
    countOnly: z.array(ruleName).default([]),
    /**
     * Exempts uploads from the rules of the group that inspect request bodies, which often mistake files for attacks. At the
     * listed paths these rules only count; all other rules of the group still block. Bodies of other paths are blocked by a
     * second rule, `<name>-bodies`. @default none @example { paths: ['/api/uploads'], priority: 31 }
     * @danger Bodies sent to the listed paths are not inspected.
     * @price The second rule costs $1 a month (WAF, us-east-1, 2026-11).
     */
    uploads: z
      .strictObject({
        /** Prefixes of the paths that receive uploads. @example ['/api/uploads'] */
        paths: z.array(pathPrefix).min(1).max(10),
        /** Position of the second rule, after that of this rule. Unique in the web ACL. @unit position */
        priority: count(0, 10_000),
      })
      .optional(),
  }),
  z.strictObject({
    /** Blocks scripts (`cross-site-scripting`) or SQL (`sql-injection`) in the path, the query, cookies and the body. */
    kind: z.enum(['cross-site-scripting', 'sql-injection']),
    ...common,
    /** Prefixes of paths that the rule does not inspect. @default [] @example ['/api/editor'] */
    exceptPaths: z.array(pathPrefix).max(10).default([]),
  }),
  z.strictObject({
    /** Blocks requests by the country of their address. */
    kind: z.literal('countries'),
    ...common,
    /** Countries as ISO 3166-1 alpha-2 codes; at most 50. @example ['KP'] */
    codes: z.array(z.string()).min(1).max(100),
    /** Whether the `listed` countries are blocked, or all `others`. @default 'listed' */
    refuse: z.enum(['listed', 'others']).default('listed'),
  }),
  z.strictObject({
    /** Blocks, counts or allows requests from given networks. */
    kind: z.literal('addresses'),
    /** Position of the rule: the lowest number is evaluated first. Unique in the web ACL. @unit position */
    priority: common.priority,
    /** Networks that the rule matches. @example ['198.51.100.0/24'] */
    cidrs: z.array(cidr).min(1).max(1000),
    /**
     * What happens to a request that matches. `allow` ends the evaluation: later rules do not see the request.
     * @default 'block' @danger `allow` exempts these networks from every later rule.
     */
    action: z.enum(['block', 'count', 'allow']).default('block'),
  }),
]);

/** A web ACL: $5 a month, $1 a rule, and $0.60 a million requests (us-east-1). */
export const wafSchema = z.strictObject({
  /**
   * Rules by name. A request that no rule blocks passes.
   * @example { 'rate-limit': { kind: 'rate', priority: 20, requests: 2000 } }
   * @price $1 a month for each rule (WAF, us-east-1, 2026-11).
   */
  rules: z.record(key, wafRule),
  /** Log of evaluated requests, in the log group `aws-waf-logs-<environment>-web`. @default {} */
  logs: z
    .strictObject({
      /**
       * `refused` keeps requests that were blocked or counted, `all` keeps every request. The headers `authorization` and
       * `cookie` are never logged. @default 'refused' @price $0.50 per GB of logs (CloudWatch, us-east-1, 2026-11).
       */
      requests: z.enum(['refused', 'all']).default('refused'),
      /** How long the log is kept. @unit days @default 30 */
      retentionDays: z.literal(LOG_RETENTION_DAYS).default(30),
    })
    .prefault({}),
});
