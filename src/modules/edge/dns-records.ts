/** Records that point a name at what serves it, whoever answers for the zone. */

/** What a name can lead to. */
export type Destination =
  /** A host with an address of its own. */
  | { readonly kind: 'address'; readonly address: string }
  /** A load balancer or a distribution of AWS's. */
  | {
      readonly kind: 'aws';
      readonly dnsName: string;
      readonly hostedZoneId: string;
      readonly ipv6: boolean;
      /** Whether Route 53 sends nobody there while nothing behind it is healthy; distributions do not take part. */
      readonly followsHealth: boolean;
    }
  /** Another name, such as a Pages project's. */
  | { readonly kind: 'name'; readonly name: string };

/** A destination and its share. */
export interface WeightedDestination {
  /** Short and lasting: which tier, or what else serves. Part of the Terraform address. */
  readonly id: string;
  readonly destination: Destination;
  /** From 0 to 100; all shares of a name together are 100. */
  readonly percent: number;
}

/** A zone, as those see it who write records that serve. */
export interface DnsRecords {
  /**
   * Points a full name (without a trailing dot) at its destinations.
   * @param id part of the Terraform address; does not depend on the destinations
   */
  point(id: string, name: string, shares: readonly WeightedDestination[]): void;
}

/** Seconds that resolvers keep an address: short, because a switch waits for it. Aliases have AWS's own 60. */
export const SERVING_TTL = 60;
