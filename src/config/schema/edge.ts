/** What is in front of the services: CloudFront, firewalls, Cloudflare, health checks, the share of each tier. */
import { z } from 'zod';
import { HEALTH_CHECK_DEFAULTS } from '../calculations/health-checks';
import { cloudflareSchema } from './cloudflare';
import { pathPattern } from './frontends';
import { count, hostname, key, keyOf, requestPath, seconds, wholePercent } from './primitives';
import { strictTransportSecuritySchema } from './strict-transport-security';
import { wafSchema } from './waf';

/** One CloudFront distribution for all of the domain's names. The load balancer then admits CloudFront only. */
const cdnSchema = z.strictObject({
  /**
   * How CloudFront reaches the services. `vpc-origin`: the load balancer is internal, without a public address, and CloudFront
   * connects to it inside the VPC. `prefix-list`: the load balancer has a public address that admits CloudFront's addresses only,
   * those of anyone's distribution included; in return, WebSockets work, which AWS does not carry through VPC origins, and
   * `nextTierPercent` can divide the traffic between two tiers.
   * @default 'vpc-origin'
   * @danger Changing it replaces the load balancer: visitors get errors until tier and edge are applied (docs/edge.md).
   */
  originAccess: z.enum(['vpc-origin', 'prefix-list']).default('vpc-origin'),
  /**
   * Edge locations that serve and cache: `100` is North America, Europe and Israel, `200` adds Asia, the Middle East and
   * Africa, `All` is every location. @default '100'
   * @price $0.085 per GB in North America and Europe, up to $0.12 in Asia; 1 TB a month is free (CloudFront, global, 2026-11).
   */
  priceClass: z.enum(['100', '200', 'All']).default('100'),
  /**
   * Path patterns that go to the services, uncached. Required when the frontend is not one of the services.
   * @default [] @example ['/api/*']
   */
  servicePaths: z.array(pathPattern).max(10).default([]),
  /** How long CloudFront waits for a service to begin its response. @unit seconds @default 30 */
  originTimeoutSeconds: seconds(1, 60).default(30),
  /**
   * Value of the `Content-Security-Policy` header of every response. @default no header: only the application knows what it loads
   * @example "default-src 'self'; img-src 'self' data:"
   * @danger Browsers block what the policy does not list.
   */
  contentSecurityPolicy: z.string().min(1).optional(),
});

/** A user name and a password (HTTP basic authentication) in front of every name. */
const basicAuthSchema = z.strictObject({
  /**
   * Path patterns that are answered without a login, such as the targets of webhooks and health checks. A path with encoded
   * characters, `..` or `//` is never exempt. @default [] @example ['/webhooks/*', '/health']
   * @danger Everybody reaches these paths.
   */
  except: z.array(pathPattern).max(20).default([]),
  /**
   * On hosts without `cdn`: the secret with the logins, one a line, as `htpasswd` writes them (docs/edge.md). Its value is set with
   * the command in the output `set_secret_<key>`. Elsewhere CloudFront has the logins, and there is no secret.
   * @default none @example 'preview'
   */
  secret: keyOf<'secrets'>().optional(),
});

const healthCheck = z.strictObject({
  /** One of the environment's host names. @example 'api.shop.example' */
  host: hostname,
  /** Path that is requested over HTTPS; it answers with a 2xx or 3xx status when all is well. @example '/health' */
  path: requestPath(255),
  /**
   * Interval between the requests of one checker; several checkers around the world run at once. @unit seconds @default 30
   * @price `10` adds $1 a month, $2 for an endpoint outside AWS (Route 53, global, 2026-11).
   */
  intervalSeconds: z.literal([10, 30]).default(HEALTH_CHECK_DEFAULTS.intervalSeconds),
  /** Consecutive failures after which the endpoint counts as unhealthy. @unit failures @default 3 */
  failures: count(1, 10).default(HEALTH_CHECK_DEFAULTS.failures),
});

