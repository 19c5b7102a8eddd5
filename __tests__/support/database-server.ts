/** A real PostgreSQL server with the master of RDS, for the scripts of jobs that log in as the master. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The newest server of this machine, as Debian and Homebrew lay it down. */
export function serverBinaries(): string | undefined {
  // Root lends the server the user `postgres`, which its package makes.
  if (process.getuid?.() === 0 && spawnSync('id', ['postgres']).status !== 0) return undefined;
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((left, right) => Number(right) - Number(left)) : [];
  const folders = [...versions.map((version) => join(debian, version, 'bin')), ...(process.env.PATH ?? '').split(':')];
  return folders.find((folder) => ['initdb', 'postgres', 'pg_ctl', 'psql'].every((program) => existsSync(join(folder, program))));
}

/** A PostgreSQL server that lives as long as the tests. PostgreSQL refuses to run as root, so root lends it a user. */
export class DatabaseServer {
  private readonly folder = mkdtempSync(join(tmpdir(), 'terrace-postgres-'));
  private readonly asRoot = process.getuid?.() === 0;

  /** @param script the command of the job that `runJob` runs by itself */
  constructor(
    private readonly binaries: string,
    private readonly script: string,
  ) {
    if (this.asRoot) execFileSync('chown', ['postgres', this.folder]);
    chmodSync(this.folder, 0o755);
    const data = join(this.folder, 'data');
    // Local connections would all be trusted: a wrong password must be refused, so authentication is on.
    this.server(`printf master > ${this.folder}/password`);
    this.server(`${binaries}/initdb -D ${data} -U postgres -A scram-sha-256 --pwfile=${this.folder}/password`);
    this.server(
      `${binaries}/pg_ctl -D ${data} -w -l ${this.logFile} -o "-k ${this.folder} -c listen_addresses= -c log_statement=all -c log_min_duration_statement=0" start`,
    );
  }

  /** As on RDS: the master is no superuser, and owns the application's database. */
  public prepare(): void {
    this.query({ database: 'postgres' }, "create role master login createdb createrole password 'master'");
    this.query({ database: 'postgres' }, 'create database shop owner master');
    this.query({ database: 'postgres' }, 'grant pg_signal_backend to master');
    // On RDS the master can grant this role.
    this.query({ database: 'postgres' }, 'create role rds_iam', 'grant rds_iam to master with admin option');
    // Every version behaves as PostgreSQL 14 does here: the script must take this right away.
    this.query({}, 'grant create on schema public to public');
    if (this.version < 15) this.query({ database: 'shop' }, 'alter schema public owner to master;');
  }

  public get version(): number {
    return Number(/(\d+)/.exec(execFileSync(join(this.binaries, 'postgres'), ['--version'], { encoding: 'utf8' }))?.[1]);
  }

  /** Where it listens. */
  public get socketPath(): string {
    return join(this.folder, '.s.PGSQL.5432');
  }

  public get log(): string {
    return readFileSync(this.logFile, 'utf8');
  }

  /** Runs the job's command as the job would. */
  public runJob(passwords: Readonly<Record<string, string>>, line = this.script) {
    return spawnSync('sh', ['-ceu', line], {
      encoding: 'utf8',
      env: {
        PATH: `${this.binaries}:${process.env.PATH}`,
        PGHOST: this.folder,
        PGDATABASE: 'shop',
        PGUSER: 'master',
        PGPASSWORD: 'master',
        RDS_CERTIFICATE: 'unknown',
        ...passwords,
      },
    });
  }

  /** Rows as text; throws what the server answers. */
  public query(
    login: { readonly user?: string; readonly password?: string; readonly database?: string },
    ...statements: readonly string[]
  ): string {
    const { user = 'postgres', password = 'master', database = 'shop' } = login;
    const result = spawnSync(
      join(this.binaries, 'psql'),
      ['-XAtq', '-v', 'ON_ERROR_STOP=1', ...statements.flatMap((each) => ['-c', each])],
      {
        encoding: 'utf8',
        env: { PATH: process.env.PATH, PGHOST: this.folder, PGDATABASE: database, PGUSER: user, PGPASSWORD: password },
      },
    );
    if (result.status !== 0) throw new Error(result.stderr);
    return result.stdout.trim();
  }

  /** Forgets what it has in memory. */
  public restart(): void {
    this.server(`${this.binaries}/pg_ctl -D ${this.folder}/data -m immediate -w -l ${this.logFile} restart`);
  }

  public stop(): void {
    this.server(`${this.binaries}/pg_ctl -D ${this.folder}/data -m immediate stop`);
    rmSync(this.folder, { recursive: true });
  }

  private get logFile(): string {
    return join(this.folder, 'log');
  }

  private server(line: string): void {
    const [program, args] = this.asRoot ? ['su', ['postgres', '-s', '/bin/sh', '-c', line]] : ['sh', ['-c', line]];
    execFileSync(program, args, { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
  }
}
