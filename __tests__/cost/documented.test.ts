/** A document's table next to ours: each charge in one line, and nothing unexplained. */
import { compare, type DocumentedCost } from '../../src/cost/documented';
import { reportOf } from '../../src/cost/report/json';
import { costOfResources } from './support';

const { groups } = reportOf(
  [{ cost: costOfResources({ aws_eip: { a: {} }, aws_kms_key: { key: {} }, aws_nat_gateway: { n: {} } }) }],
  false,
);
const group = groups[0]!;
const document: DocumentedCost = {
  document: 'Costs',
  total: 40,
  lines: [
    { item: 'NAT', usd: 32, ours: ['vpc/nat-gateway.*'], reason: '730 hours' },
    { item: 'Domain', usd: [0, 1], ours: [], reason: 'elsewhere' },
  ],
  forgotten: { Network: 'the address', 'Secrets and keys': 'the key' },
};

it('counts each charge once, and what no line names as forgotten', () => {
  expect(compare(group, document)).toEqual([
    { item: 'NAT', document: 32, ours: 32.85, reason: '730 hours' },
    { item: 'Domain', document: [0, 1], ours: 0, reason: 'elsewhere' },
    { item: 'Network, otherwise', ours: 3.65, reason: 'the address' },
    { item: 'Secrets and keys, otherwise', ours: 1, reason: 'the key' },
  ]);
});

it('is refused when a forgotten kind has no reason, or a reason has no charge', () => {
  expect(() => compare(group, { ...document, forgotten: { Network: 'the address' } })).toThrow(/missing: Secrets and keys/);
  expect(() => compare(group, { ...document, forgotten: { ...document.forgotten, Cache: 'none' } })).toThrow(
    /without charges: Cache/,
  );
});
