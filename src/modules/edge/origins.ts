/** The origins of a distribution: the services, and the frontend next to them where it is not a service. */
import type { Construct } from 'constructs';
import { resourceName } from '../../config/names';
import type { ResolvedOrigin } from '../../config/resolved/edge';
import { Amplify } from './amplify';
import type { OriginPlace } from './distribution';
import { StaticSite } from './static-site';
import { VpcOrigin, type OriginBalancer } from './vpc-origin';

export interface OriginsProps {
  readonly environment: string;
  readonly origins: readonly ResolvedOrigin[];
  readonly region: string;
  readonly protect: boolean;
  /** The load balancers of the tiers; asked for with VPC origins only. */
  readonly balancers: () => readonly TierBalancer[];
  /** The tier whose services answer. */
  readonly servingTier: string;
}

/** An internal load balancer and the tier that it belongs to. */
export interface TierBalancer extends OriginBalancer {
  readonly tier: string;
}

/** Of each kind at most one. */
export interface Origins {
  readonly services?: OriginPlace;
  readonly amplify?: Amplify;
  readonly site?: StaticSite;
}

/** Creates the frontend next to the services; the services exist already. */
export function createOrigins(scope: Construct, props: OriginsProps): Origins {
  const { environment, origins, region, protect } = props;
  return origins.reduce<Origins>((created, origin) => {
    switch (origin.kind) {
      case 'services':
        return {
          ...created,
          services: origin.access === 'vpc-origin' ? vpcOriginPlace(scope, props) : { domainName: origin.hostName },
        };
      case 'amplify': {
        const { frontend } = origin;
        return { ...created, amplify: new Amplify(scope, `frontend-${frontend.key}`, { frontend, region }) };
      }
      case 'static-site': {
        const { frontend: site } = origin;
        const name = resourceName(environment, site.key, 'cloudFront');
        return { ...created, site: new StaticSite(scope, `frontend-${site.key}`, { name, site, region, protect }) };
      }
    }
  }, {});
}

/**
 * An origin for each tier, so that a switch of tiers changes the distribution alone and does not wait for a new origin. CloudFront
 * finds the load balancer by the origin; its name is for people, because requests have the visitor's host name.
 */
function vpcOriginPlace(scope: Construct, { environment, balancers, servingTier }: OriginsProps): OriginPlace {
  const places = balancers().map(({ tier, arn, dnsName }) => {
    const { id } = new VpcOrigin(scope, `origin-${tier}`, { name: `${environment}-${tier}`, balancerArn: arn });
    return { tier, place: { domainName: dnsName, vpcOriginId: id } };
  });
  const serving = places.find(({ tier }) => tier === servingTier);
  if (serving === undefined) throw new Error(`${environment} has a CDN, but the tier ${servingTier} has no load balancer`);
  return serving.place;
}
