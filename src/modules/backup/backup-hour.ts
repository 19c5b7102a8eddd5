/** When AWS Backup starts: outside the backup and maintenance windows of RDS. Pure. */

/** Tried first: the default windows of a database are earlier. */
const PREFERRED_HOUR = 5;
const HOURS_A_DAY = 24;

/**
 * The first hour (UTC) from 05:00 on that is neither in a window nor in the hour before one, in which AWS Backup refuses to
 * copy an RDS instance. Source: AWS Backup developer guide, "Amazon RDS backups".
 * @param windows in RDS's notation: `01:00-02:00`, `sun:03:00-sun:04:00`; the day is ignored
 */
export function backupHour(windows: readonly string[]): number {
  const taken = new Set(windows.flatMap(hoursOf));
  for (let offset = 0; offset < HOURS_A_DAY; offset += 1) {
    const hour = (PREFERRED_HOUR + offset) % HOURS_A_DAY;
    if (!taken.has(hour)) return hour;
  }
  return PREFERRED_HOUR;
}

/** The hours that a window overlaps, and the one before its start. */
function hoursOf(window: string): readonly number[] {
  const [from, to] = [...window.matchAll(/(\d\d):(\d\d)/g)].map(([, hour, minute]) => Number(hour) * 60 + Number(minute));
  if (from === undefined || to === undefined) return [];
  const first = Math.floor(from / 60) - 1;
  const last = Math.floor((to > from ? to : to + HOURS_A_DAY * 60) / 60);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index + HOURS_A_DAY) % HOURS_A_DAY);
}
