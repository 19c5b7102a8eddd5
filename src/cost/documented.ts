/** The table of costs in a customer's document, compared with ours line by line. Pure. */
import picomatch from 'picomatch';
import { z } from 'zod';
import type { GroupReport } from './report/json';

const amount = z.union([z.number().nonnegative(), z.tuple([z.number().nonnegative(), z.number().nonnegative()])]);

/** The costs that a document states for an environment. */
const documented = z.strictObject({
  /** The table of the document. */
  document: z.string(),
  total: amount,
  lines: z.array(
    z.strictObject({
      /** As the document names it. */
      item: z.string(),
      usd: amount,
      /** Globs of our prices that this line is about; a charge counts for the first line that names it. */
      ours: z.array(z.string()),
      /** Why the two differ. */
      reason: z.string().min(5),
    }),
  ),
  /** What the document left out, by kind. */
  forgotten: z.record(z.string(), z.string()),
});

/** The file `environments/<system>/costs.yaml`: environment to its table. */
export const documentedCostsSchema = z.record(z.string(), documented);

export type DocumentedCost = z.output<typeof documented>;
export type Amount = z.output<typeof amount>;

export interface ComparedLine {
  readonly item: string;
  /** Left out for what the document does not have. */
  readonly document?: Amount;
  readonly ours: number;
  readonly reason: string;
}

/** @throws Error when a kind of charge is in no line and `forgotten` does not say why, or says so of a kind without charges */
export function compare(group: GroupReport, { lines, forgotten }: DocumentedCost): readonly ComparedLine[] {
  const matchers = lines.map(({ ours }) => (ours.length === 0 ? () => false : picomatch(ours)));
  const sums = lines.map(() => 0);
  const rest = new Map<string, number>();
  for (const { kind, price, monthly } of group.lines) {
    const index = matchers.findIndex((matches) => matches(price.key));
    if (index >= 0) sums[index] = (sums[index] ?? 0) + monthly.expected;
    else rest.set(kind, (rest.get(kind) ?? 0) + monthly.expected);
  }
  const left = [...rest].filter(([, usd]) => usd > 0);
  const unexplained = left.map(([kind]) => kind).filter((kind) => !(kind in forgotten));
  const unneeded = Object.keys(forgotten).filter((kind) => !left.some(([name]) => name === kind));
  if (unexplained.length > 0 || unneeded.length > 0)
    throw new Error(
      `${group.name}: \`forgotten\` in costs.yaml has to name ${left.map(([kind]) => kind).join(', ') || 'nothing'}; ` +
        `missing: ${unexplained.join(', ') || 'none'}, without charges: ${unneeded.join(', ') || 'none'}`,
    );
  return [
    ...lines.map(({ item, usd, reason }, index) => ({ item, document: usd, ours: sums[index] ?? 0, reason })),
    ...left
      .sort(([, one], [, other]) => other - one)
      .map(([kind, ours]) => ({ item: `${kind}, otherwise`, ours, reason: forgotten[kind] ?? '' })),
  ];
}
