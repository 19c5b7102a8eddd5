/** Scripts, judged by bash and shellcheck: the files of the repository as they are, and as they are installed on hosts. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { renderBundle } from '../../../../src/tiers/box/host/render';
import { withHead } from '../../../../src/tiers/box/host/scripts';
import type { HostFile } from '../../../../src/tiers/box/host/types';
import { EXAMPLES } from '../../../support/host-examples';
import { HostRoot, run, said, toolTest } from '../../../support/host-tools';

const FOLDER = join(__dirname, '../../../../src/tiers/box/host/scripts');

/** The files of the repository. */
const sources = (readdirSync(FOLDER, { recursive: true }) as string[])
  .filter((name) => name.endsWith('.sh'))
  .sort()
  .map((name) => join(FOLDER, name));

const isShell = ({ path, content }: HostFile) => content.startsWith('#!/usr/bin/env bash') || path.endsWith('.sh');

/** Each different text once: most scripts are the same on every host. */
function scripts(): readonly HostFile[] {
  const all = EXAMPLES.flatMap(([, host]) => renderBundle(host)).filter(isShell);
  return [...new Map(all.map((file) => [`${file.path}\n${file.content}`, file])).values()];
}

let root: HostRoot;
beforeAll(() => (root = new HostRoot()));
afterAll(() => root.remove());

/** Files in one folder, so that one call of a tool sees all of them. */
function written(): readonly string[] {
  return scripts().map(({ path, content }, index) => root.write(`/scripts/${index}-${path.split('/').at(-1)}`, content));
}

test('every command is a strict bash script that says what it does', () => {
  const commands = scripts().filter(({ path }) => !path.endsWith('.sh'));
  expect(commands.length).toBeGreaterThan(15);
  for (const { path, mode, content } of commands) {
    expect({ path, mode, head: content.split('\n').slice(0, 2) }).toEqual({
      path,
      mode: '0755',
      head: ['#!/usr/bin/env bash', expect.stringMatching(/^# .+/)],
    });
    expect(content).toContain('set -euo pipefail');
  }
});

test('every script of the repository is installed on some host, and differs there in nothing but values of its head', () => {
  const withoutValues = (text: string) => text.replace(/^([A-Z][A-Z0-9_]*)=.*$/gm, '$1=');
  const installed = new Set(scripts().map(({ content }) => withoutValues(content)));
  expect(new Set(sources.map((path) => withoutValues(readFileSync(path, 'utf8'))))).toEqual(installed);
});

toolTest('bash reads every script', ['bash'], () => {
  for (const path of written()) expect(said(run('bash', ['-n', path]))).toBe('');
});

toolTest('bash refuses a script that is cut short, so the check can fail', ['bash'], () => {
  const [first] = scripts();
  const path = root.write('/scripts/broken', `${first!.content}\nif true; then\n`);
  expect(run('bash', ['-n', path]).status).not.toBe(0);
});

toolTest('shellcheck finds nothing in any script of the repository, with all that it sources', ['shellcheck'], () => {
  expect(sources.length).toBeGreaterThan(20);
  for (const path of sources) expect(statSync(path).mode & 0o111).toBe(0);
  expect(said(run('shellcheck', ['--format=gcc', ...sources]))).toBe('');
});

toolTest('shellcheck finds nothing in any script of a host', ['shellcheck'], () => {
  const result = run('shellcheck', ['--shell=bash', '--exclude=SC1091', '--format=gcc', ...written()]);
  expect(said(result)).toBe('');
});

toolTest('shellcheck would find an unquoted variable', ['shellcheck'], () => {
  const path = root.write('/scripts/unquoted', '#!/usr/bin/env bash\nrm $1\n');
  expect(run('shellcheck', [path]).status).not.toBe(0);
});

describe('variables', () => {
  /** Set by systemd, by bash, or by the scripts that source them. */
  const FOREIGN = ['PATH', 'IFS', 'NF', 'NR', 'SECONDS'];

  const assigned = (text: string) => [...text.matchAll(/^\s*([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name!);
  const read = (text: string) => [...text.replace(/^\s*#.*$/gm, '').matchAll(/\$([A-Z][A-Z0-9_]+)/g)].map(([, name]) => name!);

  test('that a command reads are set in it, in a library, or in the settings of some host', () => {
    const bundles = EXAMPLES.flatMap(([, host]) => renderBundle(host));
    const shared = bundles.filter(({ path }) => /^\/etc\/terrace\/.*\.env$|^\/usr\/local\/lib\/terrace\//.test(path));
    const known = new Set([...FOREIGN, ...assigned(shared.map(({ content }) => content).join('\n'))]);
    const unknown = scripts().flatMap(({ path, content }) => {
      const own = new Set(assigned(content));
      return read(content).flatMap((name) => (known.has(name) || own.has(name) ? [] : [`${path}: ${name}`]));
    });
    expect(unknown).toEqual([]);
  });

  test('are written into the head of a script, whatever they hold', () => {
    expect(withHead('# Variables\nPLACE=/data\nNAME=\n', { NAME: "it's $1" })).toBe(
      "# Variables\nPLACE=/data\nNAME='it'\\''s $1'\n",
    );
  });

  test('that the head does not have, or has twice, are refused', () => {
    expect(() => withHead('PLACE=/data\n', { NAME: 'x' })).toThrow('NAME on 0 lines');
    expect(() => withHead('NAME=a\nNAME=b\n', { NAME: 'x' })).toThrow('NAME on 2 lines');
  });
});
