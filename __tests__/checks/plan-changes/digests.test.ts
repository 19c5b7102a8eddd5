/** The digest of a plan: the same when the same would be applied, and only then. */
import fc from 'fast-check';
import type { RootModule } from '../../../src/terraform/root-module';
import { digestsOf, planJson, valueChange } from '../../support/plans';

const digest = (changes: readonly object[], options: Parameters<typeof digestsOf>[1] & { more?: object } = {}): string =>
  digestsOf(planJson(changes, options.more as Readonly<Record<string, unknown>>), options).plan();

const update = (after: object, marks: object = {}): object =>
  valueChange('aws_db_instance.a', ['update'], { retention: 14, password: 'x', restorable: '10:00' }, after, { ...marks });
const BASE = { retention: 7, password: 'x', restorable: '10:00' };

describe('the digest', () => {
  it('has 64 characters, and is the same for the same changes in any order', () => {
    const [a, b] = [valueChange('aws_vpc.a', ['create'], null, { x: 1 }), valueChange('aws_vpc.b', ['create'], null, { x: 1 })];
    expect(digest([a, b])).toMatch(/^[0-9a-f]{64}$/);
    expect(digest([b, a])).toBe(digest([a, b]));
  });

  it.each([
    ['another value', [update({ ...BASE, retention: 1 })]],
    ['another action', [valueChange('aws_db_instance.a', ['delete', 'create'], {}, BASE)]],
    ['another address', [valueChange('aws_db_instance.b', ['update'], { retention: 14 }, BASE)]],
    ['another path that forces the replacement', [update(BASE, { replace_paths: [['retention']] })]],
    ['an import', [update(BASE, { importing: { id: 'db-1' } })]],
    ['an unknown value', [update({ password: 'x', restorable: '10:00' }, { after_unknown: { retention: true } })]],
    ['one change more', [update(BASE), valueChange('aws_vpc.z', ['create'], null, {})]],
    ['no change', []],
  ])('differs for %s', (_, changes) => expect(digest(changes)).not.toBe(digest([update(BASE)])));

  it('differs for another stack, another key and another output', () => {
    const changes = [update(BASE)];
    expect(digest(changes, { stack: 'other' })).not.toBe(digest(changes));
    expect(digest(changes, { key: 'k' })).not.toBe(digest(changes));
    const output = (after: string) => ({ more: { output_changes: { url: { actions: ['update'], before: 'a', after } } } });
    expect(digest(changes, output('b'))).not.toBe(digest(changes, output('c')));
  });

  it('differs when a plan only imports, moves or changes an output, and for what it imports', () => {
    const imported = (id: string) => valueChange('aws_a.x', ['no-op'], {}, {}, { importing: { id } });
    const moved = valueChange('aws_a.x', ['no-op'], {}, {}, {}, { previous_address: 'aws_a.old' });
    const output = digest([], { more: { output_changes: { url: { actions: ['create'], before: null, after: 'b' } } } });
    expect(new Set([digest([]), digest([imported('1')]), digest([imported('2')]), digest([moved]), output]).size).toBe(5);
  });

  it('differs for another object at the same address', () => {
    const deleted = (id: string) => valueChange('aws_a.x', ['delete'], { id }, null);
    expect(digest([deleted('a')])).not.toBe(digest([deleted('b')]));
  });

  it('does not cover masked values, nor attributes that an update leaves as they were read', () => {
    const marks = { before_sensitive: { password: true } };
    expect(digest([update({ ...BASE, password: 'y' }, marks)])).toBe(digest([update({ ...BASE, password: 'z' }, marks)]));
    const read = (restorable: string) =>
      valueChange('aws_db_instance.a', ['update'], { retention: 14, restorable }, { retention: 7, restorable });
    expect(digest([read('10:00')])).toBe(digest([read('10:05')]));
  });

  it('covers the expression of a value that is known only after the apply, and the data that it reads', () => {
    const change = valueChange('aws_a.x', ['create'], null, {}, { after_unknown: { policy: true } });
    const module = (policy: string): RootModule => ({ resource: { aws_a: { x: { policy } } } });
    expect(digest([change], { module: module('${aws_b.c.arn}/a') })).not.toBe(
      digest([change], { module: module('${aws_b.c.arn}/*') }),
    );
    const reading = (value: string) => ({
      module: module('${data.aws_b.c.v} ${aws_b.c.arn}'),
      more: { prior_state: { values: { root_module: { resources: [{ address: 'data.aws_b.c', values: { v: value } }] } } } },
    });
    expect(digest([change], reading('a'))).not.toBe(digest([change], reading('b')));
  });

  it('covers what Terraform runs, which no plan shows', () => {
    const change = valueChange('aws_a.x', ['create'], null, {});
    const module = (command: string): RootModule => ({
      resource: { aws_a: { x: { provisioner: [{ 'local-exec': { command } }] } } },
    });
    expect(digest([change], { module: module('a') })).not.toBe(digest([change], { module: module('b') }));
  });
});

