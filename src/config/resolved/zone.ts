/** A shared zone with every default filled: what its stacks create. */
import type { Region } from '../tables/regions';
import type { ResolvedServing, SharedZone, ZoneStacks } from './domain';
import type { ResolvedCloudflareZone } from './edge';

/** A name of a shared zone, and the environment that it leads to. */
export interface ServedName {
  readonly name: string;
  readonly environment: string;
  readonly parts: readonly ResolvedServing[];
}

/** The certificate of a shared zone. */
export interface ZoneCertificate {
  /** Those of every environment that uses it, sorted. */
  readonly names: readonly string[];
  /** Where load balancers and CloudFront use it, sorted. */
  readonly regions: readonly Region[];
}

/** What the stacks of a shared zone create. */
export interface ResolvedZone {
  readonly description: SharedZone;
  readonly stacks: ZoneStacks;
  /** Left out where no environment of the zone uses one. */
  readonly certificate?: ZoneCertificate;
  readonly served: readonly ServedName[];
  readonly proxied: boolean;
  readonly cloudflareZone?: ResolvedCloudflareZone;
}
