/** Scripts and user data, judged by bash, shellcheck and cloud-init. */
import { parse } from 'yaml';
import { renderBundle, renderUserData } from '../../../../src/tiers/box/host/render';
import type { HostFile } from '../../../../src/tiers/box/host/types';
import { EXAMPLES, WITH_CONTAINERS } from '../../../support/host-examples';
import { HostRoot, run, said, toolTest } from '../../../support/host-tools';

const isShell = ({ path, content }: HostFile) => content.startsWith('#!/usr/bin/env bash') || path.endsWith('.sh');

/** Each different text once: most scripts are the same on every host. */
function scripts(): readonly HostFile[] {
  const all = EXAMPLES.flatMap(([, host]) => renderBundle(host)).filter(isShell);
  return [...new Map(all.map((file) => [`${file.path}\n${file.content}`, file])).values()];
}

let root: HostRoot;
beforeAll(() => (root = new HostRoot()));
afterAll(() => root.remove());

/** Files side by side, so that one call of a tool sees all of them. */
function written(): readonly string[] {
  return scripts().map(({ path, content }, index) => root.write(`/scripts/${index}-${path.split('/').at(-1)}`, content));
}

test('every command is a strict bash script that says what it does', () => {
  for (const { path, mode, content } of scripts().filter((file) => !file.path.endsWith('.sh'))) {
    expect({ path, mode, head: content.split('\n').slice(0, 2) }).toEqual({
      path,
      mode: '0755',
      head: ['#!/usr/bin/env bash', expect.stringMatching(/^# .+/)],
    });
    expect(content).toContain('set -euo pipefail');
  }
});

toolTest('bash reads every script', ['bash'], () => {
  for (const path of written()) expect(said(run('bash', ['-n', path]))).toBe('');
});

toolTest('bash refuses a script that is cut short, so the check can fail', ['bash'], () => {
  const [first] = scripts();
  const path = root.write('/scripts/broken', `${first!.content}\nif true; then\n`);
  expect(run('bash', ['-n', path]).status).not.toBe(0);
});

toolTest('shellcheck finds nothing in any script', ['shellcheck'], () => {
  const result = run('shellcheck', ['--shell=bash', '--exclude=SC1091', '--format=gcc', ...written()]);
  expect(said(result)).toBe('');
});

toolTest('shellcheck would find an unquoted variable', ['shellcheck'], () => {
  const path = root.write('/scripts/unquoted', '#!/usr/bin/env bash\nrm $1\n');
  expect(run('shellcheck', [path]).status).not.toBe(0);
});

describe('user data', () => {
  toolTest('is a valid cloud-config for every host', ['cloud-init'], () => {
    for (const [name, host] of EXAMPLES) {
      const path = root.write('/user-data', renderUserData(host));
      const result = run('cloud-init', ['schema', '--config-file', path]);
      expect({ name, status: result.status, said: said(result) }).toMatchObject({
        status: 0,
        said: expect.stringMatching(/^Valid/),
      });
    }
  });

  toolTest('with a misspelt key is refused by the same check', ['cloud-init'], () => {
    const path = root.write('/user-data', renderUserData(WITH_CONTAINERS).replace('permissions:', 'permission:'));
    expect(run('cloud-init', ['schema', '--config-file', path]).status).not.toBe(0);
  });

  test.each(EXAMPLES)('fits twice into what EC2 takes: %s', (_, host) => {
    expect(Buffer.byteLength(renderUserData(host))).toBeLessThan(8 * 1024);
  });

  test('brings the same commands as the bundle, which may later replace them', () => {
    const { write_files: files } = parse(renderUserData(WITH_CONTAINERS)) as { write_files: { path: string; content: string }[] };
    const bundle = new Map(renderBundle(WITH_CONTAINERS).map(({ path, content }) => [path, content]));
    for (const { path, content } of files) expect(bundle.get(path)).toBe(content);
    expect(files.map(({ path }) => path)).toContain('/usr/local/sbin/terrace-volume');
  });
});
