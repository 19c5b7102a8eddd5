/** What a formula says of a resource: quantities and the prices that they are billed at, before any price is looked up. */
import type { ResolvedUsage } from '../config/resolved/cost';
import type { Block } from '../terraform/root-module';
import type { Range } from './range';
import type { StackResource, Stacks } from './stacks';

/** What a person looks for in a table of costs. */
export const KINDS = [
  'Compute',
  'Database',
  'Cache',
  'Load balancer',
  'Network',
  'Storage',
  'Images and builds',
  'Edge and DNS',
  'Secrets and keys',
  'Messaging',
  'Monitoring',
  // What is not charged while the environment sleeps; negative.
  'Sleep',
] as const;

export type Kind = (typeof KINDS)[number];

/** Hours of a month, as AWS's calculator counts them. */
export const HOURS = 730;

/** One charge of a resource in a month. */
export interface Charge {
  readonly kind: Kind;
  /** What is charged, in words: `2 tasks, 0.5 vCPU`. */
  readonly what: string;
  /** The key in the table of prices. */
  readonly price: string;
  /** The unit that the formula counts in; the table has to agree. */
  readonly unit: string;
  /** Units in a month. */
  readonly quantity: number | Range;
  /** `fixed` accrues while the resource exists; `usage` depends on load. */
  readonly basis: 'fixed' | 'usage';
  /** Where the price applies. @default the region of the resource */
  readonly region?: string;
  /** What the quantity assumes. */
  readonly assumption?: string;
}

/** What formulas see besides the resource. */
export interface FormulaContext {
  readonly stacks: Stacks;
  readonly usage: ResolvedUsage;
  readonly resource: StackResource;
  /** The region of the resource. */
  readonly region: string;
}

/** The charges of a resource; empty where this one costs nothing. */
export type Formula = (block: Block, context: FormulaContext) => readonly Charge[];

/** A charge per hour that accrues all month. */
export function hourly(kind: Kind, what: string, price: string, count = 1, unit = 'hour'): Charge {
  return { kind, what, price, unit, quantity: HOURS * count, basis: 'fixed' };
}

/** A charge per month that accrues while the resource exists. */
export function monthly(kind: Kind, what: string, price: string, unit: string, quantity = 1): Charge {
  return { kind, what, price, unit, quantity, basis: 'fixed' };
}

/** A charge for something used, left out where nothing is. */
export function used(charge: Omit<Charge, 'basis'>): readonly Charge[] {
  const { quantity } = charge;
  const most = typeof quantity === 'number' ? quantity : quantity.high;
  return most > 0 ? [{ ...charge, basis: 'usage' }] : [];
}

/** Something that scales: what always runs is fixed, the rest depends on load. */
export function scaled(charge: Omit<Charge, 'basis' | 'quantity'>, count: Range, unitsOfEach: number): readonly Charge[] {
  const more = { low: 0, expected: (count.expected - count.low) * unitsOfEach, high: (count.high - count.low) * unitsOfEach };
  return [
    ...(count.low > 0 ? [{ ...charge, quantity: count.low * unitsOfEach, basis: 'fixed' as const }] : []),
    ...used({ ...charge, what: `${charge.what}, beyond the minimum`, quantity: more }),
  ];
}
