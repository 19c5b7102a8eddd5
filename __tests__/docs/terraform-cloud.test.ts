/** The table in docs/terraform-cloud.md has every workspace, and those that read its state: one that is missing blocks the first plan. */
import { isEmulated, parseEnvironment, zonesInUse, type EnvironmentInput } from '../../src/config';
import { READS, readersOf } from '../../src/contracts/readers';
import { kindOf, STACK_KINDS } from '../../src/contracts/stack-kinds';
import { boxSection, moved } from '../support/boxed';
import { addZone } from '../../src/stacks/shared-zone';
import { synthApp, synthEnvironment } from '../support/synth';
import { EXAMPLES, SHARED } from './examples';

const several = moved({ box: boxSection({ instances: { min: 2, max: 4 } }) });

/**
 * The examples, and several hosts: these are behind a load balancer, which has a certificate. Of each tier there is also one with
 * names in a shared zone.
 */
const environments = [
  ...Object.values(EXAMPLES).filter((example) => !isEmulated(example)),
  several,
  { ...several, name: 'shop-hosts', domain: SHARED },
  { ...(EXAMPLES['shop-kubernetes'] as EnvironmentInput), name: 'shop-cluster', domain: SHARED },
  ...['shop-fargate', 'shop-site', 'shop-kubernetes', 'shop-box'].map((name) => asleep(EXAMPLES[name] as EnvironmentInput)),
].map((input) => parseEnvironment(input));

/** The same, in an environment that sleeps and whose database does not. */
function asleep(environment: EnvironmentInput): EnvironmentInput {
  const sleep = { from: '0 20 * * *', until: '0 7 * * *', database: 'running' } as const;
  return { ...environment, protect: false, acknowledge: {}, sleep };
}

/** A remote state has the kind of a stack of the same group as its name, or the id of a stack of another group. */
const kindIn = (name: string): string => kindOf(name) ?? (name === 'zone' ? 'zone' : name);

const stacks = [
  ...environments.map((environment) => synthEnvironment(environment)),
  ...zonesInUse(environments).map((zone) => synthApp((app) => addZone(app, zone))),
]
  .flatMap((group) => Object.entries(group))
  .map(([id, { data }]) => ({ kind: kindIn(id), reads: Object.keys(data?.terraform_remote_state ?? {}).map(kindIn) }));

/** Kind to the kinds that read it. */
function actualReaders(): ReadonlyMap<string, ReadonlySet<string>> {
  const producers = new Set(stacks.flatMap(({ reads }) => reads));
  return new Map(
    [...producers].map((producer) => [
      producer,
      new Set(stacks.filter(({ reads }) => reads.includes(producer)).map(({ kind }) => kind)),
    ]),
  );
}

const sorted = (readers: ReadonlyMap<string, ReadonlySet<string>>) =>
  Object.fromEntries(
    [...readers].map(([kind, names]) => [kind, [...names].sort()] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  );

test('the table has every workspace that is read, with every reader', () => {
  const listed = [...READS.keys()].map((kind) => [kind, new Set<string>(readersOf(kind))] as const);
  expect(sorted(new Map(listed.filter(([, readers]) => readers.size > 0)))).toEqual(sorted(actualReaders()));
});

test('the table has every workspace', () => {
  expect([...READS.keys()].sort()).toEqual([...new Set(stacks.map(({ kind }) => kind))].sort());
});

test('every workspace reads those of earlier stacks only', () => {
  const order = [...READS.keys()];
  for (const [kind, read] of READS) for (const earlier of read) expect(order.indexOf(earlier)).toBeLessThan(order.indexOf(kind));
});

test('the examples have every kind of stack', () => {
  const missing = STACK_KINDS.filter((listed) => !stacks.some(({ kind }) => kind === listed || kind.startsWith(`${listed}-`)));
  expect(missing).toEqual([]);
});
