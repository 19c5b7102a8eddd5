/** Turning `protect` on or off: a plan that changes in place, and replaces nothing that holds data. */
import { isEmulated } from '../../src/config';
import { resolve } from '../../src/config/resolve/environment';
import { environmentSchema, type EnvironmentInput } from '../../src/config/schema/environment';
import { guardedType, mustKeepAddress } from '../../src/checks/guarded-types';
import { example } from '../support/example';
import { EVERYTHING } from '../support/shop';
import { synthEnvironment } from '../support/synth';

type Resources = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/** Attributes that the provider updates in place or keeps only in its state: none has `ForceNew` in the provider's schemas. */
const IN_PLACE: ReadonlySet<string> = new Set([
  'apply_immediately',
  'delete_automated_backups',
  'deletion_protection',
  'enable_deletion_protection',
  'final_snapshot',
  'final_snapshot_identifier',
  'force_delete',
  'force_destroy',
  'lifecycle',
  'recovery_window_in_days',
  'skip_final_snapshot',
  'snapshot_retention_limit',
]);

function resourcesOfAll(input: EnvironmentInput, protect: boolean): Resources {
  const environment = resolve(environmentSchema.parse({ ...input, protect }), { warnings: [], acceptedTexts: [] });
  return new Map(
    Object.entries(synthEnvironment(environment)).flatMap(([stack, { resource = {} }]) =>
      Object.entries(resource).flatMap(([type, byName]) =>
        Object.entries(byName).map(([name, block]) => [`${stack} ${type}.${name}`, block] as const),
      ),
    ),
  );
}

function differingAttributes(one: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(
    (attribute) => JSON.stringify(one[attribute]) !== JSON.stringify(other[attribute]),
  );
}

const typeOf = (address: string): string => address.split(/[ .]/)[1] ?? '';

/** The resources of one environment, without protection and with it. */
interface BothWays {
  readonly off: Resources;
  readonly on: Resources;
}

const onAws: BothWays[] = [];

beforeAll(async () => {
  for (const load of Object.values(EVERYTHING)) {
    const { default: input } = await load();
    if (isEmulated(input)) continue;
    const off = resourcesOfAll(input as EnvironmentInput, false);
    const on = resourcesOfAll(input as EnvironmentInput, true);
    onAws.push({ off, on });
  }
});

test('turning protect on or off neither adds nor removes a resource that holds data', () => {
  const kept = (resources: Resources) => [...resources.keys()].filter((address) => mustKeepAddress(typeOf(address))).sort();
  expect(onAws.length).toBeGreaterThan(3);
  for (const { on, off } of onAws) expect(kept(on)).toEqual(kept(off));
});

test('turning protect on or off changes guarded resources only in place: no key, name, identifier or zone', () => {
  const changes = onAws.flatMap(({ on, off }) =>
    [...off].flatMap(([address, block]) => {
      const other = on.get(address);
      if (other === undefined || guardedType(typeOf(address)) === undefined) return [];
      return differingAttributes(block, other).map((attribute) => ({ address, attribute }));
    }),
  );
  expect(changes.filter(({ attribute }) => !IN_PLACE.has(attribute))).toEqual([]);
  expect(new Set(changes.map(({ attribute }) => attribute))).toContain('deletion_protection');
});

test('the key of the data follows its own field, with and without protection', () => {
  for (const protect of [true, false]) {
    for (const key of ['customer-managed', 'aws-managed'] as const) {
      const resources = resourcesOfAll(example({ encryption: { key } }), protect);
      const database = resources.get('shop-test-data aws_db_instance.database_primary');
      expect(database).toMatchObject({ storage_encrypted: true });
      expect(database?.kms_key_id !== undefined).toBe(key === 'customer-managed');
    }
  }
  expect(resourcesOfAll(example(), false).has('shop-test-data aws_kms_key.environment_key')).toBe(true);
});
