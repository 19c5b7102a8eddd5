/** Programs that judge manifests, where they are installed: on the PATH, or by `.ci/run` below `.terrace/validators`. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where `.ci/run` puts them. */
const INSTALLED = join(__dirname, '..', '..', '.terrace', 'validators', 'bin');

function find(program: string): string | undefined {
  const folders = [INSTALLED, ...(process.env.PATH ?? '').split(delimiter)];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/** What a program answered. */
export interface Verdict {
  readonly ok: boolean;
  readonly said: string;
}

/** A test that needs a program; without it, a skipped one that says so. */
export function validatorTest(
  title: string,
  program: string,
  body: (run: (...args: readonly string[]) => Verdict) => void | Promise<void>,
): void {
  const path = find(program);
  if (path === undefined) {
    test.skip(`${title} (skipped: ${program} is not installed here)`, () => undefined);
    return;
  }
  test(title, async () => {
    await body((...args) => {
      const { status, stdout, stderr } = spawnSync(path, args, { encoding: 'utf8' });
      return { ok: status === 0, said: `${stdout}${stderr}` };
    });
  });
}
