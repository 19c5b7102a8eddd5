/** The notice about prices whose evidence is old. Pure. */
import type { CostReport } from '../report/json';
import { isOld } from './table';

/** @returns undefined where no price of the report is older than a year */
export function oldPricesNotice({ groups }: CostReport, today: Date): string | undefined {
  const used = groups.flatMap(({ lines }) => lines.map(({ price }) => price));
  const old = new Set(used.filter((price) => isOld(price, today)).map(({ key, region }) => `${key} in ${region}`));
  if (old.size === 0) return undefined;
  const [first] = old;
  const all = old.size === 1 ? `The price ${first} was` : `${old.size} prices, such as ${first}, were`;
  return `warning  ${all} read from a source that is older than a year: npm run prices -- --check lists them`;
}
