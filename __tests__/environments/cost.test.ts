/** Of every listed environment: no charge is unknown, and the tables of the documents are explained. */
import { environments } from '../../environments';
import { costReport, documentedCosts } from '../../src/commands/docs/cost-page';
import { compare } from '../../src/cost/documented';
import { prices } from '../../src/cost/prices/table';
import type { CostReport } from '../../src/cost/report/json';
import { capture } from '../support/command';

let report: CostReport;

beforeAll(async () => {
  report = await costReport({ files: environments, io: capture().io });
}, 120_000);

/** Regions whose prices are collected, and not those of a few items that an environment elsewhere needs there. */
function coveredRegions(): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const { region } of prices().all()) counts.set(region, (counts.get(region) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return new Set([...counts].filter(([, count]) => count > most / 2).map(([region]) => region));
}

it('has no charge without a price, but for regions whose prices are not collected', () => {
  const covered = coveredRegions();
  const unknown = report.groups.flatMap(({ name, unknown: charges }) =>
    charges
      .filter(({ reason }) => {
        const [, key, region] = /^.*no price (\S+) in (\S+)$/.exec(reason) ?? [];
        // The item itself is known.
        return key === undefined || region === undefined || covered.has(region) || prices().find(key, 'us-east-1') === undefined;
      })
      .map(({ address, reason }) => `${name} ${address}: ${reason}`),
  );
  expect(covered).toContain('us-east-1');
  expect(unknown).toEqual([]);
});

it('has every line of a document next to ours, with a reason', () => {
  for (const [name, document] of documentedCosts()) {
    const group = report.groups.find((one) => one.name === name);
    expect(group).toBeDefined();
    const ours = compare(group!, document).reduce((sum, line) => sum + line.ours, 0);
    expect(ours).toBeCloseTo(group!.total.expected, 1);
  }
});

it('is within the range of its own scaling', () => {
  for (const { total } of report.groups) {
    expect(total.low).toBeLessThanOrEqual(total.expected);
    expect(total.expected).toBeLessThanOrEqual(total.high);
  }
});
