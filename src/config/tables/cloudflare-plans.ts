/**
 * What each of Cloudflare's plans lets a zone have.
 * Sources: Cloudflare WAF documentation, "Rate limiting rules: availability", "Custom rules: availability", "Managed rules".
 */

export interface CloudflarePlan {
  /** Rate limiting rules. */
  readonly rateLimits: number;
  /** The longest time, in seconds, over which requests are counted. */
  readonly longestPeriod: number;
  /** The longest time, in seconds, for which an address is then refused. */
  readonly longestBlock: number;
  readonly customRules: number;
  /** Whether Cloudflare's managed and OWASP rule sets can be deployed. */
  readonly managedRules: boolean;
}

export const CLOUDFLARE_PLANS = {
  free: { rateLimits: 1, longestPeriod: 10, longestBlock: 10, customRules: 5, managedRules: false },
  pro: { rateLimits: 2, longestPeriod: 60, longestBlock: 3600, customRules: 20, managedRules: true },
  business: { rateLimits: 5, longestPeriod: 600, longestBlock: 86_400, customRules: 100, managedRules: true },
  enterprise: { rateLimits: 100, longestPeriod: 65_535, longestBlock: 86_400, customRules: 1000, managedRules: true },
} as const satisfies Readonly<Record<string, CloudflarePlan>>;

export type CloudflarePlanName = keyof typeof CLOUDFLARE_PLANS;

/** Seconds that requests may be counted over, or an address refused for; plans allow them up to their longest. */
export const CLOUDFLARE_SECONDS = [10, 15, 20, 30, 40, 45, 60, 90, 120, 180, 240, 300, 480, 600, 3600, 86_400] as const;
