/** What the distributions of an environment read from. Pure. */
import type { ResolvedEdge } from '../../resolved/edge';

type Origin = NonNullable<ResolvedEdge['distribution']>['origins'][number];

/** The origins of the distribution of `edge.cdn` and of those of frontends with their own host names. */
export function originsOf({ distribution, frontendDistributions }: ResolvedEdge): readonly Origin[] {
  return [...(distribution === undefined ? [] : [distribution]), ...frontendDistributions].flatMap(({ origins }) => origins);
}
