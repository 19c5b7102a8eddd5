/** Records by name as lists, and lists as records. Pure. */

/** What each entry is made into, in the record's order. */
export function mapRecord<T, R>(record: Readonly<Record<string, T>>, make: (key: string, value: T) => R): readonly R[] {
  return Object.entries(record).map(([key, value]) => make(key, value));
}

/** The same record with other values. */
export function mapValues<T, R>(record: Readonly<Record<string, T>>, make: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, make(value)]));
}

/** What each entry of a list is made into, by the entry's key. */
export function byKey<T extends { readonly key: string }, R>(
  entries: readonly T[],
  make: (entry: T) => R,
): Readonly<Record<string, R>> {
  return Object.fromEntries(entries.map((entry) => [entry.key, make(entry)]));
}
