/** Records that people write by name, as lists. Pure. */

/** What each entry is made into, in the record's order. */
export function mapRecord<T, R>(record: Readonly<Record<string, T>>, make: (key: string, value: T) => R): readonly R[] {
  return Object.entries(record).map(([key, value]) => make(key, value));
}
