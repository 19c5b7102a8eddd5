/** `npm run record-volumes`: the record of data volumes, and the synthesis that it refuses. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environments } from '../../../environments';
import { volumesOf } from '../../../src/commands/record-volumes/record';
import type { EnvironmentInput } from '../../../src/config';
import { loadEnvironments } from '../../../src/synthesis/load';
import { readVolumes } from '../../../src/synthesis/recorded-volumes';
import { boxed, boxSection } from '../../support/boxed';
import { exampleFile, fileOf, runCommand, SHARED_ZONE } from '../../support/command';

const host = (name: string, changes: Partial<EnvironmentInput> = {}) => fileOf(boxed({ name, domain: SHARED_ZONE, ...changes }));
const FILES = { 'shop-b': host('shop-b'), 'shop-a': host('shop-a'), 'shop-test': exampleFile({ domain: SHARED_ZONE }) };
const RECORD = 'environments/data-volumes.json';

describe('in an empty checkout', () => {
  const cwd = process.cwd();
  let checkout: string;

  beforeEach(() => {
    checkout = mkdtempSync(join(tmpdir(), 'terrace-volumes-'));
    mkdirSync(join(checkout, 'environments'));
    process.chdir(checkout);
  });

  afterEach(() => {
    process.chdir(cwd);
    rmSync(checkout, { recursive: true });
  });

  test('it records size and zone of every volume, sorted by name', async () => {
    expect(await runCommand(FILES, ['record-volumes'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('shop-a  18 GB in eu-west-1a\n'),
    });
    expect(Object.entries(JSON.parse(readFileSync(RECORD, 'utf8')) as object)).toEqual([
      ['shop-a', { sizeGb: 18, zone: 'eu-west-1a' }],
      ['shop-b', { sizeGb: 18, zone: 'eu-west-1a' }],
    ]);
  });

  test('an environment that contradicts the record is not synthesised and not recorded, and the others are', async () => {
    await runCommand(FILES, ['record-volumes']);
    const smaller = { ...FILES, 'shop-a': host('shop-a', { box: boxSection({ dataVolumeGb: 17 }) }) };
    const { exitCode, stderr } = await runCommand(smaller, ['synth']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('box.dataVolumeGb  [recorded-volume]');
    expect(stderr).toContain('Not synthesised: shop-a.');
    expect(await runCommand(smaller, ['record-volumes'])).toMatchObject({ exitCode: 1 });
    expect(readVolumes()['shop-a']).toEqual({ sizeGb: 18, zone: 'eu-west-1a' });
  });

  test.each(['null', '[]', '{"shop-a": 18}', '{"shop-a": {"sizeGb": "18", "zone": "eu-west-1a"}}'])(
    'a record that is JSON and holds something else is refused: %s',
    async (text) => {
      writeFileSync(RECORD, text);
      const { exitCode, stderr } = await runCommand(FILES, ['synth', 'shop-test']);
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/^environments\/data-volumes\.json: 1 problem\n[\s\S]*restore the file from version control/);
    },
  );

  test('a record that ends too early is refused with its line', async () => {
    writeFileSync(RECORD, '{\n  "shop-a": {\n');
    const { stderr } = await runCommand(FILES, ['synth', 'shop-test']);
    expect(stderr).toMatch(/^environments\/data-volumes\.json:[23] is not JSON: /);
  });

  test('an invalid record is refused', async () => {
    writeFileSync(RECORD, '<<<<<<< ours');
    expect(await runCommand(FILES, ['synth'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(
        /^environments\/data-volumes\.json:1 has the marks of a merge conflict: keep the entries of both/,
      ),
    });
  });
});

test('the record of this project has every environment with a volume, and contradicts none', async () => {
  const { environments: all, refused } = await loadEnvironments(environments);
  expect(refused).toEqual([]);
  expect(Object.keys(volumesOf(all)).filter((name) => !(name in readVolumes()))).toEqual([]);
});
