/** Which zone an environment's names live in, and who answers for it. Pure. */
import type { ResolvedDomain } from '../resolved/environment';

/** The zone that holds the environment's records. */
export interface RecordZone {
  readonly name: string;
  readonly provider: ResolvedDomain['provider'];
}

/** The delegated zone, which always is a Route 53 zone, or the zone itself. */
export function recordZone({ zone, provider, delegatedZone }: ResolvedDomain): RecordZone {
  return delegatedZone === undefined ? { name: zone, provider } : { name: delegatedZone, provider: 'route53' };
}
