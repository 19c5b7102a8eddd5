/** The cost of an environment, out of its synthesised resources and its usage. Pure: no rendering, no synthesis. */
import { groupBy } from '../cli/group-by';
import { withoutSleep } from './asleep';
import type { ResolvedCost, ResolvedUsage } from '../config/resolved/cost';
import { USAGE_QUANTITIES } from '../config/resolved/cost';
import type { Modules } from '../terraform/root-module';
import type { Charge, Kind } from './charge';
import { FORMULAS } from './formulas';
import { withoutFree } from './free-tier';
import { NO_CHARGE } from './no-charge';
import { GLOBAL, prices as sharedPrices, type Price, type Prices } from './prices/table';
import { rangeOf, sum, times, type Range } from './range';
import { Stacks } from './stacks';

export interface CostInput {
  /** The environment, state store or shared zone. */
  readonly name: string;
  readonly modules: Modules;
  readonly usage: ResolvedUsage;
  /** Plan of the Cloudflare zone that this group configures. @default none */
  readonly cloudflarePlan?: string;
  /** How long the group sleeps. @default never */
  readonly asleep?: ResolvedCost['asleep'];
}

export interface CostOptions {
  /** Takes what is always free in an account from the quantities. @default false */
  readonly freeTier?: boolean;
  /** @default the table of this checkout */
  readonly prices?: Prices;
}

/** One charge of one resource. */
export interface CostLine {
  readonly stack: string;
  readonly address: string;
  readonly kind: Kind;
  readonly what: string;
  readonly basis: 'fixed' | 'usage';
  readonly price: Price;
  /** Units in a month. */
  readonly quantity: Range;
  /** Dollars a month. */
  readonly monthly: Range;
  readonly assumption?: string;
}

/** A resource whose cost is not in the total. */
export interface UnknownCost {
  readonly stack: string;
  readonly address: string;
  readonly reason: string;
}

export interface Cost {
  readonly name: string;
  readonly lines: readonly CostLine[];
  readonly unknown: readonly UnknownCost[];
  /** Usage that the environment does not state. */
  readonly assumptions: readonly { readonly name: string; readonly value: number; readonly reason: string }[];
  readonly fixed: number;
  readonly usage: Range;
  readonly total: Range;
}

/** @throws Error when a formula counts in another unit than its price, which is a mistake in this folder */
export function costOf({ name, modules, usage, cloudflarePlan, asleep }: CostInput, options: CostOptions = {}): Cost {
  const { freeTier = false, prices = sharedPrices() } = options;
  const stacks = new Stacks(modules);
  const lines: Omit<CostLine, 'monthly'>[] = [];
  const unknown: UnknownCost[] = [];
  const add = (place: { readonly stack: string; readonly address: string }, charge: Charge, region: string): void => {
    const price = prices.find(charge.price, charge.region ?? region);
    if (price === undefined) {
      unknown.push({ ...place, reason: `${charge.what}: no price ${charge.price} in ${charge.region ?? region}` });
      return;
    }
    if (price.unit !== charge.unit)
      throw new Error(`${place.address}: the formula counts ${charge.unit}, but ${charge.price} is priced per ${price.unit}`);
    const { kind, what, basis, assumption } = charge;
    lines.push({ ...place, kind, what, basis, assumption, price, quantity: rangeOf(charge.quantity) });
  };
  for (const resource of stacks.resources) {
    const { stack, address, type, block } = resource;
    if (NO_CHARGE.has(type)) continue;
    const formula = FORMULAS[type];
    if (formula === undefined) {
      unknown.push({ stack, address, reason: `no formula for ${type} in src/cost, and no entry among those that cost nothing` });
      continue;
    }
    const region = stacks.regionOf(resource);
    for (const charge of formula(block, { stacks, usage, resource, region })) add({ stack, address }, charge, region);
  }
  if (cloudflarePlan !== undefined)
    add({ stack: Object.keys(modules)[0] ?? name, address: 'the Cloudflare zone' }, planCharge(cloudflarePlan), GLOBAL);
  const charged = withoutSleep(lines, asleep);
  const priced = (freeTier ? withoutFree(charged) : charged).map((line) => ({
    ...line,
    monthly: times(line.quantity, line.price.usd),
  }));
  return { name, lines: priced, unknown, assumptions: assumptionsOf(usage), ...totals(priced) };
}

function planCharge(plan: string): Charge {
  return {
    kind: 'Edge and DNS',
    what: `Cloudflare plan ${plan}`,
    price: `cloudflare/zone.${plan}`,
    unit: 'month',
    quantity: 1,
    basis: 'fixed',
  };
}

/** The sums of some lines. */
export function totals(lines: readonly CostLine[]): Pick<Cost, 'fixed' | 'usage' | 'total'> {
  const of = (basis: CostLine['basis']): Range => sum(lines.filter((line) => line.basis === basis).map(({ monthly }) => monthly));
  return { fixed: of('fixed').expected, usage: of('usage'), total: sum(lines.map(({ monthly }) => monthly)) };
}

/** Lines by what a function says of each, in the order of first appearance. */
export function groupLines(
  lines: readonly CostLine[],
  nameOf: (line: CostLine) => string,
): readonly { readonly name: string; readonly lines: readonly CostLine[] }[] {
  return [...groupBy(lines, nameOf)].map(([name, members]) => ({ name, lines: members }));
}

function assumptionsOf(usage: ResolvedUsage): Cost['assumptions'] {
  return USAGE_QUANTITIES.flatMap((name) => {
    const { value, assumption } = usage[name];
    return assumption === undefined || value === 0 ? [] : [{ name, value, reason: assumption }];
  });
}