export const edgeSchema = z.strictObject({
  /**
   * A CloudFront distribution in front of all of the domain's names. The load balancer then admits CloudFront only; nothing
   * that services answer is cached. @default none
   * @danger Adding or removing it moves every name; the load balancer stops answering visitors directly.
   */
  cdn: cdnSchema.optional(),
  /**
   * Visitors log in with a user name and a password, for previews and staging; browsers ask for both. CloudFront compares them, or
   * nginx of a host: a load balancer cannot, so on Fargate and Kubernetes every name is behind `cdn` or is that of a static site
   * with `hosts`. Logins of CloudFront are added with the command in the output `add_login`, those of a host are in `secret`; none
   * is in a state. Until there is one, everybody is refused. @default none @example {}
   * @price $0.10 per million requests for the function (CloudFront, global, 2026-11); it reads a key value store once for each.
   * @danger Programs that cannot log in, such as webhooks, health checks and the preflight requests of browsers, are refused unless
   * their paths are in `except`.
   */
  basicAuth: basicAuthSchema.optional(),
  /**
   * A web application firewall (AWS WAF): in front of CloudFront where there is `cdn`, otherwise in front of the load balancer.
   * A single host cannot have one. @default none
   * @price $5 a month, $1 for each rule, $0.60 per million requests (WAF, us-east-1, 2026-11).
   */
  waf: wafSchema.optional(),
  /**
   * Settings and rules of the Cloudflare zone. Only with names in a zone at Cloudflare. In a shared zone the settings and rules
   * are in the zone's description, and `zoneRules` is `shared`.
   * @default DNS records only, without proxy
   */
  cloudflare: cloudflareSchema.optional(),
  /**
   * The header `Strict-Transport-Security` of every response: browsers that have seen it use HTTPS only. CloudFront adds it where
   * there is `cdn`, otherwise the load balancer or the single host; in a Cloudflare zone whose settings this environment manages,
   * Cloudflare adds it to all proxied hosts of the zone. A header of the application is replaced.
   * @default {} @example { maxAgeDays: 730, includeSubdomains: true }
   */
  strictTransportSecurity: strictTransportSecuritySchema.prefault({}),
  /**
   * Host names that answer nothing but a permanent redirect (301) to a name of `domain.names`, with path and query: the apex to
   * `www`, an old name to the new one. They are in the environment's zone and not among `domain.names`; each gets a DNS record and
   * a place in the certificate, HTTPS included. CloudFront answers them where there is `cdn` or nothing else is public, otherwise
   * the load balancer or the single host. Not in a shared zone.
   * @default {} @example { 'shop.example': 'www.shop.example' }
   * @price Nothing at load balancers and hosts; $0.10 per million redirects at CloudFront (CloudFront, global, 2026-11).
   * @danger Browsers remember a permanent redirect: one that is removed still works for visitors who have seen it.
   */
  redirects: z.record(hostname, hostname).default({}),
  /**
   * Route 53 health checks, by name: checkers around the world request a path over HTTPS. The observability stack makes an alarm
   * of each. Checks that are written replace the default; `{}` is none.
   * @default on a single host with a domain, its first name and the health path of a service there; otherwise none
   * @example { api: { host: 'api.shop.example', path: '/health' } }
   * @price $1.50 a month each, $1.00 for the first 50 of an account; $2.75 for an endpoint outside AWS (Route 53, global,
   * 2026-11). Outside us-east-1, the key of the topic for their alarms there adds $1.
   */
  healthChecks: z.record(key, healthCheck).optional(),
  /**
   * Time after which a connection on which nothing is sent is closed: between the load balancer and its clients and services, and
   * at the nginx of a box. A request without an answer and a WebSocket without a message count as idle. CloudFront and Cloudflare
   * have limits of their own (docs/edge.md). @unit seconds @default 60 @example 300
   * @danger An application whose own keep-alive timeout is shorter closes connections that the load balancer still uses: some
   * requests then fail with status 502.
   */
  idleTimeoutSeconds: seconds(60, 4000).default(60),
  /**
   * Share of the traffic that goes to `nextTier`, by weighted DNS records. Changing it changes the edge stack only. At Cloudflare
   * and with VPC origins of CloudFront it is 0 or 100. @unit percent @default 0
   * @danger Visitors reach the second tier within a minute: try that tier first.
   */
  nextTierPercent: wholePercent(0, 100).default(0),
});
