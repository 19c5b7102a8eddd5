/** A checkout of a few files, in which `npm run new` writes. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { EnvironmentFiles } from '../../../src/cli/command';
import { runCommand, type Result } from '../../support/command';

const LIST = `/** The list. */

export const environments: Readonly<Record<string, () => Promise<{ readonly default: unknown }>>> = {
  // The first one.
  'other-dev': () => import('./other/dev.ts'),
};
`;

export class Checkout {
  public readonly root = mkdtempSync(join(tmpdir(), 'terrace-new-'));

  public constructor(files: Readonly<Record<string, string>> = {}) {
    for (const [path, text] of Object.entries({ 'environments/index.ts': LIST, ...files })) {
      mkdirSync(dirname(join(this.root, path)), { recursive: true });
      writeFileSync(join(this.root, path), text);
    }
  }

  /** Runs `npm run new` here. */
  public run(args: readonly string[], files: EnvironmentFiles = {}): Promise<Result> {
    return runCommand(files, ['new', ...args, '--root', this.root]);
  }

  public read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  /** Every file with its text, to compare. */
  public all(): Readonly<Record<string, string>> {
    const paths = readdirSync(this.root, { recursive: true, encoding: 'utf8' }).sort();
    return Object.fromEntries(
      paths.filter((path) => statSync(join(this.root, path)).isFile()).map((path) => [path, this.read(path)]),
    );
  }

  public remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
