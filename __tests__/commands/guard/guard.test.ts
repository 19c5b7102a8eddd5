/** `npm run guard`: which plans and exceptions it reads, and its exit codes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnvironmentFiles } from '../../../src/cli/command';
import { judgePlans, stackOf, type GuardOptions } from '../../../src/commands/guard/guard';
import { capture, runCommand } from '../../support/command';
import { planFile, TODAY } from '../../support/plans';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'terrace-guard-'))));
afterEach(() => rmSync(folder, { recursive: true }));

async function run(plans: readonly string[], options: Partial<GuardOptions> = {}, files: EnvironmentFiles = {}) {
  const { io, printed } = capture();
  const exitCode = await judgePlans({ io, files }, plans, { format: 'text', today: TODAY, ...options });
  return { exitCode, ...printed() };
}

test('ends with 0 when every plan may be applied, and with 1 when one may not', async () => {
  expect((await run([planFile('create'), planFile('moved')])).exitCode).toBe(0);
  const { exitCode, stdout } = await run([planFile('create'), planFile('delete')]);
  expect(exitCode).toBe(1);
  expect(stdout).toContain('create: may be applied (5 to create)');
  expect(stdout).toContain('REFUSED  delete aws_db_instance.database_primary');
});

test('shows the values that change, and never a secret', async () => {
  for (const format of ['text', 'markdown', 'json'] as const)
    for (const name of ['create', 'update', 'replace', 'delete'])
      expect((await run([planFile(name)], { format })).stdout).not.toContain('hunter2');
  for (const format of ['text', 'markdown'] as const)
    expect((await run([planFile('update')], { format })).stdout).toContain('allocated_storage: 20 → 40');
  expect(JSON.parse((await run([planFile('update')], { format: 'json' })).stdout)[0].changes[0].attributes).toEqual([
    'allocated_storage',
  ]);
});

test('knows the stack by the name of the file or of its folder', () => {
  expect(stackOf('shop-dev-data.json')).toBe('shop-dev-data');
  expect(stackOf('plans/shop-dev-data.plan.json')).toBe('shop-dev-data');
  expect(stackOf('cdktf.out/stacks/shop-dev-data/plan.json')).toBe('shop-dev-data');
  expect(stackOf('somewhere/plan.json')).toBeUndefined();
  expect(stackOf('-')).toBeUndefined();
});

test('a missing file is named, with the folder that paths begin in', async () => {
  const { exitCode, stderr } = await runCommand({}, ['guard', 'no-such-plan.json']);
  expect(exitCode).toBe(2);
  expect(stderr).toBe(`no-such-plan.json cannot be read: there is no such file in ${process.cwd()}\n`);
});

test('takes the exceptions from the given file', async () => {
  const plan = join(folder, 'shop-prod-data.json');
  writeFileSync(plan, readFileSync(planFile('rule-opened'), 'utf8'));
  const allow = join(folder, 'allow.yaml');
  writeFileSync(
    allow,
    'allow:\n  - stack: shop-prod-data\n    address: aws_vpc_security_group_ingress_rule.api_database\n' +
      '    harm: open\n    expires: 2026-01-20\n    reason: a migration from outside, for this week\n',
  );
  expect((await run([plan])).exitCode).toBe(1);
  expect(await run([plan], { allow })).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('until 2026-01-20: a migration'),
  });
});

test('fails for a file that cannot be read', async () => {
  await expect(run([join(folder, 'none.json')])).rejects.toThrow(/cannot be read/);
  await expect(run([planFile('create')], { allow: join(folder, 'none.yaml') })).rejects.toThrow(/cannot be read/);
  await expect(run([planFile('create'), planFile('moved')], { stack: 'shop-prod-data' })).rejects.toThrow(/one stack/);
});

test('ends with 2 for what is not a plan', async () => {
  const { exitCode, stderr } = await runCommand({}, ['guard', planFile('state')]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringMatching(/cannot be judged: it is a state/) });
});
