/** Host names and zones with every default filled. */
import type { z } from 'zod';
import type { RecordZone } from '../calculations/record-zone';
import type { sharedZoneSchema } from '../schema/zone';
import type { DeepReadonly, Parsed } from './readonly';

/** The description of a shared zone, as each of its environments contains it. */
export type SharedZone = DeepReadonly<z.output<typeof sharedZoneSchema>>;

type OwnFields = Extract<Parsed<'domain'>, { readonly kind?: 'own' }>;

interface Names {
  readonly zone: string;
  readonly provider: RecordZone['provider'];
  /** Every host name that the environment can serve. */
  readonly names: readonly string[];
  /** Whether a load balancer uses a certificate: ACM renews no other. */
  readonly regionalCertificate: boolean;
  /** Whether CloudFront uses a certificate, or the environment asks for one. */
  readonly edgeCertificate: boolean;
}

/** Names in a zone that no description of a shared zone covers. */
export interface OwnDomain
  extends Names, Pick<OwnFields, 'delegatedZone' | 'zoneSource' | 'cloudflareAccountId' | 'certificateAuthorities'> {
  readonly kind: 'own';
  /** `names`, and after them those that are redirected. */
  readonly certificateNames: readonly string[];
}

/** Names in a shared zone. */
export interface SharedDomain extends Names {
  readonly kind: 'shared';
  readonly delegatedZone?: undefined;
  readonly shared: SharedZone;
  /** The stacks of the zone. */
  readonly stacks: ZoneStacks;
  /** The name of a single host at Cloudflare, which the shared names lead to while it serves. */
  readonly hostRecord: string;
}

export type ResolvedDomain = OwnDomain | SharedDomain;

/** The ids of a shared zone's stacks; the first is also the name of the group. */
export interface ZoneStacks {
  readonly zone: string;
  readonly names: string;
}

/** The parts of a name's records: the environment's tier, and its `nextTier` while that exists. */
export type ServingPart = 'serving' | 'next';

/** Where names lead while an environment serves them. */
export interface ResolvedServing {
  readonly part: ServingPart;
  /** An address, a host name, or an AWS target that Route 53 aliases. */
  readonly target: 'address' | 'name' | 'balancer' | 'distribution';
  /** From 0 to 100. */
  readonly percent: number;
}