const json: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ maxLength: 3 }),
    fc.integer(),
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'name', 'size'), tie('value'), { maxKeys: 3 }),
  ),
})).value;

const leavesOf = (value: unknown, path: readonly (string | number)[] = []): readonly (readonly (string | number)[])[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, Array.isArray(value) ? Number(key) : key]))
    : [path];

const withLeaf = (value: unknown, [first, ...rest]: readonly (string | number)[], leaf: unknown): unknown => {
  if (first === undefined) return leaf;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string | number, unknown>;
  copy[first] = withLeaf(copy[first], rest, leaf);
  return copy;
};

test('changing any value that is not masked changes the digest', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('x', 'y', 'z'), json, { minKeys: 1 }),
      fc.dictionary(fc.constantFrom('x', 'y', 'z'), json),
      fc.constantFrom(['create'], ['update'], ['delete', 'create']),
      fc.nat(),
      (after, before, actions, pick) => {
        const leaves = leavesOf(after);
        if (leaves.length === 0) return true;
        const other = withLeaf(after, leaves[pick % leaves.length] ?? [], 'another value');
        const plan = (value: unknown) =>
          digest([valueChange('aws_a.x', actions, actions[0] === 'create' ? null : before, value)]);
        return plan(after) !== plan(other);
      },
    ),
    { numRuns: 500 },
  );
});

describe('what is left after half an apply', () => {
  const vpc = valueChange('aws_vpc.a', ['create'], null, { cidr: '10.0.0.0/16' }, { after_unknown: { id: true } });
  const subnet = (vpcId: string | undefined, cidr = '10.0.1.0/24'): object =>
    valueChange('aws_subnet.a', ['create'], null, vpcId === undefined ? { cidr } : { cidr, vpc_id: vpcId }, {
      after_unknown: vpcId === undefined ? { id: true, vpc_id: true } : { id: true },
    });
  const module = (vpcId = '${aws_vpc.a.id}'): RootModule => ({
    resource: { aws_vpc: { a: { cidr: '10.0.0.0/16' } }, aws_subnet: { a: { cidr: '10.0.1.0/24', vpc_id: vpcId } } },
  });
  const reviewed = digestsOf(planJson([vpc, subnet(undefined)]), { module: module() }).changes();
  const isCovered = (changes: readonly object[], own = module()): boolean =>
    digestsOf(planJson(changes), { module: own }).areAmong(reviewed);

  it('is covered by the review, also when it now knows what was unknown', () => {
    expect(isCovered([vpc, subnet(undefined)])).toBe(true);
    expect(isCovered([subnet('vpc-1')])).toBe(true);
    expect(isCovered([vpc])).toBe(true);
  });

  it.each([
    ['with another value', [subnet('vpc-1', '0.0.0.0/0')], module()],
    ['with another expression for what was unknown', [subnet('vpc-1')], module('vpc-1')],
    ['and something else', [subnet('vpc-1'), valueChange('aws_vpc.b', ['create'], null, {})], module()],
    ['as another action', [valueChange('aws_vpc.a', ['update'], {}, { cidr: '10.0.0.0/16' })], module()],
  ])('is not covered %s', (_, changes, own) => expect(isCovered(changes, own)).toBe(false));

  it('is not covered by the review of another stack, or with another key', () => {
    const text = planJson([vpc]);
    expect(digestsOf(text, { stack: 'other', module: module() }).areAmong(reviewed)).toBe(false);
    expect(digestsOf(text, { key: 'k', module: module() }).areAmong(reviewed)).toBe(false);
  });
});
