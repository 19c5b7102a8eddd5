/** Of every listed environment: no charge is unknown, and the tables of the documents are explained. */
import { environments } from '../../environments';
import { costReport, documentedCosts } from '../../src/commands/docs/cost-page';
import { compare } from '../../src/cost/documented';
import type { CostReport } from '../../src/cost/report/json';
import { capture } from '../support/command';

let report: CostReport;

beforeAll(async () => {
  report = await costReport({ files: environments, io: capture().io });
}, 120_000);

it('has no charge without a price', () => {
  const unknown = report.groups.flatMap(({ name, unknown: charges }) =>
    charges.map(({ address, reason }) => `${name} ${address}: ${reason}`),
  );
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
