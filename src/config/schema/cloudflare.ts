/** Settings and rules of a zone at Cloudflare, and who may reach the load balancers behind it. */
import { z } from 'zod';
import { CLOUDFLARE_PLANS, CLOUDFLARE_SECONDS, type CloudflarePlanName } from '../tables/cloudflare-plans';
import { count, days, helped, key } from './primitives';

const plans = Object.keys(CLOUDFLARE_PLANS) as [CloudflarePlanName, ...CloudflarePlanName[]];

const cloudflareSeconds = helped(z.literal(CLOUDFLARE_SECONDS), {
  allowed: `one of ${CLOUDFLARE_SECONDS.join(', ')} seconds, up to what the plan allows`,
  fix: 'the free plan has 10 seconds only',
});

const countedPath = helped(z.string().regex(/^\/[A-Za-z0-9._~/-]*$/), {
  allowed: 'the beginning of a path such as "/api/login": letters, digits and . _ ~ / -',
  fix: 'begin it with "/", and leave out wildcards: it matches every path that starts with it',
});

const rateLimit = z.strictObject({
  /** Requests that one address may send to one Cloudflare location within `periodSeconds`. @unit requests @example 100 */
  requests: count(1, 1_000_000),
  /** Period over which requests are counted; the free plan allows 10 only. @unit seconds @default 10 */
  periodSeconds: cloudflareSeconds.default(10),
  /** How long the address is then blocked; the free plan allows 10 only. @unit seconds @default 10 */
  blockSeconds: cloudflareSeconds.default(10),
  /** Prefixes of the paths whose requests count. @default every path @example ['/api/login'] */
  paths: z.array(countedPath).min(1).max(5).optional(),
});

const customRule = z.strictObject({
  /** Condition in Cloudflare's rules language. @example '(http.request.uri.path contains "/.git")' */
  expression: z.string().min(1).max(4096),
  /** What happens to a request that matches: it is blocked, or the visitor has to pass a challenge. */
  action: z.enum(['block', 'managed_challenge', 'js_challenge']),
});

/** What belongs to a zone as a whole. */
export const zoneCloudflareFields = {
  /** Cloudflare plan of the zone. It limits the number of rules and their periods, and Terrace does not change it. */
  plan: z.enum(plans),
  /**
   * Whether visitors reach the names through Cloudflare's proxy, instead of by DNS alone. @default true
   * @danger Without the proxy, the addresses of the load balancer are public and none of the zone's rules apply.
   */
  proxied: z.boolean().default(true),
  /**
   * Rate limiting rules, by name. The free plan allows one. @default {}
   * @example { login: { requests: 20, paths: ['/api/login'] } }
   */
  rateLimits: z.record(key, rateLimit).default({}),
  /**
   * Custom rules, by name, evaluated in this order. The free plan allows five.
   * @default {} @example { git: { expression: '(http.request.uri.path contains "/.git")', action: 'block' } }
   */
  customRules: z.record(key, customRule).default({}),
  /** How long Cloudflare caches static files of the frontends; 0 creates no cache rule. @unit days @default 30 */
  cacheDays: days(0, 365).default(30),
};

const origin = {
  /**
   * Who can reach the load balancer: everyone, or Cloudflare's published address ranges only. A single host has `box.origin`
   * instead. @default 'public' @danger `public` lets everyone bypass Cloudflare who knows the load balancer's address.
   */
  origin: z.enum(['public', 'cloudflare']).default('public'),
};

export const cloudflareSchema = z.discriminatedUnion('zoneRules', [
  z.strictObject({
    /**
     * Whether this environment manages the settings (strict TLS, redirect to HTTPS, TLS 1.2) and rules of the zone. With
     * `elsewhere` another environment or a person does. @default none, which means `here`
     */
    zoneRules: z.enum(['here', 'elsewhere']).optional(),
    ...zoneCloudflareFields,
    ...origin,
  }),
  z.strictObject({
    /** Proxy, settings and rules are in the description of the shared zone. */
    zoneRules: z.literal('shared'),
    ...origin,
  }),
]);
