/** Two servers and a move between them, for tests of the engine. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { type DatabaseMove, postgresEngine, type Verification } from '../../src/operations/move/postgres';
import { APPLICATION_PASSWORD, awkwardDatabase, RDS_MASTER, RDS_SUPERUSER, rdsMaster } from './awkward-database';
import { LocalPlace, PASSWORD, PostgresCluster, postgresVersions, type PostgresPrograms } from './postgres-cluster';

export const engine = postgresEngine;

export interface Pair {
  readonly source: PostgresCluster;
  readonly target: PostgresCluster;
}

/**
 * The oldest version that has client programs, and the next that there is: the same one where there is no other.
 * `TERRACE_MOVE_TARGET=18` chooses another one, whose programs are on the path.
 */
export function versionsOfPair(): readonly [PostgresPrograms, PostgresPrograms] | undefined {
  const versions = postgresVersions();
  const oldest = versions.find(({ clients }) => clients !== undefined);
  if (oldest === undefined) return undefined;
  const wanted = Number(process.env.TERRACE_MOVE_TARGET ?? 0);
  return [oldest, versions.find(({ major }) => (wanted === 0 ? major > oldest.major : major === wanted)) ?? oldest];
}

/** A source with its superuser, as on a host, and a target whose master is none, as on RDS. */
export async function startPair(rows = 1000): Promise<Pair> {
  const [older, newer] = versionsOfPair()!;
  const [source, target] = await Promise.all([
    PostgresCluster.start(older, { wal_level: 'logical' }),
    PostgresCluster.start(newer, {}, RDS_SUPERUSER),
  ]);
  source.query(awkwardDatabase(rows, { xml: newer.major < 18 }));
  target.query(rdsMaster(newer.major));
  return { source, target };
}

export function stopPair(pair: Partial<Pair> | undefined): void {
  pair?.source?.stop();
  pair?.target?.stop();
}

export interface PlacedMove extends DatabaseMove {
  readonly source: LocalPlace;
  readonly target: LocalPlace;
}

/** Directly, from the place of the source. */
export function directMove({ source, target }: Pair, id: string, { port = target.port, user = RDS_MASTER } = {}): PlacedMove {
  return {
    id,
    jobs: 2,
    source: new LocalPlace('the source', source),
    target: new LocalPlace('the target', target, { user }),
    route: {
      kind: 'direct',
      at: 'source',
      folder: join(temporaryFolder(), 'move'),
      other: { host: '127.0.0.1', port, user, database: 'shop', sslMode: 'disable', passwordCommand: `printf %s '${PASSWORD}'` },
    },
    live: { host: '127.0.0.1', port: source.port, sslMode: 'disable' },
  };
}

const folders: string[] = [];

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'terrace-move-'));
  folders.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Kinds and names, for messages of tests. */
export function named({ differences }: Pick<Verification, 'differences'>): readonly string[] {
  return differences.map(({ kind, name }) => `${kind} ${name}`);
}

/** What must be the same before and after a freeze, an abandoned move or a finished one. */
export function stateOfServer(cluster: PostgresCluster): string {
  return cluster.query(`
    select rolname, rolcanlogin, rolsuper, rolreplication, rolconnlimit from pg_roles order by 1;
    select datname, datconnlimit, datallowconn, datacl from pg_database order by 1;
    select setdatabase, setrole, setconfig from pg_db_role_setting order by 1, 2;
    select slot_name from pg_replication_slots;
    select pubname from pg_publication;
    select subname from pg_subscription;
    select oid::regclass, relreplident, relacl from pg_class where relkind in ('r', 'p') and oid >= 16384 order by 1`);
}

/** An application that writes all the time, in one row a transaction, and remembers what the server has acknowledged. */
export class Writer {
  public readonly acknowledged: number[] = [];
  public refused = 0;
  private stopped = false;
  private next = 0;
  private running: Promise<void> | undefined;

  /** @param port of the server that it finds when it connects */
  public constructor(private readonly port: () => number) {}

  public static prepare(source: PostgresCluster): void {
    source.query('set role app; create table public.writes (id bigserial primary key, number int, note text)');
  }

  public start(): void {
    this.running = this.write();
  }

  public async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async write(): Promise<void> {
    let client: Client | undefined;
    while (!this.stopped) {
      const number = this.next++;
      try {
        client ??= await this.connect();
        await client.query('insert into public.writes (number) values ($1)', [number]);
        if (number % 7 === 0)
          await client.query('update public.writes set note = $2 where number = $1', [number, `note ${number}`]);
        this.acknowledged.push(number);
      } catch {
        this.refused += 1;
        await client?.end().catch(() => undefined);
        client = undefined;
        await new Promise((settle) => setTimeout(settle, 20));
      }
    }
    await client?.end().catch(() => undefined);
  }

  private async connect(): Promise<Client> {
    const client = new Client({
      host: '127.0.0.1',
      port: this.port(),
      user: 'app',
      password: APPLICATION_PASSWORD,
      database: 'shop',
    });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }
}

/** Numbers that were acknowledged and are not there exactly once, and numbers that are there more than once. */
export function lostOrDoubled(cluster: PostgresCluster, acknowledged: readonly number[]): readonly number[] {
  const rows = cluster.query('select number, count(*) from public.writes group by number').split('\n');
  const counts = new Map(rows.filter(Boolean).map((row) => row.split('|').map(Number) as [number, number]));
  const doubled = [...counts].filter(([, count]) => count > 1).map(([number]) => number);
  return [...acknowledged.filter((number) => counts.get(number) !== 1), ...doubled];
}

/** A network between two servers that can be cut. */
export class CuttableNetwork {
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  private open = true;
  /** Bytes after which it is cut by itself. */
  public limit = Number.POSITIVE_INFINITY;
  private passed = 0;

  private constructor(private readonly to: number) {
    this.server = createServer((socket) => this.carry(socket));
  }

  public static async before(port: number): Promise<CuttableNetwork> {
    const network = new CuttableNetwork(port);
    await new Promise<void>((settle) => network.server.listen(0, '127.0.0.1', settle));
    return network;
  }

  public get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  public get cutOnce(): boolean {
    return this.passed > this.limit;
  }

  public cut(): void {
    this.open = false;
    for (const socket of this.sockets) socket.destroy();
  }

  public mend(): void {
    this.open = true;
    this.limit = Number.POSITIVE_INFINITY;
  }

  public close(): void {
    this.cut();
    this.server.close();
  }

  private carry(socket: Socket): void {
    if (!this.open) return void socket.destroy();
    const other = connect(this.to, '127.0.0.1');
    for (const [one, two] of [
      [socket, other],
      [other, socket],
    ] as const) {
      this.sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        two.destroy();
        this.sockets.delete(one);
      });
    }
    socket.on('data', (data) => {
      this.passed += data.length;
      if (this.passed > this.limit) this.cut();
      else other.write(data);
    });
    other.pipe(socket);
  }
}
