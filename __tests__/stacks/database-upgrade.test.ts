/**
 * A major upgrade of a protected database, as docs/database.md describes it: what changes between the stacks of the version
 * before and after, and what must not.
 */
import { parseEnvironment, type EnvironmentInput } from '../../src/config';
import { example } from '../support/example';
import { synthEnvironment, type RootModule } from '../support/synth';

/** A protected environment with a replica in the region and one in another. */
function environment(changes: Partial<Extract<NonNullable<EnvironmentInput['database']>, { placement: 'managed' }>>) {
  return synthEnvironment(
    parseEnvironment(
      example({
        protect: true,
        network: {
          cidr: '10.0.0.0/16',
          zones: 2,
          nat: 'per-az',
          replicaNetworks: { 'eu-central-1': { cidr: '10.1.0.0/24' } },
        },
        database: {
          placement: 'managed',
          version: '16',
          name: 'shop',
          instanceClass: 'db.t4g.small',
          multiAz: true,
          credentials: { kind: 'rotated-secret', rotateAfterDays: 90 },
          replicas: { near: {}, far: { region: 'eu-central-1' } },
          ...changes,
        },
      }),
    ),
  );
}

type Blocks = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

const blocksOf = ({ resource = {} }: RootModule): Blocks =>
  new Map(
    Object.entries(resource).flatMap(([type, named]) =>
      Object.entries(named).map(([name, block]) => [`${type}.${name}`, block] as const),
    ),
  );

/** The arguments that differ, by address; an address that only one side has is an error of the test. */
function differences(before: RootModule, after: RootModule): Readonly<Record<string, readonly string[]>> {
  const [old, now] = [blocksOf(before), blocksOf(after)];
  expect([...now.keys()]).toEqual([...old.keys()]);
  const changed = [...now].map(([address, block]) => {
    const earlier = old.get(address) ?? {};
    const names = [...new Set([...Object.keys(earlier), ...Object.keys(block)])];
    return [address, names.filter((name) => JSON.stringify(earlier[name]) !== JSON.stringify(block[name])).sort()] as const;
  });
  return Object.fromEntries(changed.filter(([, names]) => names.length > 0));
}

const PARAMETERS = ['aws_db_parameter_group.database_parameters', 'aws_db_parameter_group.database_replica-far_parameters'];
const INSTANCES = [
  'aws_db_instance.database_primary',
  'aws_db_instance.database_replica-far_instance',
  'aws_db_instance.database_replica-near_instance',
];

describe('a major upgrade of a protected database', () => {
  const before = environment({});
  const waiting = environment({ version: '17' });
  const planned = environment({ version: '17', applyImmediately: true });
  const data = 'shop-test-data';

  it('changes the version in place and the parameter groups, and nothing else that is kept', () => {
    expect(differences(before[data]!, waiting[data]!)).toEqual({
      'aws_db_instance.database_primary': ['engine_version'],
      ...Object.fromEntries(PARAMETERS.map((address) => [address, ['description', 'family']])),
    });
    for (const stack of ['network', 'domain', 'edge', 'observability'])
      expect(waiting[`shop-test-${stack}`]).toEqual(before[`shop-test-${stack}`]);
  });

  it('is allowed by the instance, which Terraform can neither destroy nor replace', () => {
    expect(blocksOf(waiting[data]!).get('aws_db_instance.database_primary')).toMatchObject({
      engine_version: '17',
      allow_major_version_upgrade: true,
      deletion_protection: true,
      lifecycle: { prevent_destroy: true },
    });
  });

  it('creates the new parameter group before the old one would go, which stays: an instance may use it until maintenance', () => {
    for (const module of [before, waiting])
      for (const address of PARAMETERS)
        expect(blocksOf(module[data]!).get(address)).toMatchObject({
          name_prefix: 'shop-test-',
          skip_destroy: true,
          lifecycle: { create_before_destroy: true },
        });
  });

  it('waits for the maintenance window, and takes effect at once only for a planned step', () => {
    for (const address of INSTANCES) {
      expect(blocksOf(before[data]!).get(address)?.apply_immediately).toBe(false);
      expect(blocksOf(planned[data]!).get(address)?.apply_immediately).toBe(true);
    }
    expect(differences(waiting[data]!, planned[data]!)).toEqual(
      Object.fromEntries(INSTANCES.map((address) => [address, ['apply_immediately']])),
    );
  });

  it('runs database-init with the client of the new version', () => {
    const image = (stacks: Readonly<Record<string, RootModule>>) =>
      JSON.stringify(
        blocksOf(stacks['shop-test-compute-fargate']!).get('aws_ecs_task_definition.job-database-init_task_definition'),
      );
    expect(image(before)).toContain('postgres:16-alpine');
    expect(image(waiting)).toContain('postgres:17-alpine');
  });
});
