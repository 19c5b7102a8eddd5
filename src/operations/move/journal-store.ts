/** Where the journal of a move is: next to the states of its environment. A write succeeds only on the version that was read. */
import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { explainAws, isAwsError } from '../../aws/errors';
import { CommandError } from '../../cli/errors';
import { environmentStatePrefix, shortHash } from '../../config/names';
import type { Target } from '../target';
import { journalSchema, type Journal } from './journal';

export interface StoredJournal {
  readonly journal: Journal;
  /** Of this content. */
  readonly version: string;
}

export interface JournalStore {
  /** As messages name it. */
  readonly where: string;
  read(): Promise<StoredJournal | undefined>;
  /**
   * @param version that the journal was read or written as; undefined: there is none yet
   * @returns the version of what was written
   * @throws JournalConflict when somebody else has written since
   */
  write(journal: Journal, version: string | undefined): Promise<string>;
  /** A document that is kept: the report of a verification. @returns where it is */
  keep(name: string, text: string): Promise<string>;
}

/** Somebody else runs this move. */
export class JournalConflict extends CommandError {
  constructor(where: string) {
    super(
      `somebody else has continued this move: ${where} has changed\n  fix   npm run move -- <environment> --status shows who runs it`,
    );
    this.name = 'JournalConflict';
  }
}

/** The store of an environment. Environments with states in HCP Terraform have no bucket of states, and keep it on this machine. */
export function journalStoreOf(target: Pick<Target, 'name' | 'environment' | 'aws' | 'output'>): JournalStore {
  const { backend, identity } = target.environment;
  if (backend.kind === 's3')
    return new BucketJournal(
      target.aws.in(backend.store.region),
      backend.store.bucket,
      `${environmentStatePrefix(identity.shortName)}move/`,
    );
  return new FileJournal(resolve(target.output, '..', 'terrace-moves', target.name));
}

export class BucketJournal implements JournalStore {
  constructor(
    private readonly aws: Target['aws'],
    private readonly bucket: string,
    private readonly prefix: string,
  ) {}

  public get where(): string {
    return `s3://${this.bucket}/${this.key}`;
  }

  public async read(): Promise<StoredJournal | undefined> {
    const s3 = await this.aws.s3();
    try {
      const { Body: body, ETag: version = '' } = await s3.getObject({ Bucket: this.bucket, Key: this.key });
      return { journal: parsed((await body?.transformToString()) ?? '', this.where), version };
    } catch (error) {
      if (isAwsError(error, 'NoSuchKey')) return undefined;
      throw explainAws(error, `reading the journal ${this.where}`);
    }
  }

  public async write(journal: Journal, version: string | undefined): Promise<string> {
    const s3 = await this.aws.s3();
    try {
      const { ETag: written = '' } = await s3.putObject({
        Bucket: this.bucket,
        Key: this.key,
        Body: textOf(journal),
        ContentType: 'application/json',
        ...(version === undefined ? { IfNoneMatch: '*' } : { IfMatch: version }),
      });
      return written;
    } catch (error) {
      if (isAwsError(error, 'PreconditionFailed', 'ConditionalRequestConflict')) throw new JournalConflict(this.where);
      throw explainAws(error, `writing the journal ${this.where}`);
    }
  }

  public async keep(name: string, text: string): Promise<string> {
    const s3 = await this.aws.s3();
    const key = `${this.prefix}${name}`;
    try {
      await s3.putObject({ Bucket: this.bucket, Key: key, Body: text, ContentType: 'application/json' });
    } catch (error) {
      throw explainAws(error, `writing s3://${this.bucket}/${key}`);
    }
    return `s3://${this.bucket}/${key}`;
  }

  private get key(): string {
    return `${this.prefix}journal.json`;
  }
}

/** Milliseconds after which the lock of a write is one of a program that was killed: a write takes a few. */
const STALE_LOCK = 10_000;

/** On this machine only: for states that are on this machine, too. */
export class FileJournal implements JournalStore {
  constructor(private readonly folder: string) {}

  public get where(): string {
    return `${this.folder}/journal.json`;
  }

  public read(): Promise<StoredJournal | undefined> {
    if (!existsSync(this.where)) return Promise.resolve(undefined);
    const text = readFileSync(this.where, 'utf8');
    return Promise.resolve({ journal: parsed(text, this.where), version: shortHash(text) });
  }

  public write(journal: Journal, version: string | undefined): Promise<string> {
    const text = textOf(journal);
    return this.locked(() => {
      const there = existsSync(this.where) ? shortHash(readFileSync(this.where, 'utf8')) : undefined;
      if (there !== version) throw new JournalConflict(this.where);
      this.replace(this.where, text);
      return shortHash(text);
    });
  }

  public keep(name: string, text: string): Promise<string> {
    mkdirSync(this.folder, { recursive: true });
    const file = `${this.folder}/${name}`;
    this.replace(file, text);
    return Promise.resolve(file);
  }

  /** A reader sees the old content or the new one. */
  private replace(file: string, text: string): void {
    mkdirSync(dirname(file), { recursive: true });
    const beside = `${file}.${randomUUID()}`;
    writeFileSync(beside, text, { mode: 0o600 });
    renameSync(beside, file);
  }

  /** A link is made by one program only. */
  private async locked<T>(work: () => T): Promise<T> {
    mkdirSync(this.folder, { recursive: true });
    const lock = `${this.folder}/lock`;
    const own = `${lock}.${randomUUID()}`;
    writeFileSync(own, '');
    try {
      if (existsSync(lock) && Date.now() - statSync(lock).mtimeMs > STALE_LOCK) rmSync(lock, { force: true });
      linkSync(own, lock);
    } catch {
      throw new JournalConflict(this.where);
    } finally {
      rmSync(own, { force: true });
    }
    try {
      return await Promise.resolve(work());
    } finally {
      rmSync(lock, { force: true });
    }
  }
}

function textOf(journal: Journal): string {
  return `${JSON.stringify(journal, null, 2)}\n`;
}

function parsed(text: string, where: string): Journal {
  try {
    return journalSchema.parse(JSON.parse(text));
  } catch {
    throw new CommandError(`${where} is no journal that this version of Terrace can read`);
  }
}
