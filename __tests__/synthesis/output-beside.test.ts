/** Output is whole or absent. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { besideOutput, moveStacks, prepareOutput, refuseUnwritable } from '../../src/synthesis/output-beside';

let outdir: string;

beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), 'terrace-beside-'));
  put(outdir, 'cdk.tf.json', 'old');
});

afterEach(() => rmSync(outdir, { recursive: true, force: true }));

function put(folder: string, name: string, text: string): void {
  const file = join(folder, 'stacks/shop-dev-data', name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
}

const read = (name: string) => readFileSync(join(outdir, 'stacks/shop-dev-data', name), 'utf8');

test('what was written whole replaces earlier files and folders, and other files stay', async () => {
  put(outdir, 'assets/old', '');
  put(outdir, 'terraform.tfstate', 'state');
  await besideOutput(outdir, (folder) => {
    put(folder, 'cdk.tf.json', 'new');
    put(folder, 'assets/new', '');
    moveStacks(folder, outdir, 'json');
    return Promise.resolve();
  });
  expect([read('cdk.tf.json'), read('terraform.tfstate')]).toEqual(['new', 'state']);
  expect(readdirSync(join(outdir, 'stacks/shop-dev-data/assets'))).toEqual(['new']);
  expect(readdirSync(outdir)).toEqual(['stacks']);
});

test('what failed half-way leaves the earlier files and nothing else', async () => {
  const write = besideOutput(outdir, (folder) => {
    put(folder, 'cdk.tf.json', 'ha');
    return Promise.reject(new Error('no space left on device'));
  });
  await expect(write).rejects.toThrow('no space left');
  expect(read('cdk.tf.json')).toBe('old');
  expect(readdirSync(outdir)).toEqual(['stacks']);
});

test('what an interrupted run left is removed by the next, and what a running one writes is not', () => {
  mkdirSync(join(outdir, '.writing-999999999'));
  mkdirSync(join(outdir, `.writing-${process.ppid}`));
  prepareOutput(outdir);
  expect(existsSync(join(outdir, '.writing-999999999'))).toBe(false);
  expect(existsSync(join(outdir, `.writing-${process.ppid}`))).toBe(true);
});

test('a folder that cannot be written is refused once, in words', () => {
  const inFile = join(outdir, 'stacks/shop-dev-data/cdk.tf.json');
  expect(() => prepareOutput(inFile)).toThrow(/cannot be written: E(NOTDIR|EXIST)/);
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
  expect(() => refuseUnwritable(outdir, full)).toThrow(/cannot be written: ENOSPC/);
  expect(() => refuseUnwritable(outdir, new Error('anything else'))).not.toThrow();
});
