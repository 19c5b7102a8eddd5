/** A real PostgreSQL server for one test: as the host's files set it up, in a temporary directory, on a free port. */
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { findTool, type HostRoot, run, said } from './host-tools';

/** Debian keeps the server's programs of each version in a separate directory. */
const DEBIAN_PROGRAMS = '/usr/lib/postgresql';

/** The directory of the newest server that is installed. */
export function postgresPrograms(): string | undefined {
  if (existsSync(DEBIAN_PROGRAMS)) {
    const versions = readdirSync(DEBIAN_PROGRAMS).sort((one, other) => Number(other) - Number(one));
    const newest = versions
      .map((version) => join(DEBIAN_PROGRAMS, version, 'bin'))
      .find((path) => existsSync(join(path, 'initdb')));
    if (newest !== undefined) return newest;
  }
  return findTool('initdb')?.replace(/\/initdb$/, '');
}

interface Account {
  readonly name: string;
  readonly uid?: number;
  readonly gid?: number;
}

/** PostgreSQL refuses to run as root: then it runs as the user that its package created. */
function account(): Account {
  if (process.getuid?.() !== 0) return { name: run('id', ['-un']).stdout.trim() };
  const name = spawnSync('id', ['-u', 'postgres']).status === 0 ? 'postgres' : 'nobody';
  return { name, uid: Number(run('id', ['-u', name]).stdout), gid: Number(run('id', ['-g', name]).stdout) };
}

export class PostgresServer {
  private constructor(
    private readonly host: HostRoot,
    private readonly programs: string,
    private readonly account: Account,
    public readonly port: number,
  ) {}

  /** Starts it with the host's own settings; needs the files of a host that has PostgreSQL installed. */
  public static async start(host: HostRoot): Promise<PostgresServer> {
    const programs = postgresPrograms();
    if (programs === undefined) throw new Error('PostgreSQL is not installed');
    const server = new PostgresServer(host, programs, account(), await freePort());
    server.initialise();
    server.control('start', '-w', '-l', join(server.directory, 'log'), '-o', server.options());
    return server;
  }

  public stop(): void {
    this.control('stop', '-m', 'immediate');
  }

  /** One statement by the superuser over the socket. */
  public sql(statement: string, database = 'postgres'): string {
    const result = this.client('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', database, '-c', statement]);
    if (result.status !== 0) throw new Error(said(result));
    return result.stdout.trim();
  }

  /** Logs in with a password over TCP, as an application does. Returns the result of the statement, or the error. */
  public logIn(role: string, password: string, database: string, statement = 'select current_user'): string {
    const address = `host=127.0.0.1 port=${this.port} user=${role} dbname=${database}`;
    return said(
      run(join(this.programs, 'psql'), ['-XAtq', '-d', address, '-c', statement], { env: { PGPASSWORD: password } }),
    ).trim();
  }

  /** A shell line that runs a program as the superuser. */
  public shellAccess(): string {
    return this.asAccount(`PGHOST=${this.sockets} PGPORT=${this.port} PGUSER=postgres`);
  }

  /** A shell line that runs a program as the user of the server, with variables. */
  public asAccount(variables = ''): string {
    const become =
      this.account.uid === undefined
        ? ''
        : `/usr/bin/setpriv --reuid=${this.account.uid} --regid=${this.account.gid} --clear-groups `;
    return `exec ${become}env PATH="${this.programs}:$PATH" ${variables} "$@"`;
  }

  /** The name of the server's user. */
  public get user(): string {
    return this.account.name;
  }

  private get directory(): string {
    return this.host.path('/data/postgres');
  }

  private get sockets(): string {
    return this.host.path('/run/postgresql');
  }

  private client(program: string, args: readonly string[]) {
    const env = { PGHOST: this.sockets, PGPORT: String(this.port), PGUSER: 'postgres' };
    return run(join(this.programs, program), args, { env, uid: this.account.uid, gid: this.account.gid });
  }

  /** The options of the host's own initialisation. */
  private initialise(): void {
    for (const path of [this.directory, this.sockets]) {
      mkdirSync(path, { recursive: true });
      if (this.account.uid !== undefined) chownSync(path, this.account.uid, this.account.gid ?? 0);
    }
    // "peer" admits the user postgres as superuser; where the server runs as another user, the test trusts its socket.
    if (this.account.name !== 'postgres')
      this.host.write('/etc/terrace/pg_hba.conf', this.host.read('/etc/terrace/pg_hba.conf').replace(/\bpeer\b/g, 'trust'));
    const result = this.client('initdb', [
      `--pgdata=${this.directory}`,
      '--username=postgres',
      '--auth-local=peer',
      '--auth-host=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C.UTF-8',
      '--no-sync',
    ]);
    if (result.status !== 0) throw new Error(said(result));
  }

  private options(): string {
    return `-c config_file=${this.host.path('/etc/terrace/postgresql.conf')} -c port=${this.port} -c fsync=off`;
  }

  private control(...args: readonly string[]): void {
    const result = spawnSync(join(this.programs, 'pg_ctl'), ['-D', this.directory, ...args], {
      encoding: 'utf8',
      // A server that keeps the pipes would keep the test waiting.
      stdio: 'ignore',
      uid: this.account.uid,
      gid: this.account.gid,
      cwd: '/',
    });
    if (result.status !== 0)
      throw new Error(`pg_ctl ${args[0]}: ${this.host.has('/data/postgres/log') ? this.host.read('/data/postgres/log') : ''}`);
  }
}

async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
