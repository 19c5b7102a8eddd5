/** `npm run book`: which files it writes, and its exit codes. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnvironmentFiles } from '../../../src/cli/command';
import { acknowledgedRisks } from '../../../src/commands/book/acknowledged';
import { findChromium } from '../../../src/commands/book/chromium';
import { exampleFile, runCommand, SMALL } from '../../support/command';

const out = mkdtempSync(join(tmpdir(), 'terrace-book-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** Drawn quickly, for tests of other things than the pages. */
const small = { 'shop-test': exampleFile({ ...SMALL }) };
const broken = {
  ...small,
  'shop-broken': exampleFile({ name: 'shop-broken', region: 'nowhere' as 'eu-west-1' }),
};
const book = (args: readonly string[], files: EnvironmentFiles = small) => runCommand(files, ['book', ...args]);

describe('npm run book', () => {
  it('writes the index and a page for each environment, the same bytes each time', async () => {
    const folder = join(out, 'pages');
    const files = { 'shop-test': exampleFile() };
    expect(await book(['shop-test', '--out', folder], files)).toMatchObject({
      exitCode: 0,
      stdout: `${folder}/index.html\n${folder}/shop-test.html\n`,
    });
    const first = readFileSync(join(folder, 'shop-test.html'), 'utf8');
    await book(['shop-test', '--out', folder], files);
    expect(readFileSync(join(folder, 'shop-test.html'), 'utf8')).toBe(first);
  });

  it('writes the pictures alone with --svg', async () => {
    const folder = join(out, 'pictures');
    expect((await book(['shop-test', '--svg', '--out', folder])).exitCode).toBe(0);
    expect(readdirSync(folder)).toEqual(['shop-test.svg']);
    expect(readFileSync(join(folder, 'shop-test.svg'), 'utf8')).toMatch(/^<svg[\s\S]*data-node=/);
  });

  it('writes the others and returns 1 when one environment is refused', async () => {
    const folder = join(out, 'refused');
    const { exitCode, stderr } = await book(['--out', folder], broken);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('shop-broken');
    expect(readdirSync(folder)).toEqual(['index.html', 'shop-test.html']);
  });

  it('returns 3 for --png without Chromium, and says which programs would do', async () => {
    const { exitCode, stderr } = await book(['shop-test', '--png', '--out', join(out, 'png')]);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/none of chromium, .* is installed; --svg needs none/);
  });

  it('returns 3 for --open without a program that opens files, after writing', async () => {
    const folder = join(out, 'open');
    const { exitCode, stderr } = await book(['shop-test', '--open', '--out', folder]);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('open it in a browser');
    expect(readdirSync(folder)).toContain('shop-test.html');
  });

  it('finds no Chromium in folders without it', () => expect(findChromium(`${out}:/nowhere`)).toBeUndefined());
});

describe('acknowledged risks', () => {
  it('are read with a reason for the rule, or for each path of it', () => {
    const acknowledge = { 'single-nat': 'cheap', 'wildcard-permission': { 'services.api': 'its own users' } };
    expect(acknowledgedRisks({ acknowledge })).toEqual([
      { rule: 'single-nat', reason: 'cheap' },
      { rule: 'wildcard-permission', path: 'services.api', reason: 'its own users' },
    ]);
  });

  it('are none of a file without them', () => expect([acknowledgedRisks({}), acknowledgedRisks('x')]).toEqual([[], []]));
});
