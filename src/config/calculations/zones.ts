/** The availability zones of an environment. Pure. */
import { REGION_ZONES, type Region } from '../tables/regions';

/** The zones' full names: of those that the environment names, or of the first of its region. */
export function zoneNames(region: Region, zones: number | readonly string[]): readonly string[] {
  const letters = typeof zones === 'number' ? REGION_ZONES[region].slice(0, zones) : zones;
  return letters.map((letter) => `${region}${letter}`);
}

/**
 * The full name of the first zone, which holds everything that exists once.
 * @throws RangeError when there is none: the schema refuses such input before this runs
 */
export function firstZone(region: Region, zones: number | readonly string[]): string {
  const [zone] = zoneNames(region, zones);
  if (zone === undefined) throw new RangeError(`no zone in ${region}`);
  return zone;
}
