/** Amounts as people read them. Pure. */
import type { Range } from './range';

/** `$0.42`, `$12.30`, `$1,234`. */
export function dollars(amount: number): string {
  const digits = Math.abs(amount) >= 100 ? 0 : 2;
  const text = Math.abs(amount).toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${amount < 0 && Number(text.replace(/,/g, '')) !== 0 ? '-' : ''}$${text}`;
}

/** `$12.30`, or `$12.30 to $40.00` where load decides. */
export function dollarRange({ low, expected, high }: Range): string {
  return dollars(low) === dollars(high) ? dollars(expected) : `${dollars(expected)} (${dollars(low)} to ${dollars(high)})`;
}

/** `about $123 a month`; `nothing a month` where nothing is billed. */
export function about(total: Range): string {
  if (!isBilled(total)) return 'nothing a month';
  const amount = total.expected < 10 ? total.expected.toFixed(2) : Math.round(total.expected).toLocaleString('en-US');
  return `about $${amount} a month`;
}

/** Whether an amount is more than rounding. */
export function isBilled({ high }: Range): boolean {
  return high >= 0.005;
}

/** A change: `+$4.00`, `-$4.00`, `no change`. */
export function change(before: number, after: number): string {
  const difference = after - before;
  if (Math.abs(difference) < 0.005) return 'no change';
  return difference > 0 ? `+${dollars(difference)}` : dollars(difference);
}
