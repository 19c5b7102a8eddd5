/** Files of every kind that a file system may hold, and what two folders have in common: as find and sha256 see it. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { ScriptOptions, ScriptResult } from '../../src/operations/database-place';
import type { FilesPlace } from '../../src/operations/files-place';

/** Bytes of a part in tests. */
export const TEST_PART_BYTES = 4 * 1024 ** 2;

/** Holes of 64 MiB between three pieces of text. */
export const SPARSE = 'sparse.img';

/** Two names for one content, a third in another folder. */
export const LINKED = ['first name', 'second name', 'below/third name'];

export function awkwardFiles(folder: string): void {
  for (const name of ['below/deep/deeper', 'empty', 'with spaces and\nnew lines', 'größe/日本語'])
    mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'größe/日本語', 'emoji 🙂.txt'), 'ü');
  writeFileSync(join(folder, 'with spaces and\nnew lines', `"quoted" 'twice' \\ $(id) \``), 'quoted');
  writeFileSync(join(folder, '-rf'), 'a name like an option');
  writeFileSync(join(folder, 'n'.repeat(255)), 'a long name');
  writeFileSync(join(folder, 'nothing'), '');
  // Not UTF-8.
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/latin-`), Buffer.from([0xe9, 0xff])]), 'latin');
  writeFileSync(join(folder, 'below/large.bin'), randomLike(3 * TEST_PART_BYTES + 12345));
  for (let index = 0; index < 300; index += 1) writeFileSync(join(folder, 'below/deep', `small ${index}`), `content ${index}`);
  writeFileSync(join(folder, LINKED[0]!), 'one content');
  for (const other of LINKED.slice(1)) linkSync(join(folder, LINKED[0]!), join(folder, other));
  symlinkSync('../first name', join(folder, 'below/link'));
  symlinkSync('/nowhere/at all', join(folder, 'dangling'));
  symlinkSync('below', join(folder, 'link to a folder'));
  sparseFile(join(folder, SPARSE));
  chmodSync(join(folder, 'nothing'), 0o4751);
  utimesSync(join(folder, '-rf'), new Date('1999-12-31T23:59:59Z'), new Date('1999-12-31T23:59:59.5Z'));
  mkdirSync(join(folder, 'sealed'));
  writeFileSync(join(folder, 'sealed/inside'), 'inside');
  chmodSync(join(folder, 'sealed/inside'), 0o400);
  chmodSync(join(folder, 'sealed'), 0o555);
}

function sparseFile(path: string): void {
  const file = openSync(path, 'w');
  writeSync(file, 'begin', 0);
  writeSync(file, 'middle', 32 * 1024 ** 2);
  closeSync(file);
  truncateSync(path, 64 * 1024 ** 2);
}

function randomLike(length: number): Buffer {
  const piece = createHash('sha512').update('piece').digest();
  return Buffer.concat(Array.from({ length: Math.ceil(length / piece.length) }, () => piece)).subarray(0, length);
}

/** One line an entry: kind, mode, owner, size, link, names of the same content, and the content's hash. Without what the move marks. */
export function treeOf(folder: string, { owners = true } = {}): readonly string[] {
  const names = execFileSync('find', [folder, '-mindepth', '1', '-path', `${folder}/.terrace-move`, '-prune', '-o', '-print0'], {
    encoding: 'buffer',
  });
  const paths = split(names).filter((path) => path.toString('latin1') !== Buffer.from(folder).toString('latin1'));
  const byInode = new Map<number, string>();
  return paths
    .map((path) => path.subarray(Buffer.byteLength(folder) + 1))
    .sort((one, other) => Buffer.compare(one, other))
    .map((name) => {
      const path = Buffer.concat([Buffer.from(`${folder}/`), name]);
      const about = lstatSync(path);
      const shown = name.toString('latin1');
      const first = byInode.get(about.ino) ?? shown;
      byInode.set(about.ino, first);
      const link = about.isSymbolicLink() ? readlinkSync(path) : '';
      const mode = about.isSymbolicLink() ? '' : (about.mode & 0o7777).toString(8);
      const kind = about.isDirectory() ? 'folder' : about.isFile() ? 'file' : about.isSymbolicLink() ? 'link' : 'other';
      const owner = owners ? `${about.uid}:${about.gid}` : '';
      const content = kind === 'file' ? `${about.size} ${first} ${hashOf(path)} ${Math.floor(about.mtimeMs)}` : '';
      return [shown, kind, mode, owner, link, content].join(' | ');
    });
}

function split(names: Buffer): readonly Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < names.length;) {
    const end = names.indexOf(0, at);
    found.push(names.subarray(at, end));
    at = end + 1;
  }
  return found;
}

/** Large files with holes are read by a program. */
function hashOf(path: Buffer): string {
  if (statSync(path).size < 32 * 1024 ** 2) return createHash('sha256').update(readFileSync(path)).digest('hex');
  return execFileSync('sha256sum', [path.toString()], { encoding: 'utf8' }).slice(0, 64);
}

/** A place on this machine. Its scripts go on when the command that started them is gone. */
export class LocalFiles implements FilesPlace {
  public readonly scripts: string[] = [];
  /** Programs that were started, and have not ended. */
  public readonly running = new Set<ChildProcess>();

  /** @param as user and group of an access point, as which everything is done */
  constructor(
    public readonly name: string,
    public readonly folder: string,
    public readonly owner?: { readonly userId: number; readonly groupId: number },
  ) {}

  public run(script: string, { secrets = {}, report, signal }: ScriptOptions): Promise<ScriptResult> {
    this.scripts.push(script);
    const shell = ['sh', '-euc', script];
    const [program = 'sh', ...args] =
      this.owner === undefined
        ? shell
        : ['setpriv', `--reuid=${this.owner.userId}`, `--regid=${this.owner.groupId}`, '--clear-groups', ...shell];
    const child = spawn(program, args, {
      env: { PATH: process.env.PATH, TERRACE_PART_BYTES: String(TEST_PART_BYTES), ...secrets },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.running.add(child);
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output.stderr += text;
      for (const line of text.trim().split('\n')) report?.(line);
    });
    return new Promise((settle, refuse) => {
      signal?.addEventListener('abort', () => refuse(new Error('the command was killed')));
      child.on('close', (code) => {
        this.running.delete(child);
        settle({ exitCode: code ?? 143, ...output });
      });
    });
  }
}
