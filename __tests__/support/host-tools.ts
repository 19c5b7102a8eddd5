/** Runs what a host would run with its own tools on this machine: files are written below a directory, with changed paths. */
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { HostFile } from '../../src/tiers/box/host/types';

/** Includes directories that are not in the path of an ordinary user. */
const SEARCH_PATH = [process.env.PATH, '/usr/sbin', '/sbin', '/usr/local/sbin'].join(':');

/** The path of a program, if it is installed. */
export function findTool(name: string): string | undefined {
  return SEARCH_PATH.split(':')
    .map((directory) => join(directory, name))
    .find((path) => existsSync(path));
}

/** A test that needs a program: skipped, with the program's name in its title, where it is not installed. */
export function toolTest(name: string, tools: readonly string[], body: jest.ProvidesCallback): void {
  const missing = tools.filter((tool) => findTool(tool) === undefined);
  if (missing.length > 0) test.skip(`${name} (skipped: ${missing.join(', ')} not installed here)`, body);
  else test(name, body);
}

/** Runs a program to its end. */
export function run(
  program: string,
  args: readonly string[],
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly input?: string;
    readonly uid?: number;
    readonly gid?: number;
  } = {},
): SpawnSyncReturns<string> {
  return spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    input: options.input ?? '',
    uid: options.uid,
    gid: options.gid,
    env: { PATH: SEARCH_PATH, HOME: tmpdir(), LC_ALL: 'C.UTF-8', ...options.env },
  });
}

/** Everything a program printed, for a failed test to show. */
export function said({ stdout, stderr }: SpawnSyncReturns<string>): string {
  return `${stdout}${stderr}`;
}

/** The directories of a host that occur in files and scripts. */
const HOST_DIRECTORIES = [
  '/usr/local/sbin',
  '/usr/local/lib/terrace',
  '/usr/local/lib/docker',
  '/etc',
  '/run',
  '/var/lib/terrace',
  '/var/www/terrace',
  '/var/log',
  '/data',
  '/opt',
  '/dev/disk',
  '/dev/sd',
  '/dev/xvd',
  '/swapfile',
];

/** A directory that represents the root of a host. */
export class HostRoot {
  public readonly root: string;

  constructor() {
    this.root = mkdtempSync(join(tmpdir(), 'terrace-host-'));
    chmodSync(this.root, 0o755);
    for (const directory of ['run', 'etc', 'data', 'var/lib', 'usr/local/sbin', 'shims']) this.directory(`/${directory}`);
  }

  /** A path of the host on this machine. */
  public path(path: string): string {
    return join(this.root, path);
  }

  /** A text in which every absolute path below a directory of the host is one on this machine. */
  public translate(text: string): string {
    const pattern = new RegExp(`(?<![A-Za-z0-9._/-])(${HOST_DIRECTORIES.join('|')})(?=[/ "'\\n;:a-z*]|$)`, 'gm');
    return text.replace(pattern, (path) => `${this.root}${path}`);
  }

  public directory(path: string): string {
    mkdirSync(this.path(path), { recursive: true });
    return this.path(path);
  }

  public write(path: string, content: string, mode = 0o644): string {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), content);
    chmodSync(this.path(path), mode);
    return this.path(path);
  }

  public read(path: string): string {
    return readFileSync(this.path(path), 'utf8');
  }

  public has(path: string): boolean {
    return existsSync(this.path(path));
  }

  /** Files as the host's puller would write them. */
  public install(files: readonly HostFile[]): void {
    for (const { path, mode, content } of files) this.write(path, this.translate(content), Number.parseInt(mode, 8));
  }

  /** Replaces a program that this machine lacks, or must not run. `/bin/sh` starts in half the time of bash. */
  public shim(name: string, body: string, shell: '/bin/bash' | '/bin/sh' = '/bin/bash'): void {
    this.write(`/shims/${name}`, `#!${shell}\n${body}\n`, 0o755);
  }

  /** Runs a command of the host, with the shims before everything else. */
  public command(
    name: string,
    args: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): SpawnSyncReturns<string> {
    return run(this.path(`/usr/local/sbin/terrace-${name}`), args, {
      env: { ...env, PATH: `${this.path('/shims')}:${SEARCH_PATH}`, HOST_ROOT: this.root },
    });
  }

  /** Keeps the present state of the root, or returns to the state that was kept. */
  public checkpoint(action: 'keep' | 'return'): void {
    const [from, to] = action === 'keep' ? [this.root, this.kept] : [this.kept, this.root];
    rmSync(to, { recursive: true, force: true });
    run('cp', ['-a', from, to]);
  }

  private get kept(): string {
    return `${this.root}.kept`;
  }

  public removeFile(path: string): void {
    rmSync(this.path(path), { force: true });
  }

  public remove(): void {
    for (const path of [this.root, this.kept]) rmSync(path, { recursive: true, force: true });
  }
}
