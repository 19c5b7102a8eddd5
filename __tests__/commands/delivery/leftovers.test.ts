/** `npm run delivery -- leftovers`: states of stacks that are no longer in the code, with a stub for the AWS command line. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnvironmentFiles } from '../../../src/cli/command';
import { exampleFile, fileOf, runCommand } from '../../support/command';
import { previewed } from '../../support/previewed';
import { StubTerraform } from '../../support/stub-terraform';

const scratch = mkdtempSync(join(tmpdir(), 'terrace-leftovers-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const files = {
  'shop-test': exampleFile({
    backend: { kind: 's3', store: { name: 'shop', region: 'eu-west-1', bucket: 'shop-terraform-state' } },
  }),
};

/** The AWS command line: lists `objects`, and prints their content. */
function aws(objects: Readonly<Record<string, unknown>>, code = 0): StubTerraform {
  const stub = new StubTerraform({});
  const listing = { Contents: Object.keys(objects).map((Key) => ({ Key })) };
  stub.program(
    'aws',
    `#!${process.execPath}
const objects = ${JSON.stringify(objects)};
const [service, , from] = process.argv.slice(2);
if (${code} !== 0) process.stderr.write('An error occurred (AccessDenied)\\n');
else if (service === 's3api') process.stdout.write(${JSON.stringify(JSON.stringify(listing))});
else process.stdout.write(JSON.stringify(objects[from.replace('s3://shop-terraform-state/', '')]));
process.exitCode = ${code};
`,
  );
  return stub;
}

const output = join(scratch, 'cdktf.out');
mkdirSync(join(output, 'stacks', 'shop-test-data'), { recursive: true });
const backend = { s3: { bucket: 'shop-terraform-state', key: 'test/data/terraform.tfstate', region: 'eu-west-1' } };
writeFileSync(join(output, 'stacks', 'shop-test-data', 'cdk.tf.json'), JSON.stringify({ terraform: { backend } }));

async function leftovers(stub: StubTerraform, store = 'shop', described: EnvironmentFiles = files) {
  const report = join(stub.home, 'shop.leftovers.json');
  const args = ['delivery', 'leftovers', store, '--report', report, '--output', output];
  const ran = await runCommand(described, args, { env: stub.env() });
  const states = () => (JSON.parse(readFileSync(report, 'utf8')) as { states: object[] }).states;
  const found = ran.exitCode === 0 ? states() : undefined;
  stub.remove();
  return { ...ran, found };
}

const managed = (count: number) => ({ resources: Array.from({ length: count }, () => ({ mode: 'managed' })) });

test('lists states with resources and no stack', async () => {
  const { found } = await leftovers(
    aws({
      'test/data/terraform.tfstate': managed(3),
      'old/data/terraform.tfstate': managed(2),
      'test/compute-box/terraform.tfstate': managed(1),
    }),
  );
  expect(found).toEqual([
    { key: 'old/data/terraform.tfstate', resources: 2 },
    { key: 'test/compute-box/terraform.tfstate', resources: 1 },
  ]);
});

test('lists no destroyed stack, no lock, not the state of bootstrap, and no state of data sources alone', async () => {
  const { found } = await leftovers(
    aws({
      'old/data/terraform.tfstate': managed(0),
      'old/edge/terraform.tfstate': { resources: [{ mode: 'data' }] },
      'old/network/terraform.tfstate.tflock': managed(1),
      'bootstrap/terraform.tfstate': managed(9),
    }),
  );
  expect(found).toEqual([]);
});

test('lists no preview of an environment that has previews, and those of one that has none any more', async () => {
  const states = { 'dev/pr-12/terraform.tfstate': managed(40), 'dev/pr-x/terraform.tfstate': managed(1) };
  const { found } = await leftovers(aws(states), 'shop', { 'shop-dev': fileOf(previewed()) });
  expect(found).toEqual([{ key: 'dev/pr-x/terraform.tfstate', resources: 1 }]);
  const { found: without } = await leftovers(aws(states), 'shop', { 'shop-dev': fileOf(previewed((e) => delete e.preview)) });
  expect(without).toHaveLength(2);
});

test('fails for a bucket that cannot be listed, and an unknown store: an empty report would say that nothing is left', async () => {
  expect(await leftovers(aws({}, 255))).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('AccessDenied') });
  expect(await leftovers(aws({}), 'shap')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('no state store shap') });
});
