/** Every distribution of an environment: that of `edge.cdn`, and one for each frontend with its own host names. */
import type { Construct } from 'constructs';
import type { ResolvedDistribution, ResolvedEdge } from '../../config/resolved/edge';
import { Distribution } from './distribution';
import { createOrigins, type Origins, type OriginsProps } from './origins';
import { servicesPlace, type ServicesPlaceProps } from './services-place';

export interface DistributionsProps extends ServicesPlaceProps, Pick<OriginsProps, 'region' | 'protect'> {
  readonly edge: Pick<ResolvedEdge, 'distribution' | 'frontendDistributions'>;
  /** In us-east-1, for all names. */
  readonly certificateArn: string;
  readonly webAclArn?: string;
  readonly logBucketArn: string;
}

/** A distribution with what is behind it. */
export interface CreatedDistribution {
  /** The frontend whose host names it has; none for that of `edge.cdn`. */
  readonly frontend?: string;
  readonly names: readonly string[];
  readonly distribution: Distribution;
  readonly origins: Origins;
}

/** Ids are below the scope itself: a frontend keeps its files when it gets its own names. */
export function createDistributions(scope: Construct, props: DistributionsProps): readonly CreatedDistribution[] {
  const { edge, environment, region, protect, certificateArn, webAclArn, logBucketArn } = props;
  const services = servicesPlace(scope, props);
  const create = (distribution: ResolvedDistribution, frontend?: string): CreatedDistribution => {
    const origins = createOrigins(scope, { environment, origins: distribution.origins, region, protect, services });
    const created = new Distribution(scope, frontend === undefined ? 'cdn' : `cdn-${frontend}`, {
      distribution,
      places: { services: origins.services, amplify: origins.amplify?.place, 'static-site': origins.site?.place },
      certificateArn,
      webAclArn,
      logBucketArn,
    });
    origins.site?.readableBy(created.arn);
    return { frontend, names: distribution.names, distribution: created, origins };
  };
  return [
    ...(edge.distribution === undefined ? [] : [create(edge.distribution)]),
    ...edge.frontendDistributions.map((distribution) => create(distribution, distribution.key)),
  ];
}
