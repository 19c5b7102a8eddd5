/** What differs between the versions of Redis that ElastiCache sells. Pure. */
import type { ResolvedCache } from '../../config/resolved/environment';

/** Parameter group families. Source: ElastiCache user guide, "Engine specific parameters". */
const FAMILIES: Readonly<Record<ResolvedCache['version'], string>> = { '6.2': 'redis6.x', '7.0': 'redis7', '7.1': 'redis7' };

/** The parameter group family of a version. */
export function cacheFamily(version: ResolvedCache['version']): string {
  return FAMILIES[version];
}

/** Family as part of a name, which admits no dot. */
export function familyName(version: ResolvedCache['version']): string {
  return cacheFamily(version).replace('.', '-');
}
