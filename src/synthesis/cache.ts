/** Groups of earlier runs on the disk: what is wrong, missing or unreadable there costs time and nothing else. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { ResolvedEnvironment } from '../config';
import { keyOf, type KeyParts } from './cache-key';
import type { StackFile } from './output-beside';
import { writeWhole } from './whole-file';
import type { WrittenStack } from './written';

/** A group whose checks passed. A refused one is not kept. */
export interface KeptGroup {
  /** Of cdktf, as the manifest names it. */
  readonly version: string;
  readonly written: readonly WrittenStack[];
  readonly files: readonly StackFile[];
  readonly warnings: ResolvedEnvironment['warnings'];
  readonly summary?: string;
}

export interface CacheOptions {
  readonly folder: string;
  /** Identifies the program. */
  readonly program: string;
  /** Files that the checks of a group read. @default none */
  readonly filesOf?: (group: string) => readonly string[];
  /** Of all entries together; those that were used last stay. @default 512 MB, some 1,800 environments */
  readonly limitBytes?: number;
}

const LIMIT_BYTES = 512 * 1024 * 1024;

export class SynthesisCache {
  private readonly ofProgram: string;
  private hasWritten = false;

  constructor(private readonly options: CacheOptions) {
    this.ofProgram = `${sha256(options.program).slice(0, 12)}-`;
  }

  /** Undefined for a group that cannot be kept. */
  public keyOf(group: string, inputs: KeyParts['inputs']): string | undefined {
    return keyOf({ program: this.options.program, inputs: [group, inputs], files: this.options.filesOf?.(group) ?? [] });
  }

  /** Whether something is kept under this key. What it is worth, reading it says. */
  public has(key: string): boolean {
    return existsSync(this.fileOf(key));
  }

  /** The group as it was written under this key; undefined where there is none, or not exactly that. */
  public read(key: string): KeptGroup | undefined {
    try {
      const file = this.fileOf(key);
      const kept = decode(readFileSync(file), key);
      const now = new Date();
      utimesSync(file, now, now);
      return kept;
    } catch {
      return undefined;
    }
  }

  public write(key: string, group: KeptGroup): void {
    try {
      writeWhole(this.fileOf(key), encode(group, key));
      this.hasWritten = true;
    } catch {
      // As the next run: without it.
    }
  }

  /** Removes the entries of other programs, and the oldest above the limit, after a run that wrote some. */
  public prune(): void {
    if (!this.hasWritten) return;
    try {
      let room = this.options.limitBytes ?? LIMIT_BYTES;
      const entries = readdirSync(this.options.folder).map((name) => {
        const file = join(this.options.folder, name);
        const { size, mtimeMs } = statSync(file);
        return { name, file, size, mtimeMs };
      });
      for (const { name, file, size } of entries.sort((one, other) => other.mtimeMs - one.mtimeMs)) {
        room -= size;
        if (room < 0 || !name.startsWith(this.ofProgram)) rmSync(file, { force: true });
      }
    } catch {
      // Another run removes them at the same time.
    }
  }

  private fileOf(key: string): string {
    return join(this.options.folder, `${this.ofProgram}${key}`);
  }
}

const SHA256_LENGTH = 64;

/** Checksum of all that follows, the description in one line, the contents of the files. */
function encode({ files, ...described }: KeptGroup, key: string): Buffer {
  const listed = files.map(({ path, content: { length } }) => ({ path, length }));
  const content = Buffer.concat([
    Buffer.from(`${JSON.stringify({ ...described, key, listed })}\n`),
    ...files.map((file) => file.content),
  ]);
  return Buffer.concat([Buffer.from(sha256(content)), content]);
}

/** @throws Error for anything but what `encode` made */
function decode(entry: Buffer, key: string): KeptGroup {
  const content = entry.subarray(SHA256_LENGTH);
  if (sha256(content) !== entry.toString('latin1', 0, SHA256_LENGTH)) throw new Error('the checksum is another one');
  const end = content.indexOf('\n');
  const {
    listed,
    key: found,
    ...described
  } = JSON.parse(content.toString('utf8', 0, end)) as Omit<KeptGroup, 'files'> & {
    readonly key: string;
    readonly listed: readonly { readonly path: string; readonly length: number }[];
  };
  if (found !== key) throw new Error('the entry is of another key');
  let start = end + 1;
  const files = listed.map(({ path, length }) => ({ path, content: content.subarray(start, (start += length)) }));
  return { ...described, files };
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
