/** Long lists in parts that fit. Pure. */

/** Parts of at most `size` entries, in the order of the list. */
export function chunks<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size));
}
