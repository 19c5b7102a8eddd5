/** `npm run policy`: what it judges, and its exit codes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exampleFile, fileOf, runCommand } from '../../support/command';
import { StubTerraform } from '../../support/stub-terraform';

const FILES = { 'shop-test': exampleFile() };
const policy = (...args: string[]) => runCommand(FILES, ['policy', ...args]);

test('--own judges without Python', async () => {
  const { exitCode, stdout } = await policy('--own');
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining('Nothing is unexplained.') });
  expect(stdout).toMatch(/shop-test +0 \+ +\d+ passed/);
});

test('passes when there is nothing to judge', async () => {
  expect(await runCommand({}, ['policy'])).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Nothing to judge') });
});

test('is refused for an environment that cannot be synthesised', async () => {
  const files = { 'shop-test': fileOf({}) };
  expect(await runCommand(files, ['policy', '--own'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('problems'),
  });
});

describe('--from', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'terrace-policy-from-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const stack = join('stacks', 'shop-test-data');
  const write = (file: string, text: string): void => {
    mkdirSync(join(folder, stack), { recursive: true });
    writeFileSync(join(folder, stack, file), text);
  };

  test('judges an earlier synthesis', async () => {
    const containers = [{ name: 'api', privileged: false, readonlyRootFilesystem: false, environment: [] }];
    const task = { x: { container_definitions: JSON.stringify(containers) } };
    write('cdk.tf.json', JSON.stringify({ resource: { aws_ecs_task_definition: task } }));
    const { exitCode, stdout } = await policy('--own', '--from', folder);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('UNEXPLAINED  shop-test-data: aws_ecs_task_definition.x');
  });

  test('is refused for a folder without the environment', async () => {
    expect(await policy('--own', '--from', folder)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('no stack of shop-test'),
    });
  });

  test('is refused for HCL, which no rule reads', async () => {
    write('cdk.tf', '');
    expect(await policy('--own', '--from', folder)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('synthesise without --hcl'),
    });
  });
});

test('ends with 3 and one line where checkov cannot be installed', async () => {
  const cwd = process.cwd();
  const checkout = mkdtempSync(join(tmpdir(), 'terrace-policy-cwd-'));
  const stub = new StubTerraform({});
  stub.program('python3', '#!/bin/sh\necho "no module named venv" >&2\nexit 1\n');
  process.chdir(checkout);
  try {
    const { exitCode, stderr } = await runCommand(FILES, ['policy'], { env: stub.env() });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 3,
      stderr: expect.stringMatching(
        /\npolicy: unavailable on this machine: checkov [\d.]+ cannot be installed: no module named venv\n$/,
      ),
    });
  } finally {
    process.chdir(cwd);
    stub.remove();
    rmSync(checkout, { recursive: true });
  }
});
