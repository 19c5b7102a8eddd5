/** The table of prices: complete, and refused whole when anything in it is wrong. */
import written from '../../src/cost/prices/prices.json';
import { isOld, Prices } from '../../src/cost/prices/table';
import { oldPricesNotice } from '../../src/cost/prices/notice';
import { reportOf } from '../../src/cost/report/json';
import { costOfResources } from './support';

interface Table {
  checked: string;
  pages: any;
  evidence: any;
  prices: any;
}

function withChange(change: (table: Table) => unknown): () => Prices {
  const table = structuredClone(written);
  change(table);
  return () => new Prices(table);
}

test('the table of this checkout is accepted, each price with page, evidence and date', () => {
  const all = new Prices().all();
  expect(all.length).toBeGreaterThan(340);
  for (const { page, evidence, date, usd } of all) {
    expect(page).toMatch(/^https:\/\//);
    expect(evidence.length).toBeGreaterThan(4);
    expect(date).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(usd).toBeGreaterThanOrEqual(0);
  }
});

test.each<[string, (table: Table) => unknown, RegExp]>([
  ['a unit that is none', (t) => (t.prices['ec2/t3.micro'].unit = 'hours'), /ec2\/t3\.micro.*unit/],
  ['a negative price', (t) => (t.prices['ec2/t3.micro'].usd['us-east-1'][0] = -1), /ec2\/t3\.micro/],
  ['a price in words', (t) => (t.prices['ec2/t3.micro'].usd['us-east-1'][0] = '0.01'), /ec2\/t3\.micro/],
  [
    'evidence that is not there',
    (t) => (t.prices['ec2/t3.micro'].usd['us-east-1'][1] = 'e999'),
    /e999.*[\s\S]*id of an entry of evidence/,
  ],
  [
    'evidence that nothing uses',
    (t) => (t.evidence.spare = { text: 'a page', date: '2026-01-01', confidence: 'high' }),
    /evidence\.spare/,
  ],
  ['a region that does not exist', (t) => (t.prices['ec2/t3.micro'].usd['eu-west-9'] = [1, 'e1']), /eu-west-9/],
  ['a service without a page', (t) => delete t.pages.ec2, /a service with a price page/],
  ['a price without a region', (t) => (t.prices['ec2/t3.micro'].usd = {}), /a price in one region/],
  ['a date that is none', (t) => (t.evidence.e1.date = 'last year'), /evidence\.e1\.date/],
  ['an unknown field', (t) => (t.prices['ec2/t3.micro'].price = 1), /price/],
])('%s is refused, with its path', (_, change, words) => {
  expect(withChange(change)).toThrow(words);
});

test('every problem of a table is reported at once', () => {
  const broken = withChange((t) => {
    t.prices['ec2/t3.micro'].usd['us-east-1'][1] = 'e998';
    t.prices['ec2/t3.small'].usd['us-east-1'][1] = 'e999';
  });
  expect(broken).toThrow(/e998[\s\S]*e999/);
});

test('a price is found by region, otherwise the one that holds everywhere, otherwise not at all', () => {
  const prices = new Prices();
  expect(prices.find('ec2/t3.micro', 'eu-west-1')?.usd).toBe(0.0114);
  expect(prices.find('route53/hosted-zone.first-25', 'eu-west-1')).toMatchObject({ region: 'global', usd: 0.5 });
  expect(prices.find('ec2/t3.micro', 'eu-south-2')).toBeUndefined();
  expect(prices.find('ec2/t9.micro', 'eu-west-1')).toBeUndefined();
});

test('a formula that counts in another unit than its price is a mistake, not an amount', () => {
  const table = structuredClone(written);
  table.prices['vpc/public-ipv4.in-use-or-idle'].unit = 'month';
  const modules = { stack: { provider: { aws: [{ region: 'us-east-1' }] }, resource: { aws_eip: { a: {} } } } };
  const { costOf } = jest.requireActual('../../src/cost/calculate');
  const { LITTLE_USAGE } = jest.requireActual('../../src/cost/usage');
  expect(() => costOf({ name: 'x', modules, usage: LITTLE_USAGE }, { prices: new Prices(table) })).toThrow(
    /counts hour, but .* is priced per month/,
  );
});

describe('a price older than a year', () => {
  const of = (date: string) => isOld({ date }, new Date('2026-11-28'));

  it('is old after a year, not before', () => {
    expect([of('2025-11-27'), of('2025-11-29')]).toEqual([true, false]);
  });

  it('is named by a warning', () => {
    const cost = costOfResources({ aws_eip: { a: {} } });
    const report = reportOf([{ cost }], false);
    expect(oldPricesNotice(report, new Date('2026-11-28'))).toBeUndefined();
    expect(oldPricesNotice(report, new Date('2028-11-28'))).toMatch(/vpc\/public-ipv4.* older than a year/);
  });
});
