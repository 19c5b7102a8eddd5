/** Output is written beside its place and then moved, so that a full disk or an interruption leaves no half file. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CommandError } from '../cli/errors';
import { MODULE_FILE } from '../terraform/root-module';
import { stackFolder, stackIds } from './output-folder';
import type { Format } from './written';

const PREFIX = '.writing-';

/**
 * Creates the output folder, and removes what interrupted runs left in it.
 * @throws CommandError where it cannot be written
 */
export function prepareOutput(outdir: string): void {
  try {
    mkdirSync(outdir, { recursive: true });
    for (const name of readdirSync(outdir).filter((entry) => entry.startsWith(PREFIX) && !isRunning(entry)))
      rmSync(join(outdir, name), { recursive: true, force: true });
    mkdirSync(join(outdir, `${PREFIX}${process.pid}`), { recursive: true });
    rmSync(join(outdir, `${PREFIX}${process.pid}`), { recursive: true });
  } catch (error) {
    refuseUnwritable(outdir, error);
    throw error;
  }
}

function isRunning(entry: string): boolean {
  try {
    return process.kill(Number(entry.slice(PREFIX.length)), 0);
  } catch (error) {
    // The process of another person.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const UNWRITABLE: readonly unknown[] = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'EIO', 'ENOTDIR', 'EEXIST', 'EMFILE'];

/** @throws CommandError for an error that every other file of the folder would meet too */
export function refuseUnwritable(outdir: string, error: unknown): void {
  const { code, syscall, message } = error as Partial<NodeJS.ErrnoException>;
  if (syscall === undefined || !UNWRITABLE.includes(code)) return;
  throw new CommandError(
    `${outdir} cannot be written: ${message}\nWhat is there is whole, and may be out of date: run the command again once it can be written`,
  );
}

/** Runs `write` with a folder beside the stacks, which is removed at the end. */
export async function besideOutput<T>(outdir: string, write: (folder: string) => Promise<T>): Promise<T> {
  const folder = join(outdir, `${PREFIX}${process.pid}`);
  mkdirSync(folder, { recursive: true });
  try {
    return await write(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A file of a stack. */
export interface StackFile {
  /** Below the folder of the stacks: `shop-dev-network/cdk.tf.json`. */
  readonly path: string;
  readonly content: Buffer;
}

/** Every file of the stacks in a folder. */
export function readFiles(folder: string): readonly StackFile[] {
  return stackIds(folder).flatMap((id) =>
    readdirSync(stackFolder(folder, id), { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(stackFolder(folder, id), name)).isFile())
      .map((name) => ({ path: join(id, name), content: readFileSync(join(stackFolder(folder, id), name)) })),
  );
}

/** Writes what `readFiles` returned, in another folder. */
export function writeFiles(folder: string, files: readonly StackFile[]): void {
  for (const { path, content } of files) {
    const file = stackFolder(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

/** Moves the files of every stack, in one format, to its place. Other files there stay, except those of the other format. */
export function moveStacks(from: string, outdir: string, format: Format): void {
  mkdirSync(stackFolder(outdir, ''), { recursive: true });
  for (const id of stackIds(from)) {
    const place = stackFolder(outdir, id);
    if (!existsSync(place)) {
      renameSync(stackFolder(from, id), place);
      continue;
    }
    for (const { name, isFolder } of entriesOf(stackFolder(from, id))) {
      // A file replaces another in one step; a folder only takes the place of none.
      if (isFolder) rmSync(join(place, name), { recursive: true, force: true });
      renameSync(join(stackFolder(from, id), name), join(place, name));
    }
    removeFormat(place, format === 'hcl' ? 'json' : 'hcl');
  }
}

function entriesOf(folder: string) {
  return readdirSync(folder, { withFileTypes: true }).map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
}

const FILES: Readonly<Record<Format, readonly string[]>> = { json: [MODULE_FILE], hcl: ['cdk.tf', 'metadata.json'] };

/** Terraform reads both formats together, and would find every resource twice. */
export function removeFormat(folder: string, format: Format): void {
  for (const file of FILES[format]) rmSync(join(folder, file), { force: true });
}
