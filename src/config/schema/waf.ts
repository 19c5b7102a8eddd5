/** AWS's web application firewall: rules in a table with priorities, before the load balancer or before CloudFront. */
import { z } from 'zod';
import { MANAGED_GROUPS, type ManagedGroup } from '../tables/waf-managed-groups';
import { cidr, count, helped, key, LOG_RETENTION_DAYS } from './primitives';

/** The beginning of a path. */
const pathPrefix = helped(z.string().regex(/^\/[A-Za-z0-9._~/-]{0,199}$/), {
  allowed: 'the beginning of a path, such as "/api/uploads"',
  fix: 'write it without wildcards: everything that begins so is meant',
});

const groups = Object.keys(MANAGED_GROUPS) as [ManagedGroup, ...ManagedGroup[]];

const common = {
  /** Lower is judged first; unique among all rules. */
  priority: count(0, 10_000),
  /** `count` only counts: the way to try a rule out. @default 'block' */
  action: z.enum(['block', 'count']).default('block'),
};

const wafRule = z.discriminatedUnion('kind', [
  /** Refuses an address that asks too often, until it asks less. */
  z.strictObject({
    kind: z.literal('rate'),
    ...common,
    /** Requests of one address within the window; AWS counts no fewer than 10. */
    requests: z.number().int(),
    /** Seconds: 60, 120, 300 or 600. @default 300 */
    windowSeconds: z.literal([60, 120, 300, 600]).default(300),
    /** Counts only requests whose path begins so. @default every path */
    paths: z.array(pathPrefix).min(1).max(5).optional(),
  }),
  /** A rule group that AWS keeps up to date. */
  z.strictObject({
    kind: z.literal('managed'),
    ...common,
    group: z.enum(groups),
    /** Rules of the group that only count. @default [] */
    countOnly: z.array(z.string().min(1)).default([]),
    /**
     * Paths that take uploads: there, rules of the group that look into bodies only count; all its other rules still refuse.
     * What they counted elsewhere is refused by a second rule, which needs a priority of its own, after this one's.
     */
    uploads: z.strictObject({ paths: z.array(pathPrefix).min(1).max(10), priority: count(0, 10_000) }).optional(),
  }),
  /** Looks for scripts or SQL in path, query, cookies and body. */
  z.strictObject({
    kind: z.enum(['cross-site-scripting', 'sql-injection']),
    ...common,
    /** Paths that are not looked at. @default [] */
    exceptPaths: z.array(pathPrefix).max(10).default([]),
  }),
  z.strictObject({
    kind: z.literal('countries'),
    ...common,
    /** ISO 3166-1 alpha-2 codes, such as "KP". */
    codes: z.array(z.string()).min(1).max(100),
    /** Whether the listed ones are refused, or all others. @default 'listed' */
    refuse: z.enum(['listed', 'others']).default('listed'),
  }),
  z.strictObject({
    kind: z.literal('addresses'),
    priority: common.priority,
    cidrs: z.array(cidr).min(1).max(1000),
    /** `allow` ends the judgement: later rules do not see these. @default 'block' */
    action: z.enum(['block', 'count', 'allow']).default('block'),
  }),
]);

/** A web ACL: $5 a month, $1 a rule, and $0.60 a million requests (us-east-1). */
export const wafSchema = z.strictObject({
  /** The table of rules, by name. */
  rules: z.record(key, wafRule),
  logs: z
    .strictObject({
      /** `refused` keeps what was blocked or counted, `all` every request; authorization and cookies never. @default 'refused' */
      requests: z.enum(['refused', 'all']).default('refused'),
      /** @default 30 */
      retentionDays: z.literal(LOG_RETENTION_DAYS).default(30),
    })
    .prefault({}),
});
