/**
 * Every stack of every environment is a complete root module, and the same whatever else is synthesised. That all of them are the
 * same at each synthesis is in `cache.exhaustive.test.ts`, which synthesises everything twice.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isEmulated } from '../../src/config';
import { runCommand } from '../support/command';
import { EVERYTHING } from '../support/shop';
import { danglingReferences, remoteReads } from '../support/references';
import type { RootModule } from '../support/synth';

const folder = mkdtempSync(join(tmpdir(), 'terrace-root-modules-'));
const stacks = new Map<string, RootModule>();

beforeAll(async () => {
  const { exitCode, stderr } = await runCommand(EVERYTHING, ['synth', '--output', join(folder, 'all')]);
  if (exitCode !== 0) throw new Error(stderr);
  for (const id of readdirSync(join(folder, 'all', 'stacks'))) {
    stacks.set(id, JSON.parse(readFileSync(join(folder, 'all', 'stacks', id, 'cdk.tf.json'), 'utf8')) as RootModule);
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The location of a state, of a stack itself or of another that it reads. */
function place(state: Record<string, any>): string {
  const { bucket, key, path, organization, workspaces } = state;
  return JSON.stringify([bucket, key, path, organization, workspaces?.name]);
}

function ownState({ terraform }: RootModule): string {
  return place(terraform.cloud ?? Object.values(terraform.backend as Record<string, any>)[0]);
}

test('every environment has stacks', async () => {
  for (const [name, load] of Object.entries(EVERYTHING)) {
    const kinds = isEmulated((await load()).default) ? ['data'] : ['network', 'data', 'observability'];
    for (const kind of kinds) expect([...stacks.keys()]).toContain(`${name}-${kind}`);
  }
});

test('a synthesis of one environment gives the same bytes', async () => {
  const output = join(folder, 'restricted');
  for (const name of ['shop-box', 'shop-prod']) {
    expect((await runCommand(EVERYTHING, ['synth', name, '--output', output])).exitCode).toBe(0);
  }
  const ids = readdirSync(join(output, 'stacks'));
  expect(ids).toEqual(expect.arrayContaining(['shop-prod-data', 'bootstrap-shop', 'shop-box-network']));
  expect(ids).not.toContain('shop-dev-network');
  for (const id of ids) {
    const [one, all] = [output, join(folder, 'all')].map((from) => readFileSync(join(from, 'stacks', id, 'cdk.tf.json'), 'utf8'));
    expect({ id, same: one === all }).toEqual({ id, same: true });
  }
});

test('every reference names something in its own stack', () => {
  const dangling = [...stacks].flatMap(([id, module]) => danglingReferences(module).map((found) => ({ id, ...found })));
  expect(dangling).toEqual([]);
});

test('a reference to what is not there is found', () => {
  const module = {
    provider: { aws: [{}] },
    terraform: {},
    resource: {
      aws_vpc: { main: { cidr_block: '10.0.0.0/16', tags: { a: 'x ${jsonencode({"b" = "${aws_vpc.gone.id}"})} $${not.one}' } } },
    },
    output: {
      id: { value: '${aws_vpc.main.id}', depends_on: ['aws_subnet.gone'] },
      other: { value: '${data.aws_region.gone.name}' },
    },
  } as unknown as RootModule;
  expect(danglingReferences(module).map(({ reference }) => reference)).toEqual([
    'aws_vpc.gone.id',
    'aws_subnet.gone',
    'data.aws_region.gone.name',
  ]);
});

test('every output that a stack reads is published by the stack whose state it reads', () => {
  const producers = new Map([...stacks].map(([id, module]) => [ownState(module), id]));
  const reads = [...stacks].flatMap(([id, module]) =>
    remoteReads(module).map(({ at, state, path }) => {
      const producer = producers.get(place(module.data!.terraform_remote_state![state]!.config as Record<string, any>));
      const [output, ...inner] = path;
      const value: unknown = inner.reduce((found, step) => found?.[step], stacks.get(producer ?? '')?.output?.[output!]?.value);
      return { read: `${id}: ${at}: ${state}.${path.join('.')}`, isHandedOn: value !== undefined };
    }),
  );
  expect(reads.filter(({ isHandedOn }) => !isHandedOn)).toEqual([]);
  expect(reads.length).toBeGreaterThan(50);
});

test('no value is a leftover of the program', () => {
  const leftovers = ['TfToken', 'TOKEN[', '[object Object]', 'undefined', 'NaN', folder, process.cwd()];
  const found = [...stacks].flatMap(([id, module]) => {
    const text = JSON.stringify({ ...module, '//': undefined });
    return leftovers.filter((leftover) => text.includes(leftover)).map((leftover) => ({ id, leftover }));
  });
  expect(found).toEqual([]);
});

test('every stack has a separate state', () => {
  expect(new Set([...stacks.values()].map(ownState)).size).toBe(stacks.size);
});

test("the manifest lists what is there, in cdktf's form", () => {
  const manifest = JSON.parse(readFileSync(join(folder, 'all', 'manifest.json'), 'utf8')) as {
    stacks: Record<string, any>;
    version: string;
  };
  expect(manifest.version).toBe('0.21.0');
  expect(Object.keys(manifest.stacks)).toEqual([...stacks.keys()].sort());
  expect(manifest.stacks['shop-prod-data']).toMatchObject({
    name: 'shop-prod-data',
    synthesizedStackPath: 'stacks/shop-prod-data/cdk.tf.json',
    dependencies: ['shop-prod-network'],
  });
});

test('a tier signs what it owns, and nothing that outlives it', () => {
  const tierOf = (id: string): unknown => stacks.get(id)?.provider.aws?.[0]?.default_tags?.[0]?.tags.tier;
  const ids = [...stacks.keys()];
  const computing = ids.filter((id) => /-compute-(box|fargate|kubernetes)$/.test(id));
  expect(computing.length).toBeGreaterThan(3);
  for (const id of computing) expect({ id, tier: tierOf(id) }).toEqual({ id, tier: id.split('-').at(-1) });
  for (const id of ids.filter((each) => /-(network|domain|data|bootstrap)$/.test(each)))
    expect({ id, tier: tierOf(id) }).toEqual({ id, tier: undefined });
});
