/** An amount that depends on load: at the least, as expected, at the most. Pure. */

export interface Range {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
}

export const ZERO: Range = { low: 0, expected: 0, high: 0 };

export function rangeOf(amount: number | Range): Range {
  return typeof amount === 'number' ? { low: amount, expected: amount, high: amount } : amount;
}

export function times(amount: number | Range, factor: number): Range {
  const { low, expected, high } = rangeOf(amount);
  return { low: low * factor, expected: expected * factor, high: high * factor };
}

export function plus(one: Range, other: Range): Range {
  return { low: one.low + other.low, expected: one.expected + other.expected, high: one.high + other.high };
}

export function sum(ranges: readonly Range[]): Range {
  return ranges.reduce(plus, ZERO);
}
