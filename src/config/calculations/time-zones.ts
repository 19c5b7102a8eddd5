/** Names of time zones, as EventBridge Scheduler, Kubernetes and systemd all read them. Pure. */

/** Areas and places of the IANA database. Offsets and abbreviations (`+02:00`, `CET`) are not understood everywhere. */
const NAME = /^[A-Z][A-Za-z]+(?:\/[A-Z][A-Za-z0-9_+-]*)+$/;

/** Whether this is `UTC` or a zone of the IANA database, such as `Europe/Berlin`, in its exact spelling. */
export function isTimeZone(name: string): boolean {
  if (name === 'UTC') return true;
  if (!NAME.test(name)) return false;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    // Intl reads any case, and answers with another name only for an alias.
    return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase();
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** The names that a person may have meant, without those that only some systems read, such as `CET`. */
export function timeZones(): readonly string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone').filter((name) => NAME.test(name))];
}
