/** The cost before and after a change, by environment. Pure. */
import { z } from 'zod';
import { markdownTable } from '../cli/markdown';
import { change, dollars } from './money';
import type { CostReport, GroupReport } from './report/json';

const groupChange = z.strictObject({
  name: z.string(),
  /** Expected dollars a month; left out where the group did not exist. */
  before: z.number().optional(),
  /** Left out where it no longer exists. */
  after: z.number().optional(),
  /** Kinds whose cost changes. */
  kinds: z.array(z.strictObject({ name: z.string(), before: z.number(), after: z.number() })),
});

/** What `npm run cost -- --diff <before> --json` prints. */
export const costChangesSchema = z.strictObject({ version: z.literal(1), changes: z.array(groupChange) });

export type GroupChange = z.output<typeof groupChange>;

/** Every group of either report, in the order of the later one. */
export function changesBetween(before: CostReport | undefined, after: CostReport): readonly GroupChange[] {
  const earlier = before?.groups ?? [];
  const names = [...new Set([...after.groups, ...earlier].map(({ name }) => name))];
  const find = (groups: readonly GroupReport[], name: string) => groups.find((group) => group.name === name);
  return names.map((name) => {
    const [old, current] = [find(earlier, name), find(after.groups, name)];
    return { name, before: old?.total.expected, after: current?.total.expected, kinds: changedKinds(old, current) };
  });
}

function changedKinds(before: GroupReport | undefined, after: GroupReport | undefined): GroupChange['kinds'] {
  const amount = (group: GroupReport | undefined, kind: string): number =>
    group?.byKind.find(({ name }) => name === kind)?.total.expected ?? 0;
  const names = [...new Set([...(before?.byKind ?? []), ...(after?.byKind ?? [])].map(({ name }) => name))];
  return names
    .map((name) => ({ name, before: amount(before, name), after: amount(after, name) }))
    .filter((kind) => change(kind.before, kind.after) !== 'no change');
}

/** The table of a pull-request comment: only what changes; one sentence where nothing does. */
export function changesMarkdown(changes: readonly GroupChange[]): string {
  const changed = changes.filter(isChanged);
  if (changed.length === 0) return 'Cost: no change.';
  return markdownTable(
    ['environment', 'before', 'after', 'change a month', 'by'],
    changed.map((one) => [one.name, amountText(one.before), amountText(one.after), `**${difference(one)}**`, kindsText(one)]),
  );
}

export function changesText(changes: readonly GroupChange[]): string {
  const width = Math.max(...changes.map(({ name }) => name.length), 0);
  return changes
    .map((one) => {
      const arrow = `${amountText(one.before)} → ${amountText(one.after)}`;
      return `${one.name.padEnd(width)}  ${arrow}  ${difference(one)}${isChanged(one) ? `  (${kindsText(one)})` : ''}`;
    })
    .join('\n');
}

/** The line of one environment, for its comment; empty where it is in neither report. */
export function changeLine(changes: readonly GroupChange[], environment: string): string {
  const found = changes.find(({ name }) => name === environment);
  if (found === undefined) return '';
  return isChanged(found)
    ? `Cost a month: ${amountText(found.before)} → ${amountText(found.after)}, **${difference(found)}** (${kindsText(found)}).`
    : `Cost a month: ${amountText(found.after)}, no change.`;
}

function isChanged(one: GroupChange): boolean {
  return one.before === undefined || one.after === undefined || difference(one) !== 'no change';
}

function difference({ before = 0, after = 0 }: GroupChange): string {
  return change(before, after);
}

function amountText(amount: number | undefined): string {
  return amount === undefined ? 'none' : dollars(amount);
}

function kindsText({ kinds }: GroupChange): string {
  return kinds.map(({ name, before, after }) => `${name} ${change(before, after)}`).join(', ');
}
