/**
 * IPv4 arithmetic on CIDR strings. Pure; knows nothing of subnets or AWS.
 *
 * Numbers are unsigned 32-bit held in doubles, so no bitwise operator (which would go negative above 128.0.0.0).
 */

/** A parsed network: first address as a number, and prefix length. */
export interface Cidr {
  readonly base: number;
  readonly prefix: number;
}

/** How many addresses a network of this prefix length holds. */
export function addressCount(prefix: number): number {
  return 2 ** (32 - prefix);
}

/**
 * Parses `a.b.c.d/n`.
 * @returns undefined when the text is not a network, or names a host inside one (`10.0.0.1/16`).
 */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const octets = match.slice(1, 5).map(Number);
  const prefix = Number(match[5]);
  if (/(?:^|[./])0\d/.test(text) || prefix > 32 || octets.some((octet) => octet > 255)) return undefined;
  const base = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  return base % addressCount(prefix) === 0 ? { base, prefix } : undefined;
}

/** Whether the text is a network in CIDR notation with its host bits zero. */
export function isCidr(text: string): boolean {
  return parseCidr(text) !== undefined;
}

/** A network in CIDR notation. */
export function formatCidr({ base, prefix }: Cidr): string {
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256);
  return `${octets.join('.')}/${prefix}`;
}

/** Whether two networks share an address. */
export function overlap(one: Cidr, other: Cidr): boolean {
  return one.base < other.base + addressCount(other.prefix) && other.base < one.base + addressCount(one.prefix);
}

/** Whether `inner` is entirely inside `outer`. */
export function contains(outer: Cidr, inner: Cidr): boolean {
  return inner.base >= outer.base && inner.base + addressCount(inner.prefix) <= outer.base + addressCount(outer.prefix);
}

/** The `index`-th network of length `prefix` inside `parent`. The caller keeps index below 2^(prefix - parent.prefix). */
export function childOf(parent: Cidr, prefix: number, index: number): Cidr {
  return { base: parent.base + index * addressCount(prefix), prefix };
}

/** RFC 1918 and RFC 6598. */
export const PRIVATE_RANGES = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'] as const;

/** Whether every address of a network is private. */
export function isPrivate(network: Cidr): boolean {
  return PRIVATE_RANGES.map(parseCidr).some((range) => range !== undefined && contains(range, network));
}
