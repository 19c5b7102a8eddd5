/** docs/terraform-cloud.md lists every workspace whose state others read: one that is missing blocks a person's first plan. */
import { isEmulated, parseEnvironment, zonesInUse, type EnvironmentInput } from '../../src/config';
import { kindOf, STACK_KINDS } from '../../src/contracts/stack-kinds';
import { boxSection, moved } from '../support/boxed';
import { addZone } from '../../src/stacks/shared-zone';
import { synthApp, synthEnvironment } from '../support/synth';
import { EXAMPLES, SHARED } from './examples';
import { pageOf, proseOf } from './pages';

const TIERS = ['box', 'fargate', 'kubernetes'];

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
].map((input) => parseEnvironment(input));

/** The stack as the page writes it: of an environment its kind, of a shared zone its name without the zone. */
function written(stackId: string): string {
  const kind = kindOf(stackId);
  if (kind === 'names') return 'zone-<zone>-names';
  return kind === 'zone' || stackId === 'zone' ? 'zone-<zone>' : (kind ?? stackId);
}

const stacks = [
  ...environments.map((environment) => synthEnvironment(environment)),
  ...zonesInUse(environments).map((zone) => synthApp((app) => addZone(app, zone))),
]
  .flatMap((group) => Object.entries(group))
  .map(([id, { data }]) => ({ kind: written(id), reads: Object.keys(data?.terraform_remote_state ?? {}).map(written) }));

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

/** The table of the page; `compute-<tier>` is every tier's. */
function listedReaders(): ReadonlyMap<string, ReadonlySet<string>> {
  const expanded = (name: string) => (name === 'compute-<tier>' ? TIERS.map((tier) => `compute-${tier}`) : [name]);
  const rows = [...proseOf(pageOf('docs/terraform-cloud.md')).matchAll(/^ *\| `((?:[a-z-]|<zone>)+)` +\| (.+?) +\|$/gm)];
  return new Map(
    rows.map(([, workspace = '', cells = '']) => {
      const names = [...cells.matchAll(/`([^`]+)`/g)].flatMap(([, name]) => expanded(name!));
      return [workspace, new Set(names)];
    }),
  );
}

const sorted = (readers: ReadonlyMap<string, ReadonlySet<string>>) =>
  Object.fromEntries(
    [...readers].map(([kind, names]) => [kind, [...names].sort()] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  );

test('the table has every workspace that is read, with every reader', () => {
  expect(sorted(listedReaders())).toEqual(sorted(actualReaders()));
});

test('the examples have every kind of stack', () => {
  const missing = STACK_KINDS.filter((listed) => !stacks.some(({ kind }) => kind === listed || kind.startsWith(`${listed}-`)));
  expect(missing).toEqual([]);
});
