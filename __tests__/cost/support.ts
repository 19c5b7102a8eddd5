/** Resources as a synthesis writes them, and what they cost. */
import { costOf, type Cost } from '../../src/cost/calculate';
import { LITTLE_USAGE } from '../../src/cost/usage';
import type { ResolvedUsage, UsageName } from '../../src/config/resolved/cost';
import { USAGE_QUANTITIES } from '../../src/config/resolved/cost';

export type Resources = Readonly<Record<string, Readonly<Record<string, object>>>>;

export interface CaseOptions {
  /** @default nothing is used */
  readonly usage?: Partial<Record<UsageName, number>>;
  readonly averageTasks?: Readonly<Record<string, number>>;
  /** @default 'us-east-1' */
  readonly region?: string;
  readonly freeTier?: boolean;
}

/** Usage with every quantity stated. */
export function usageOf(stated: CaseOptions['usage'] = {}, averageTasks: CaseOptions['averageTasks'] = {}): ResolvedUsage {
  const quantities = USAGE_QUANTITIES.map((name) => [name, { value: stated[name] ?? 0 }]);
  return { ...LITTLE_USAGE, ...Object.fromEntries(quantities), averageTasks };
}

/** The cost of one stack with some resources. */
export function costOfResources(resource: Resources, options: CaseOptions = {}): Cost {
  const { usage, averageTasks, region = 'us-east-1', freeTier } = options;
  const modules = { 'shop-test-stack': { provider: { aws: [{ region }] }, resource: resource as never } };
  return costOf({ name: 'shop-test', modules, usage: usageOf(usage, averageTasks) }, { freeTier });
}

/** Expected dollars of the charges whose price matches, or of all. */
export function dollarsOf({ lines }: Cost, price = ''): number {
  return lines.filter(({ price: { key } }) => key.startsWith(price)).reduce((sum, { monthly }) => sum + monthly.expected, 0);
}
