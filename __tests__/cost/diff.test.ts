/** The cost before and after a change. */
import { changeLine, changesBetween, changesMarkdown, changesText } from '../../src/cost/diff';
import { reportOf, type CostReport } from '../../src/cost/report/json';
import { costOfResources, type Resources } from './support';

const report = (...groups: readonly (readonly [string, Resources])[]): CostReport =>
  reportOf(
    groups.map(([name, resources]) => ({ cost: { ...costOfResources(resources), name } })),
    false,
  );
const addresses = (...names: readonly string[]): Resources => ({ aws_eip: Object.fromEntries(names.map((name) => [name, {}])) });

const before = report(['shop-prod', addresses('a')], ['shop-old', addresses('a')], ['shop-dev', addresses('a')]);
const after = report(['shop-prod', addresses('a', 'b')], ['shop-dev', addresses('a')], ['shop-new', addresses('a')]);
const changes = changesBetween(before, after);

it('has every environment of either side, with the kinds that change', () => {
  expect(changes).toEqual([
    { name: 'shop-prod', before: 3.65, after: 7.3, kinds: [{ name: 'Network', before: 3.65, after: 7.3 }] },
    { name: 'shop-dev', before: 3.65, after: 3.65, kinds: [] },
    { name: 'shop-new', before: undefined, after: 3.65, kinds: [{ name: 'Network', before: 0, after: 3.65 }] },
    { name: 'shop-old', before: 3.65, after: undefined, kinds: [{ name: 'Network', before: 3.65, after: 0 }] },
  ]);
});

it('shows only what changes in the table, and says so when nothing does', () => {
  const table = changesMarkdown(changes);
  expect(table).toMatch(/shop-prod\s+\| \$3\.65\s+\| \$7\.30\s+\| \*\*\+\$3\.65\*\*/);
  expect(table).toMatch(/shop-old\s+\| \$3\.65\s+\| none\s+\| \*\*-\$3\.65\*\*/);
  expect(table).not.toContain('shop-dev');
  expect(changesMarkdown(changesBetween(after, after))).toBe('Cost: no change.');
});

it('lists everything for a terminal', () => {
  expect(changesText(changes)).toContain('shop-dev   $3.65 → $3.65  no change');
});

it('has one line for the comment of an environment, and none for an unknown one', () => {
  expect(changeLine(changes, 'shop-prod')).toBe('Cost a month: $3.65 → $7.30, **+$3.65** (Network +$3.65).');
  expect(changeLine(changes, 'shop-dev')).toBe('Cost a month: $3.65, no change.');
  expect(changeLine(changes, 'shop-other')).toBe('');
});

it('counts everything as new without an earlier report', () => {
  expect(changesBetween(undefined, after).map((one) => one.before)).toEqual([undefined, undefined, undefined]);
});
