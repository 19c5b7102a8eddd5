/** The stacks of every environment as HCL, each read back with HashiCorp's parser. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseHcl } from '../../src/terraform/hcl/verify';
import { runCommand } from '../support/command';
import { EVERYTHING } from '../support/shop';

const folder = mkdtempSync(join(tmpdir(), 'terrace-hcl-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('every stack of every environment can be written as HCL', async () => {
  const output = join(folder, 'all');
  const { exitCode, stdout } = await runCommand(EVERYTHING, ['synth', '--hcl', '--output', output]);
  expect(stdout).not.toContain('not written as HCL');
  expect(exitCode).toBe(0);
  const module = await parseHcl('data', readFileSync(join(output, 'stacks/shop-prod-data/cdk.tf'), 'utf8'));
  expect(module).toMatchObject({ resource: { aws_db_instance: { database_primary: [{ deletion_protection: true }] } } });
});
