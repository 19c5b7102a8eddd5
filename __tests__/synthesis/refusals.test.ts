/** Reports of refused environments: with places, and each mistake once. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnvironmentFiles } from '../../src/cli/command';
import type { EnvironmentInput } from '../../src/config';
import { loadEnvironments } from '../../src/synthesis/load';
import { reportRefusals } from '../../src/synthesis/refusals';
import { exampleFile, inZone } from '../support/command';

const cwd = process.cwd();
let checkout: string;

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'terrace-refusals-'));
  mkdirSync(join(checkout, 'environments/shop'), { recursive: true });
  write(
    'index.ts',
    "export const environments = {\n  'shop-dev': () => import('./shop/dev.ts'),\n  'shop-prod': () => import('./shop/prod'),\n};\n",
  );
  write('shop/system.ts', 'export const port = 0;\nexport const common = { LOG: 1 };\n');
  for (const name of ['dev', 'prod'])
    write(
      `shop/${name}.ts`,
      `import { common, port } from './system';\nexport default {\n  name: '${name}',\n  a: { port, environment: { ...common } },\n  b: { environment: common },\n};\n`,
    );
  process.chdir(checkout);
});

afterEach(() => {
  process.chdir(cwd);
  rmSync(checkout, { recursive: true });
});

const write = (file: string, text: string) => writeFileSync(join(checkout, 'environments', file), text);

const problem = (path: string, more: object = {}) => ({ path, received: '0', allowed: '1', fix: 'write 1', ...more });

test('a problem has its place', async () => {
  const [dev] = await reportRefusals([{ name: 'shop-dev', problems: [problem('name')] }]);
  expect(dev?.report).toContain('  1. name\n     at        environments/shop/dev.ts:3\n     received  0\n');
});

test('a problem of an environment that the list does not name has none', async () => {
  const [other] = await reportRefusals([{ name: 'shop-other', problems: [problem('name')] }]);
  expect(other?.report).toBe('shop-other: 1 problem\n  1. name\n     received  0\n     allowed   1\n     fix       write 1');
});

test('a mistake in a shared part is told once, with the environments that it concerns', async () => {
  const problems = [problem('name'), problem('a.port')];
  const [dev, prod] = await reportRefusals(['shop-dev', 'shop-prod'].map((name) => ({ name, problems })));
  expect(dev?.report).toMatch(/2\. a\.port\n {5}at {8}environments\/shop\/system\.ts:1\n[\s\S]*also in {3}shop-prod$/);
  expect(prod?.report).toMatch(/^shop-prod: 1 problem\n {2}1\. name\n/);
  expect(prod?.report).toMatch(/\n {2}and 1 problem of shop-dev above: a\.port$/);
});

test('a mistake in a part that one environment uses several times is told once, with every line that accepts it', async () => {
  const uses = ['a', 'b'].map((path) => problem(`${path}.environment.LOG`, { accept: `accept ${path}` }));
  const [dev] = await reportRefusals([{ name: 'shop-dev', problems: uses }]);
  expect(dev?.report).toMatch(/^shop-dev: 1 problem\n/);
  expect(dev?.report).toContain('     and       b.environment.LOG\n');
  expect(dev?.report).toContain('or accept accept a\n     or accept accept b');
});

test('different mistakes in one place are told separately', async () => {
  const [dev] = await reportRefusals([
    { name: 'shop-dev', problems: [problem('a.port'), problem('a.port', { fix: 'write 2' })] },
  ]);
  expect(dev?.report).toMatch(/^shop-dev: 2 problems/);
});

describe('the environments that a broken file concerns', () => {
  const zone = { zone: 'shop.example', provider: 'route53', servedBy: 'shop-dev' } as const;
  const domain: NonNullable<EnvironmentInput['domain']> = { kind: 'shared', zone, names: ['shop.example'] };
  const load = (broken: () => Promise<never>) =>
    loadEnvironments({ 'shop-dev': exampleFile({ name: 'shop-dev', domain }), 'shop-prod': broken }, { selected: ['shop-dev'] });
  const unreadable = () => Promise.reject(new Error('a syntax error'));

  test('include a shared zone that its sources name', async () => {
    write('shop/system.ts', "export const zone = { zone: 'shop.example' };\n");
    const { zones, refused } = await load(unreadable);
    expect(zones).toEqual([]);
    expect(refused.map(({ name }) => name)).toEqual(['zone-shop-example']);
  });

  test('do not include a shared zone that they do not name', async () => {
    const { zones, environments, refused } = await load(unreadable);
    expect({ zones: zones.length, environments: environments.length, refused }).toEqual({
      zones: 1,
      environments: 1,
      refused: [],
    });
  });

  test('are those that import the mistake: it is told with the first', async () => {
    const files: EnvironmentFiles = { 'shop-dev': unreadable, 'shop-prod': unreadable };
    const { refused } = await loadEnvironments(files);
    expect(refused.map(({ report }) => report.split('\n')[0])).toEqual([
      'shop-dev: a syntax error',
      'shop-prod: the same as shop-dev',
    ]);
  });

  test('do not include the one that serves a zone only because it is not known', async () => {
    const served = { ...domain, zone: { ...zone, servedBy: 'shop-prod' } };
    const { refused } = await loadEnvironments(
      { 'shop-dev': exampleFile({ name: 'shop-dev', domain: served }), 'shop-prod': unreadable },
      { selected: ['shop-dev'] },
    );
    expect(refused.map(({ name }) => name)).not.toContain('shop-dev');
  });
});

describe('a conflict between two environments', () => {
  const certified = (name: string) => exampleFile({ name, domain: { ...inZone(name), certificateAuthorities: ['amazon.com'] } });
  const files: EnvironmentFiles = {
    'shop-one': certified('shop-one'),
    'shop-two': certified('shop-two'),
    'shop-other': exampleFile({
      name: 'shop-other',
      domain: { ...inZone('shop-other'), zone: 'other.example', names: ['other.example'] },
    }),
  };

  test.each(['shop-one', 'shop-two'])('is told when one of them is selected: %s', async (name) => {
    const { refused } = await loadEnvironments(files, { selected: [name] });
    expect(refused.map((each) => each.name)).toEqual(['shop-two']);
  });

  test('is not told when neither is', async () => {
    const { refused, environments } = await loadEnvironments(files, { selected: ['shop-other'] });
    expect({ refused, environments: environments.length }).toEqual({ refused: [], environments: 1 });
  });
});
