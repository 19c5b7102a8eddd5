/** How CloudFront reaches the services: by the name of public load balancers, or inside the VPC. */
import type { Construct } from 'constructs';
import type { OriginPlace } from './distribution';
import type { ServicesOrigin } from './origins';
import { VpcOrigin, type OriginBalancer } from './vpc-origin';

/** An internal load balancer and the tier that it belongs to. */
export interface TierBalancer extends OriginBalancer {
  readonly tier: string;
}

export interface ServicesPlaceProps {
  readonly environment: string;
  /** The load balancers of the tiers; asked for with VPC origins only. */
  readonly balancers: () => readonly TierBalancer[];
  /** The tier whose services answer. */
  readonly servingTier: string;
}

/** Creates what all distributions of the environment share, when the first of them asks. */
export function servicesPlace(scope: Construct, props: ServicesPlaceProps): (origin: ServicesOrigin) => OriginPlace {
  let shared: OriginPlace | undefined;
  return (origin) => {
    if (origin.access === 'prefix-list') return { domainName: origin.hostName };
    shared ??= vpcOriginPlace(scope, props);
    return shared;
  };
}

/**
 * An origin for each tier, so that a switch of tiers changes the distributions alone and does not wait for a new origin. CloudFront
 * finds the load balancer by the origin; its name is for people, because requests have the visitor's host name.
 */
function vpcOriginPlace(scope: Construct, { environment, balancers, servingTier }: ServicesPlaceProps): OriginPlace {
  const places = balancers().map(({ tier, arn, dnsName }) => {
    const { id } = new VpcOrigin(scope, `origin-${tier}`, { name: `${environment}-${tier}`, balancerArn: arn });
    return { tier, place: { domainName: dnsName, vpcOriginId: id } };
  });
  const serving = places.find(({ tier }) => tier === servingTier);
  if (serving === undefined) throw new Error(`${environment} has a CDN, but the tier ${servingTier} has no load balancer`);
  return serving.place;
}
