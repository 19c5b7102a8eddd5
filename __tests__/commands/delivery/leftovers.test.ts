/** `npm run delivery -- leftovers`: states of stacks that are no longer in the code, with a stub of S3. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnvironmentFiles } from '../../../src/cli/command';
import { exampleFile, fileOf, runCommand } from '../../support/command';
import { previewed } from '../../support/previewed';
import { askInAllTests } from '../../support/aws-credentials';
import { StubS3 } from '../../support/s3-server';

const scratch = mkdtempSync(join(tmpdir(), 'terrace-leftovers-'));
const s3 = new StubS3();
askInAllTests(s3);
afterAll(() => rmSync(scratch, { recursive: true }));

const files = {
  'shop-test': exampleFile({
    backend: { kind: 's3', store: { name: 'shop', region: 'eu-west-1', bucket: 'shop-terraform-state' } },
  }),
};

const output = join(scratch, 'cdktf.out');
mkdirSync(join(output, 'stacks', 'shop-test-data'), { recursive: true });
const backend = { s3: { bucket: 'shop-terraform-state', key: 'test/data/terraform.tfstate', region: 'eu-west-1' } };
writeFileSync(join(output, 'stacks', 'shop-test-data', 'cdk.tf.json'), JSON.stringify({ terraform: { backend } }));

async function leftovers(
  objects: Readonly<Record<string, unknown>>,
  { store = 'shop', described = files, denied = false }: { store?: string; described?: EnvironmentFiles; denied?: boolean } = {},
) {
  s3.objects = Object.fromEntries(Object.entries(objects).map(([key, content]) => [key, { content }]));
  s3.denied = denied;
  const report = join(scratch, 'shop.leftovers.json');
  const ran = await runCommand(described, ['delivery', 'leftovers', store, '--report', report, '--output', output]);
  const states = () => (JSON.parse(readFileSync(report, 'utf8')) as { states: object[] }).states;
  return { ...ran, found: ran.exitCode === 0 ? states() : undefined };
}

const managed = (count: number) => ({ resources: Array.from({ length: count }, () => ({ mode: 'managed' })) });

test('lists states with resources and no stack', async () => {
  const { found } = await leftovers({
    'test/data/terraform.tfstate': managed(3),
    'old/data/terraform.tfstate': managed(2),
    'test/compute-box/terraform.tfstate': managed(1),
  });
  expect(found).toEqual([
    { key: 'old/data/terraform.tfstate', resources: 2 },
    { key: 'test/compute-box/terraform.tfstate', resources: 1 },
  ]);
});

test('lists no destroyed stack, no lock, not the state of bootstrap, and no state of data sources alone', async () => {
  const { found } = await leftovers({
    'old/data/terraform.tfstate': managed(0),
    'old/edge/terraform.tfstate': { resources: [{ mode: 'data' }] },
    'old/network/terraform.tfstate.tflock': managed(1),
    'bootstrap/terraform.tfstate': managed(9),
  });
  expect(found).toEqual([]);
});

test('lists no preview of an environment that has previews, and those of one that has none any more', async () => {
  const states = { 'dev/pr-12/terraform.tfstate': managed(40), 'dev/pr-x/terraform.tfstate': managed(1) };
  const { found } = await leftovers(states, { described: { 'shop-dev': fileOf(previewed()) } });
  expect(found).toEqual([{ key: 'dev/pr-x/terraform.tfstate', resources: 1 }]);
  const { found: without } = await leftovers(states, {
    described: { 'shop-dev': fileOf(previewed((e) => delete e.preview)) },
  });
  expect(without).toHaveLength(2);
});

test('fails for a bucket that cannot be listed, and an unknown store: an empty report would say that nothing is left', async () => {
  expect(await leftovers({}, { denied: true })).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('AWS refuses it') });
  expect(await leftovers({}, { store: 'shap' })).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('no state store shap'),
  });
});
