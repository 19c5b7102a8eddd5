/** Networks as ranges of addresses: when several of them together are the internet. Pure. */

interface Range {
  readonly first: bigint;
  readonly last: bigint;
}

type Family = 'ipv4' | 'ipv6';

const BITS: Readonly<Record<Family, number>> = { ipv4: 32, ipv6: 128 };

/**
 * Networks with a shorter prefix count as the internet: no private range is larger than `10.0.0.0/8`. So do networks that are
 * together larger than one of this prefix, without the private ones: `0.0.0.0/1` twice is `0.0.0.0/0`, and so are 256 times a /8.
 */
const LONGEST_PUBLIC_PREFIX: Readonly<Record<Family, number>> = { ipv4: 8, ipv6: 16 };

/** Ranges that no address of the internet is in. Source: RFC 1918, 6598, 3927, 4193, 4291. */
const PRIVATE: readonly string[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '127.0.0.0/8',
  'fc00::/7',
  'fe80::/10',
];

const familyOf = (cidr: string): Family => (cidr.includes(':') ? 'ipv6' : 'ipv4');

/** Whether one network is the internet or a large part of it. */
export function isInternet(cidr: string): boolean {
  const [, prefix = ''] = cidr.split('/');
  return Number.parseInt(prefix, 10) < LONGEST_PUBLIC_PREFIX[familyOf(cidr)];
}

/** Whether networks together are the internet or a large part of it. */
export function areInternet(cidrs: readonly string[]): boolean {
  if (cidrs.some(isInternet)) return true;
  return (['ipv4', 'ipv6'] as const).some((family) => {
    const own = cidrs.filter((cidr) => familyOf(cidr) === family);
    if (own.length < 2) return false;
    const isPrivate = rangesOf(family, PRIVATE);
    const open = merged(rangesOf(family, own)).filter(
      ({ first, last }) => !isPrivate.some((range) => range.first <= first && last <= range.last),
    );
    const size = open.reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
    return size > 1n << BigInt(BITS[family] - LONGEST_PUBLIC_PREFIX[family]);
  });
}

function rangesOf(family: Family, cidrs: readonly string[]): readonly Range[] {
  return cidrs
    .filter((cidr) => familyOf(cidr) === family)
    .flatMap((cidr) => {
      const [address = '', prefix] = cidr.split('/');
      const bits = prefix === undefined ? BITS[family] : Number.parseInt(prefix, 10);
      const number = family === 'ipv4' ? ipv4(address) : ipv6(address);
      if (number === undefined || !(bits >= 0 && bits <= BITS[family])) return [];
      const size = 1n << BigInt(BITS[family] - bits);
      const first = (number / size) * size;
      return [{ first, last: first + size - 1n }];
    });
}

/** Ranges without overlaps: what is listed twice counts once. */
function merged(ranges: readonly Range[]): readonly Range[] {
  const sorted = [...ranges].sort((one, other) => (one.first < other.first ? -1 : 1));
  const result: Range[] = [];
  for (const range of sorted) {
    const previous = result.at(-1);
    if (previous !== undefined && range.first <= previous.last) {
      result[result.length - 1] = { first: previous.first, last: range.last > previous.last ? range.last : previous.last };
    } else result.push(range);
  }
  return result;
}

function ipv4(address: string): bigint | undefined {
  const parts = address.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return undefined;
  return parts.reduce((number, part) => number * 256n + BigInt(part), 0n);
}

function ipv6(address: string): bigint | undefined {
  const [head = '', tail] = address.split('::');
  const groups = (text: string): readonly string[] => (text === '' ? [] : text.split(':'));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const missing = tail === undefined ? 0 : 8 - before.length - after.length;
  const all = [...before, ...Array.from({ length: Math.max(0, missing) }, () => '0'), ...after];
  if (all.length !== 8 || all.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return all.reduce((number, group) => number * 65536n + BigInt(`0x${group}`), 0n);
}
