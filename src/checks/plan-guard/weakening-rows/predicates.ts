/** Ways in which a value can be weaker than it was. Each takes the value before and after; undefined is an absent one. */
import type { Attributes } from '../configuration';
import { isEmpty, stringsOf } from '../values';

/** Whether the second value protects less than the first. @param attributes all of the resource, after the change */
export type Weaker = (before: unknown, after: unknown, attributes?: Attributes) => boolean;

const ON: readonly unknown[] = [true, 'true', 'on', 'enabled', 'active', '1'];

function isOn(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every(isOn);
  return ON.includes(typeof value === 'string' ? value.toLowerCase() : value);
}

/** A switch that was on, in every block, and is not any more. */
export const turnedOff: Weaker = (before, after) => isOn(before) && !isOn(after);

/** A switch that was off or absent, and is on. */
export const turnedOn: Weaker = (before, after) => !isSomeOn(before) && isSomeOn(after);

function isSomeOn(value: unknown): boolean {
  return Array.isArray(value) ? value.some(isOn) : isOn(value);
}

function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** A number that became smaller, or is absent, which the provider replaces by its own default. */
export const lower: Weaker = (before, after) => {
  const earlier = numberOf(before);
  return earlier !== undefined && earlier > 0 && (numberOf(after) ?? 0) < earlier;
};

/** A number that became larger. */
export const higher: Weaker = (before, after) => {
  const [earlier, later] = [numberOf(before), numberOf(after)];
  return later !== undefined && earlier !== undefined && later > earlier;
};

const keptFor = (days: number | undefined): number => (days === undefined || days === 0 ? Number.POSITIVE_INFINITY : days);

/** A retention that became shorter; 0 and absent keep everything. */
export const shorter: Weaker = (before, after) => {
  const later = numberOf(after) ?? 0;
  return later > 0 && later < keptFor(numberOf(before));
};

/** A count that fell to none. */
export const none: Weaker = (before, after) => (numberOf(before) ?? 0) > 0 && (numberOf(after) ?? 0) === 0;

/** Something that was there and is gone. */
export const removed: Weaker = (before, after) => !isEmpty(before) && isEmpty(after);

/** Something that was there and is gone or another one. */
export const changed: Weaker = (before, after) => !isEmpty(before) && JSON.stringify(before) !== JSON.stringify(after);

/** A list, or one value, that has a member which it did not have. A list that is new is not judged. */
export const gains: Weaker = (before, after) =>
  before !== undefined && before !== null && stringsOf(after).some((member) => !stringsOf(before).includes(member));

/** A list that lost a member. */
export const loses: Weaker = (before, after) => stringsOf(before).some((member) => !stringsOf(after).includes(member));

/** A value that left the strong ones. */
export function leaves(...strong: readonly string[]): Weaker {
  return (before, after) =>
    stringsOf(before).some((value) => strong.includes(value)) &&
    (stringsOf(after).length < stringsOf(before).length || !stringsOf(after).every((value) => strong.includes(value)));
}

/** A value that became one of the weak ones. */
export function becomes(...weak: readonly string[]): Weaker {
  return (before, after) =>
    stringsOf(after).some((value) => weak.includes(value)) && !stringsOf(before).some((value) => weak.includes(value));
}

/** A value that moved down an order, strongest first. What is not in the order is the weakest. */
export function downIn(...order: readonly string[]): Weaker {
  const rank = (value: unknown): number => {
    const ranks = stringsOf(value)
      .map((text) => order.indexOf(text))
      .map((index) => (index < 0 ? order.length : index));
    return ranks.length === 0 ? order.length : Math.max(...ranks);
  };
  return (before, after) => rank(after) > rank(before);
}

/** The oldest version of TLS that a policy of AWS or Cloudflare accepts, as its minor number; -1 for SSL. */
export function tlsVersion(policy: string): number {
  if (/SSLv/i.test(policy)) return -1;
  const found = /TLS13-1-(\d)/.exec(policy) ?? /(?:TLS|FS)[v_-]*1[._-](\d)(?!\d)/i.exec(policy) ?? /^1\.(\d)$/.exec(policy);
  return found === null ? 0 : Number(found[1]);
}

/** A security policy that accepts an older version of TLS, or the extended set of ciphers. */
export const olderTls: Weaker = (before, after) => {
  const [earlier] = stringsOf(before);
  const [later = ''] = stringsOf(after);
  if (earlier === undefined || earlier === later) return false;
  return tlsVersion(later) < tlsVersion(earlier) || (/-Ext\d/.test(later) && !/-Ext\d/.test(earlier));
};
