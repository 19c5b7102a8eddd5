/** What stands between visitors and what serves them: CloudFront, firewalls, Cloudflare, health checks, the switch of tiers. */
import { z } from 'zod';
import { CLOUDFLARE_PLANS, CLOUDFLARE_SECONDS, type CloudflarePlanName } from '../tables/cloudflare-plans';
import { pathPattern } from './frontends';
import { count, days, helped, hostname, key, percent, seconds } from './primitives';
import { wafSchema } from './waf';

/** One CloudFront distribution for all of the domain's names. The load balancer then admits CloudFront only. */
const cdnSchema = z.strictObject({
  /** Where files are cached: `100` is North America and Europe, `200` adds Asia and Africa, `All` everywhere. @default '100' */
  priceClass: z.enum(['100', '200', 'All']).default('100'),
  /** Paths that go to the services, uncached. Needed when the frontend is not one of them. @default [] */
  servicePaths: z.array(pathPattern).max(10).default([]),
  /** Seconds that a service may take to begin its answer. @default 30 */
  originTimeoutSeconds: seconds(1, 60).default(30),
  /** The Content-Security-Policy of every answer. @default none: only the application knows what it loads */
  contentSecurityPolicy: z.string().min(1).optional(),
});

const plans = Object.keys(CLOUDFLARE_PLANS) as [CloudflarePlanName, ...CloudflarePlanName[]];

const cloudflareSeconds = helped(z.literal(CLOUDFLARE_SECONDS), {
  allowed: `one of ${CLOUDFLARE_SECONDS.join(', ')} seconds, up to what the plan allows`,
  fix: 'the free plan knows 10 seconds only',
});

const rateLimit = z.strictObject({
  /** Requests of one address (at one of Cloudflare's locations) within `periodSeconds`. */
  requests: count(1, 1_000_000),
  /** @default 10 */
  periodSeconds: cloudflareSeconds.default(10),
  /** Seconds that the address is then refused. @default 10 */
  blockSeconds: cloudflareSeconds.default(10),
  /** The beginnings of the paths that count. @default every path */
  paths: z
    .array(z.string().regex(/^\/[A-Za-z0-9._~/-]*$/))
    .min(1)
    .max(5)
    .optional(),
});

const customRule = z.strictObject({
  /** In Cloudflare's rules language, such as `(http.request.uri.path contains "/.git")`. */
  expression: z.string().min(1).max(4096),
  action: z.enum(['block', 'managed_challenge', 'js_challenge']),
});

const cloudflareSchema = z.strictObject({
  /** What the zone pays for; decides how many rules it may have. */
  plan: z.enum(plans),
  /** Whether visitors of the environment's names come through Cloudflare. @default true */
  proxied: z.boolean().default(true),
  /** Who may reach the load balancer: everybody, or Cloudflare's published addresses. (A single host has `box.origin`.) @default 'public' */
  origin: z.enum(['public', 'cloudflare']).default('public'),
  /**
   * A zone has one set of settings (TLS strict, always HTTPS, TLS 1.2) and rules: one environment keeps them, others of the
   * same zone say `elsewhere`. @default 'here'
   */
  zoneRules: z.enum(['here', 'elsewhere']).default('here'),
  /** By name. @default {} */
  rateLimits: z.record(key, rateLimit).default({}),
  /** By name, judged in this order. @default {} */
  customRules: z.record(key, customRule).default({}),
  /** Days that Cloudflare keeps static files; 0 for no cache rule. @default 30 */
  cacheDays: days(0, 365).default(30),
});

const healthCheck = z.strictObject({
  /** One of the domain's names. */
  host: hostname,
  path: z.string().regex(/^\/\S*$/),
  /** 10 costs twice as much as 30 (about $2 a month). @default 30 */
  intervalSeconds: z.literal([10, 30]).default(30),
  /** Failures in a row that make it unhealthy. @default 3 */
  failures: count(1, 10).default(3),
});

export const edgeSchema = z.strictObject({
  cdn: cdnSchema.optional(),
  /** Before CloudFront when there is `cdn`, otherwise before the load balancer. */
  waf: wafSchema.optional(),
  /** Only with a domain whose provider is Cloudflare. */
  cloudflare: cloudflareSchema.optional(),
  /** Asked by Route 53 from around the world, over HTTPS; about $1 a month each. @default {} */
  healthChecks: z.record(key, healthCheck).default({}),
  /** How much of the traffic goes to `nextTier`. Changing it changes DNS records and nothing else. @default 0 */
  nextTierPercent: percent(0, 100).default(0),
});
