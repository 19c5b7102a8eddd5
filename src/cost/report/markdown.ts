/** The cost as Markdown. Pure. */
import { markdownTable } from '../../cli/markdown';
import { about, dollars } from '../money';
import type { CostReport, GroupReport } from './json';
import { partsRows } from './parts-table';

export function markdownReport({ groups, total, pricesChecked }: CostReport): string {
  return [
    ...groups.map((group) => `## ${group.name}\n\n${groupMarkdown(group)}`),
    ...(groups.length > 1 ? [`All together **${about(total)}**.`] : []),
    `On demand, 730 hours a month; prices checked on ${pricesChecked}.`,
  ].join('\n\n');
}

/** A group without its heading. */
export function groupMarkdown({ name, total, fixed, usage, byKind, byStack, assumptions, unknown }: GroupReport): string {
  const short = byStack.map((part) => ({ ...part, name: part.name.replace(`${name}-`, '') }));
  return [
    `**${about(total)}** (${dollars(total.low)} to ${dollars(total.high)}): ${dollars(fixed)} fixed, ${dollars(usage.expected)} by usage.`,
    partsTable('kind', byKind),
    partsTable('stack', short),
    ...(assumptions.length === 0
      ? []
      : [
          markdownTable(
            ['assumed', 'value', 'because'],
            assumptions.map(({ name: field, value, reason }) => [`\`${field}\``, value.toLocaleString('en-US'), reason]),
          ),
        ]),
    ...(unknown.length === 0
      ? []
      : [
          markdownTable(
            ['unknown, not in the total', 'why'],
            unknown.map(({ address, reason }) => [`\`${address}\``, reason]),
          ),
        ]),
  ].join('\n\n');
}

function partsTable(title: string, parts: GroupReport['byKind']): string {
  const [heading, ...rows] = partsRows(title, parts);
  return markdownTable(heading, rows);
}
