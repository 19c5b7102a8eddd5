/** Which environment the names of a shared zone lead to. Pure. */

/** One environment for all names, or the environment of each name. */
export type ServedBy = string | Readonly<Record<string, string>>;

/** The environment that a name leads to; undefined for a name that leads nowhere. */
export function servingEnvironment(servedBy: ServedBy, host: string): string | undefined {
  return typeof servedBy === 'string' ? servedBy : servedBy[host];
}
