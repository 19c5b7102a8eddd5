/** Heading and rows of a table of parts, kinds or stacks, for the terminal and for Markdown. Pure. */
import { dollars } from '../money';
import { isWorthListing, type GroupReport } from './json';

export function partsRows(title: string, parts: GroupReport['byKind']): readonly [readonly string[], ...(readonly string[])[]] {
  return [
    [title, 'fixed', 'by usage', 'total', 'low', 'high'],
    ...parts
      .filter(isWorthListing)
      .map(({ name, fixed, usage, total }) => [
        name,
        ...[fixed, usage.expected, total.expected, total.low, total.high].map(dollars),
      ]),
  ];
}
