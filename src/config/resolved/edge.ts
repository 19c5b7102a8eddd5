/** The edge with every default filled: what the edge stack and the web ACLs are created from. */
import type { z } from 'zod';
import type { Redirect } from '../calculations/redirects';
import type { StrictTransportSecurity } from '../calculations/strict-transport-security';
import type { ResolvedServing } from './domain';
import type { DeepReadonly } from './readonly';
import type { edgeSchema } from '../schema/edge';
import type { frontendSchema } from '../schema/frontends';

type ParsedEdge = z.output<typeof edgeSchema>;
type ParsedFrontend = z.output<typeof frontendSchema>;
type ParsedWaf = NonNullable<ParsedEdge['waf']>;
type ParsedCloudflare = Exclude<NonNullable<ParsedEdge['cloudflare']>, { zoneRules: 'shared' }>;
type OfKind<T, K extends string> = DeepReadonly<Extract<T, { kind: K }>>;

type ParsedWafRule = DeepReadonly<ParsedWaf['rules'][string]>;
type RateRule = Extract<ParsedWafRule, { kind: 'rate' }>;

/** A rule of a web ACL; `key` is its name. */
export type WafRule = (Exclude<ParsedWafRule, RateRule> | (RateRule & Required<Pick<RateRule, 'exceptPaths'>>)) & {
  readonly key: string;
};

export interface ResolvedWaf {
  readonly name: string;
  /** Before CloudFront, in us-east-1; or before the load balancer, in the environment's region. */
  readonly scope: 'CLOUDFRONT' | 'REGIONAL';
  /** By priority. */
  readonly rules: readonly WafRule[];
  readonly logs: DeepReadonly<ParsedWaf['logs']>;
  /** Who the client is: the other end of the connection, or, behind Cloudflare, the address that its header names. */
  readonly client: 'connection' | 'cloudflare-header';
}

/** Where CloudFront gets an answer from. */
export type ResolvedOrigin =
  /** The services behind an internal load balancer. */
  | { readonly kind: 'services'; readonly access: 'vpc-origin'; readonly timeoutSeconds: number }
  /** The services behind a public load balancer, under a separate name that follows the tier. */
  | { readonly kind: 'services'; readonly access: 'prefix-list'; readonly hostName: string; readonly timeoutSeconds: number }
  | { readonly kind: 'amplify'; readonly frontend: AmplifyFrontend }
  | { readonly kind: 'static-site'; readonly frontend: StaticSiteFrontend }
  /** Nothing: a function answers every request with a redirect. */
  | { readonly kind: 'redirects'; readonly redirects: readonly Redirect[]; readonly strictTransportSecurity: string };

/** What CloudFront does with a path. */
export interface ResolvedBehavior {
  readonly pattern: string;
  readonly origin: ResolvedOrigin['kind'];
  readonly cached: boolean;
}

export interface ResolvedDistribution {
  /** What the names of everything that belongs to it begin with. */
  readonly name: string;
  readonly strictTransportSecurity: StrictTransportSecurity;
  /** The names it answers to. */
  readonly names: readonly string[];
  readonly priceClass: 'PriceClass_100' | 'PriceClass_200' | 'PriceClass_All';
  readonly origins: readonly ResolvedOrigin[];
  /** What no pattern matches. */
  readonly fallback: Omit<ResolvedBehavior, 'pattern'>;
  /** The first that matches decides. */
  readonly behaviors: readonly ResolvedBehavior[];
  readonly contentSecurityPolicy?: string;
}

/** The distribution of the host names of one frontend. */
export interface FrontendDistribution extends ResolvedDistribution {
  /** The frontend's. */
  readonly key: string;
}

export type ResolvedBasicAuth = DeepReadonly<NonNullable<ParsedEdge['basicAuth']>>;

