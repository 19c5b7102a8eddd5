/** The cost for a terminal. Pure. */
import { about, dollarRange, dollars, isBilled } from '../money';
import type { CostReport, GroupReport } from './json';
import { partsRows } from './parts-table';

/** Charges that are listed one by one; the smaller ones are one line. */
const LISTED = 15;

export function textReport({ groups, total, freeTier, pricesChecked }: CostReport): string {
  const heading = freeTier ? 'less what is always free in an account' : 'without free tiers';
  return [
    ...groups.map(groupText),
    ...(groups.length > 1 ? [`All together ${about(total)}${between(total)}.`] : []),
    `On demand, 730 hours a month, ${heading}, without taxes; prices checked on ${pricesChecked} (npm run prices).`,
  ].join('\n\n');
}

function between({ low, high }: CostReport['total']): string {
  return dollars(low) === dollars(high) ? '' : `, ${dollars(low)} to ${dollars(high)}`;
}

function groupText(group: GroupReport): string {
  const { name, total, fixed, usage, byKind, byStack, assumptions, unknown, budgetUsd } = group;
  const budget = budgetUsd === undefined ? '' : `; the budget is ${dollars(budgetUsd)}`;
  if (!isBilled(total) && unknown.length === 0) return `${name}  nothing that AWS bills`;
  return [
    `${name}  ${about(total)}${between(total)}: ${dollars(fixed)} fixed, ${dollars(usage.expected)} by usage${budget}`,
    table('by kind', byKind),
    table(
      'by stack',
      byStack.map((part) => ({ ...part, name: part.name.replace(`${name}-`, '') })),
    ),
    charges(group),
    ...sleep(group),
    ...(assumptions.length === 0
      ? []
      : [
          [
            '  assumed (change it with `usage` in the environment file)',
            ...assumptions.map(({ name: field, value, reason }) => `    ${field} ${value.toLocaleString('en-US')}: ${reason}`),
          ].join('\n'),
        ]),
    ...(unknown.length === 0
      ? []
      : [
          [
            '  UNKNOWN, and not in the total (docs/cost.md says how to add a price)',
            ...unknown.map(({ stack, address, reason }) => `    ${stack} ${address}: ${reason}`),
          ].join('\n'),
        ]),
  ].join('\n\n');
}

function table(title: string, parts: GroupReport['byKind']): string {
  const rows = partsRows(title, parts);
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ');
  return rows.map((row) => `  ${line(row)}`).join('\n');
}

function lineText({ monthly, basis, what, stack, address }: GroupReport['lines'][number], group: string): string {
  return `  ${dollars(monthly.expected).padStart(10)}  ${basis.padEnd(5)}  ${what}  (${stack.replace(`${group}-`, '')} ${address})`;
}

function charges({ lines, name }: GroupReport): string {
  const sorted = lines
    .filter(({ monthly }) => monthly.high >= 0.005)
    .sort((one, other) => other.monthly.expected - one.monthly.expected);
  const rest = sorted.slice(LISTED).reduce((sum, { monthly }) => sum + monthly.expected, 0);
  return [
    '  largest charges',
    ...sorted.slice(0, LISTED).map((line) => lineText(line, name)),
    ...(sorted.length > LISTED
      ? [`  ${dollars(rest).padStart(10)}         ${sorted.length - LISTED} smaller charges; --json lists all`]
      : []),
  ].join('\n');
}

/** What stops while the environment sleeps, the largest first; nothing where it never sleeps. */
function sleep({ lines, name }: GroupReport): readonly string[] {
  const saved = lines
    .filter(({ kind, monthly }) => kind === 'Sleep' && monthly.expected <= -0.005)
    .sort((one, other) => one.monthly.expected - other.monthly.expected);
  if (saved.length === 0) return [];
  return [['  not charged', ...saved.map((line) => lineText(line, name))].join('\n')];
}

/** A group in one line, for lists. */
export function groupLine({ name, total }: GroupReport): string {
  return `${name}: ${dollarRange(total)}`;
}
