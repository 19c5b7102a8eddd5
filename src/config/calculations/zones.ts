/** The availability zones of an environment. Pure. */
import { REGION_ZONES, type Region } from '../tables/regions';

/** The zones' letters: those that the environment names, or the first of its region. */
export function zoneLetters(region: Region, zones: number | readonly string[]): readonly string[] {
  return typeof zones === 'number' ? REGION_ZONES[region].slice(0, zones) : zones;
}

/** The full name of the first zone, which holds everything that exists once. */
export function firstZone(region: Region, zones: number | readonly string[]): string {
  return `${region}${zoneLetters(region, zones)[0] ?? ''}`;
}