export type PagesFrontend = OfKind<ParsedFrontend, 'cloudflare-pages'> & { readonly key: string };
export type AmplifyFrontend = OfKind<ParsedFrontend, 'amplify'> & { readonly key: string; readonly name: string };
export type StaticSiteFrontend = OfKind<ParsedFrontend, 'static-site'> & { readonly key: string; readonly bucketName: string };

/** The settings and rules of a Cloudflare zone that this environment owns. */
export interface ResolvedCloudflareZone {
  /** The zone's name. */
  readonly zone: string;
  readonly managedRules: boolean;
  readonly rateLimits: readonly (DeepReadonly<ParsedCloudflare['rateLimits'][string]> & { readonly key: string })[];
  readonly customRules: readonly (DeepReadonly<ParsedCloudflare['customRules'][string]> & { readonly key: string })[];
  readonly strictTransportSecurity: StrictTransportSecurity;
  /** 0 for no cache rule. */
  readonly cacheDays: number;
  /** The hosts of frontends, whose static files are the same for everybody. */
  readonly staticHosts: readonly string[];
  /** Further static paths, in addition to the usual file extensions. */
  readonly cachedPaths: readonly string[];
}

export type ResolvedHealthCheck = DeepReadonly<NonNullable<ParsedEdge['healthChecks']>[string]> & { readonly key: string };

export interface ResolvedEdge {
  /** Where the environment's names lead while it serves them; empty where nothing is reachable from outside. */
  readonly serving: readonly ResolvedServing[];
  /** Files that a cache may keep, of hosts of this environment's frontends. */
  readonly staticFiles: Pick<ResolvedCloudflareZone, 'staticHosts' | 'cachedPaths'>;
  /** Whether load balancers have public addresses. An internal one is reached by CloudFront only. */
  readonly balancerScheme: 'internet-facing' | 'internal';
  /** After how many seconds load balancers and single hosts close a connection on which nothing is sent. */
  readonly idleTimeoutSeconds: number;
  /** Which clients may reach load balancers on their public ports. */
  readonly originAdmits: 'everybody' | 'cloudfront' | 'cloudflare';
  /**
   * The only host names that load balancers answer. Every CloudFront distribution can reach a public load balancer behind
   * CloudFront, and one that is not the environment's arrives under another name. Left out, all names are answered.
   */
  readonly knownHosts?: readonly string[];
  /** The header `Strict-Transport-Security` that load balancers and single hosts add; none behind CloudFront, which adds it. */
  readonly strictTransportSecurity?: string;
  readonly waf?: ResolvedWaf;
  /** Before CloudFront where `waf` is before load balancers: distributions of frontends have the same rules. */
  readonly frontendWaf?: ResolvedWaf;
  /** That of `edge.cdn`. */
  readonly distribution?: ResolvedDistribution;
  /** Of frontends with their own host names. */
  readonly frontendDistributions: readonly FrontendDistribution[];
  /** Asks visitors of hosts that CloudFront is not in front of; their logins are in the secret. */
  readonly hostBasicAuth?: { readonly except: readonly string[]; readonly secret: string };
  /** Asks visitors of `distribution` and `frontendDistributions` for a login. */
  readonly basicAuth?: ResolvedBasicAuth;
  /** Of host names that are redirected, where CloudFront answers them. */
  readonly redirectDistribution?: ResolvedDistribution;
  /** Host names that are only redirected. */
  readonly redirects: readonly Redirect[];
  /** Those that load balancers and hosts redirect: all, or none. */
  readonly tierRedirects: readonly Redirect[];
  /** The names under which services receive requests. */
  readonly serviceNames: readonly string[];
  /** Whether visitors of the environment's names come through Cloudflare's proxy. */
  readonly proxied: boolean;
  readonly cloudflareZone?: ResolvedCloudflareZone;
  readonly pages: readonly PagesFrontend[];
  readonly healthChecks: readonly ResolvedHealthCheck[];
  /** From 0 to 100. */
  readonly nextTierPercent: number;
}
