/** Every distribution of an environment: of `edge.cdn`, of each frontend with its own host names, and of redirects. */
import type { Construct } from 'constructs';
import type { ResolvedDistribution, ResolvedEdge } from '../../config/resolved/edge';
import type { BasicAuth } from './basic-auth';
import { Distribution } from './distribution';
import { createOrigins, type Origins, type OriginsProps } from './origins';
import { servicesPlace, type ServicesPlaceProps } from './services-place';

/** The part of the edge that says which distributions there are. */
type Distributed = Pick<ResolvedEdge, 'distribution' | 'frontendDistributions' | 'redirectDistribution'>;

export interface DistributionsProps extends ServicesPlaceProps, Pick<OriginsProps, 'region' | 'protect'> {
  readonly edge: Distributed;
  /** Asks visitors for a login. @default nothing does */
  readonly basicAuth?: BasicAuth;
  /** In us-east-1, for all names. */
  readonly certificateArn: string;
  readonly webAclArn?: string;
  readonly logBucketArn: string;
}

/** That of `edge.cdn`, of a frontend's own names, or of names that are redirected. */
type Of = 'cdn' | { readonly frontend: string } | 'redirects';

/** Those that an environment has, in the order in which they are created. */
export function distributionsOf({
  distribution,
  frontendDistributions,
  redirectDistribution,
}: Distributed): readonly (readonly [of: Of, distribution: ResolvedDistribution])[] {
  return [
    ...(distribution === undefined ? [] : [['cdn', distribution] as const]),
    ...frontendDistributions.map((one) => [{ frontend: one.key }, one] as const),
    ...(redirectDistribution === undefined ? [] : [['redirects', redirectDistribution] as const]),
  ];
}

/** A distribution with what is behind it. */
export interface CreatedDistribution {
  readonly of: Of;
  readonly names: readonly string[];
  readonly distribution: Distribution;
  readonly origins: Origins;
}

/** Ids are below the scope itself: a frontend keeps its files when it gets its own names. */
export function createDistributions(scope: Construct, props: DistributionsProps): readonly CreatedDistribution[] {
  const { edge, environment, region, protect, certificateArn, webAclArn, logBucketArn, basicAuth } = props;
  const services = withFunction(servicesPlace(scope, props), basicAuth);
  return distributionsOf(edge).map(([of, distribution]) => {
    const origins = createOrigins(scope, { environment, origins: distribution.origins, region, protect, services, basicAuth });
    const { amplify, site, redirects } = origins;
    const created = new Distribution(scope, typeof of === 'string' ? of : `cdn-${of.frontend}`, {
      distribution,
      places: { services: origins.services, amplify: amplify?.place, 'static-site': site?.place, redirects },
      certificateArn,
      webAclArn,
      logBucketArn,
    });
    site?.readableBy(created.arn);
    return { of, names: distribution.names, distribution: created, origins };
  });
}

/** The services have no function of their own: the one that asks for a login is for all their distributions. */
function withFunction(place: OriginsProps['services'], basicAuth: BasicAuth | undefined): OriginsProps['services'] {
  if (basicAuth === undefined) return place;
  return (origin) => ({ ...place(origin), functionArn: basicAuth.functionArn });
}
