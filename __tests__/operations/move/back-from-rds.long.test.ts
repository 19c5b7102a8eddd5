/** A database that has moved to RDS is taken back to its host: two PostgreSQL servers, of which scripts of the host see one at a time. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resultText } from '../../../src/commands/move/text';
import type { DatabasePlace, ScriptOptions } from '../../../src/operations/database-place';
import { managedSteps } from '../../../src/operations/move/database-move';
import { besideName, keptName } from '../../../src/operations/move/host-databases';
import { newJournal } from '../../../src/operations/move/journal';
import { FileJournal } from '../../../src/operations/move/journal-store';
import { MoveMachine, type MachineResult } from '../../../src/operations/move/machine';
import { reversedId } from '../../../src/operations/move/parts/database';
import { postgresEngine, type DatabaseMove } from '../../../src/operations/move/postgres';
import type { StackChange } from '../../../src/operations/move/stacks';
import { done, PHASES } from '../../../src/operations/move/steps';
import { APPLICATION_PASSWORD, awkwardDatabase, RDS_SUPERUSER, rdsMaster } from '../../support/awkward-database';
import { boxed, moved } from '../../support/boxed';
import { directMove, lostOrDoubled, removeFolders, versionsOfPair, Writer } from '../../support/database-move';
import { synthesised } from '../../support/environments';
import { operated } from '../../support/operated';
import { LocalPlace, PASSWORD, PostgresCluster, type PostgresPrograms } from '../../support/postgres-cluster';

jest.setTimeout(300_000);

/** The same on both sides (src/modules/database/primary.ts). */
const MASTER = 'postgres';

const INPUTS = { host: { ...boxed(), name: 'shop-mvp' }, managed: { ...moved(), name: 'shop-mvp' } };

class Killed extends Error {}

const versions = versionsOfPair();
if (versions === undefined) process.stderr.write('PostgreSQL is not installed: the way back from RDS is not tried\n');

/** A host, RDS, and a person with the command, who writes what it asks for. */
class World {
  /** What the description says, and what is deployed. */
  public described: 'host' | 'managed' = 'managed';
  public deployed: 'host' | 'managed' = 'host';
  public readonly changes: StackChange[] = [];
  /** After how many more scripts the command is killed. */
  public killAfter = Infinity;
  private readonly journal: FileJournal;
  private readonly folder = mkdtempSync(join(tmpdir(), 'terrace-back-'));
  private runs = 0;

  private constructor(
    public readonly host: PostgresCluster,
    public readonly rds: PostgresCluster,
  ) {
    this.journal = new FileJournal(this.folder);
  }

  public static async start(ofHost: PostgresPrograms, ofRds: PostgresPrograms, rows = 100): Promise<World> {
    const [host, rds] = await Promise.all([PostgresCluster.start(ofHost), PostgresCluster.start(ofRds, {}, RDS_SUPERUSER)]);
    host.query(awkwardDatabase(rows, { xml: ofRds.major < 18 }));
    rds.query(rdsMaster(ofRds.major).replaceAll('master', MASTER));
    Writer.prepare(host);
    return new World(host, rds);
  }

  public stop(): void {
    this.host.stop();
    this.rds.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Where the applications of the host connect to. */
  public get serving(): PostgresCluster {
    return this.deployed === 'managed' ? this.rds : this.host;
  }

  public async run(wish: 'watch' | 'back', { discardWrites = false } = {}): Promise<MachineResult | 'killed'> {
    const stored = (await this.journal.read()) ?? {
      journal: newJournal(
        { kind: 'database', source: 'shop-mvp', choices: { live: false, secrets: false, leave: [] } },
        new Date(),
      ),
      version: undefined as never,
    };
    const { id } = stored.journal;
    const input = INPUTS[this.described];
    const steps = managedSteps({
      target: operated(synthesised(input).environment, undefined),
      stacks: {
        apply: (change) => {
          this.changes.push(change);
          if (change.stacks.includes('shop-mvp-data') && (change.only === undefined || this.described === 'host'))
            this.deployed = this.described;
          return Promise.resolve(done());
        },
      },
      modules: new Map(Object.entries(synthesised(input).stacks)),
      choices: { leave: [] },
      watched: { minutes: 1 },
      jobs: () =>
        Promise.resolve({
          run: () => {
            this.rds.query(`alter role app password '${APPLICATION_PASSWORD}'`);
            return Promise.resolve({ exitCode: 0 });
          },
        }),
      hostEverySeconds: 0.2,
      removeDump: () => Promise.resolve(),
      backwards: (beside) => Promise.resolve(this.backwards(id, beside)),
      database: {
        engine: postgresEngine,
        store: this.journal,
        live: false,
        sourceName: 'shop-mvp',
        targetName: 'RDS',
        moveOf: () => Promise.resolve(this.forwards(id)),
      },
      // The health of the host is another test's.
    }).filter(({ id: step }) => step !== 'watch/health');
    const machine = new MoveMachine({
      store: this.journal,
      stored,
      steps,
      tools: { report: () => undefined, discardWrites },
      run: `run-${(this.runs += 1)}`,
      who: 'ann',
      takeOver: true,
    });
    return (wish === 'back' ? machine.back() : machine.forward('watch', PHASES)).catch((error: unknown) => {
      if (error instanceof Killed) return 'killed' as const;
      throw error;
    });
  }

  public async back(options: { readonly discardWrites?: boolean } = {}): Promise<MachineResult> {
    const result = await this.run('back', options);
    if (result === 'killed') throw new Error('killed');
    return result;
  }

  private forwards(id: string): DatabaseMove {
    const { route } = directMove({ source: this.host, target: this.rds }, id, { user: MASTER });
    return { id, jobs: 2, source: this.hostPlace(), target: this.rdsPlace(), route };
  }

  private backwards(id: string, beside: string): DatabaseMove {
    const { route } = directMove({ source: this.host, target: this.rds }, id, { user: MASTER });
    if (route.kind !== 'direct') throw new Error('not direct');
    return {
      id: reversedId(id),
      jobs: 2,
      source: this.rdsPlace(),
      target: this.killed(new LocalPlace('the host', this.host, { database: beside })),
      route: { ...route, at: 'target' },
    };
  }

  /** Its scripts reach the server that its settings name. */
  private hostPlace(): DatabasePlace {
    const places = { host: new LocalPlace('the host', this.host), managed: this.rdsPlace() };
    return { name: 'the host', run: (script, options) => this.killed(places[this.deployed]).run(script, options) };
  }

  private rdsPlace(): DatabasePlace {
    return this.killed(new LocalPlace('RDS', this.rds, { user: MASTER }));
  }

  /** A kill before a script, or after it. */
  private killed(place: DatabasePlace): DatabasePlace {
    const run = async (script: string, options: ScriptOptions) => {
      if ((this.killAfter -= 0.5) < 0) throw new Killed();
      const result = await place.run(script, options);
      if ((this.killAfter -= 0.5) < 0) throw new Killed();
      return result;
    };
    return { name: place.name, run };
  }
}

(versions === undefined ? describe.skip : describe)('a database that has moved to RDS, taken back', () => {
  let world: World;
  const writer = new Writer(() => world.serving.port);
  const read = (cluster: PostgresCluster, sql: string, database = 'shop') => cluster.query(sql, { database });
  /** As an application, whether it is let in. */
  const isOpen = (cluster: PostgresCluster): boolean => {
    try {
      return cluster.query('select 1', { user: 'app', password: APPLICATION_PASSWORD }) === '1';
    } catch {
      return false;
    }
  };
  const databases = (cluster: PostgresCluster): readonly string[] =>
    cluster.query('select datname from pg_database where not datistemplate order by 1', { database: 'postgres' }).split('\n');

  afterEach(() => {
    world.stop();
    removeFolders();
  });

  async function toRds(ofHost = versions![0], ofRds = versions![0]): Promise<void> {
    world = await World.start(ofHost, ofRds);
    world.host.query(`insert into public.writes (number) values (-1)`);
    expect(await world.run('watch')).toMatchObject({ end: 'paused' });
    expect({ host: isOpen(world.host), rds: isOpen(world.rds) }).toEqual({ host: false, rds: true });
  }

  it('waits for the description, and without writes since the old database is opened again, and RDS destroyed by nothing', async () => {
    await toRds();
    expect(await world.back()).toMatchObject({ end: 'waiting', step: 'switch/stacks' });
    // Nothing is closed before the description is written.
    expect(isOpen(world.rds)).toBe(true);
    world.described = 'host';
    world.changes.length = 0;
    const returned = await world.back();
    expect(returned.end).toBe('returned');
    const said = resultText(returned, { source: 'shop-mvp', journal: 'journal.json' });
    expect(said).toContain('RDS, ElastiCache and the rules that lead to them are still there');
    expect(said).toContain('npm run deploy -- shop-mvp');
    expect(isOpen(world.host)).toBe(true);
    expect(databases(world.host)).toEqual(['postgres', 'shop']);
    const [change] = world.changes;
    expect(change?.stacks).toEqual([
      'shop-mvp-network',
      'shop-mvp-data',
      'shop-mvp-compute-box',
      'shop-mvp-edge',
      'shop-mvp-observability',
    ]);
    // What is not described any more is in no plan.
    for (const stack of change?.stacks ?? []) expect(change?.only?.[stack]?.length).toBeGreaterThan(0);
    expect(JSON.stringify(change?.only)).not.toMatch(/aws_db_instance|aws_elasticache/);
  });

  it('has on the host what was written to RDS since, also after kills at every script, and the old database beside it', async () => {
    await toRds();
    writer.start();
    await new Promise((settle) => setTimeout(settle, 1000));
    await world.run('back');
    world.described = 'host';
    let kills = 0;
    for (let after = 0.5; ; after += 0.5) {
      world.killAfter = after;
      const result = await world.run('back');
      if (result !== 'killed') {
        expect(result).toMatchObject({ end: 'returned' });
        break;
      }
      kills += 1;
      // Never both, so that no write is lost.
      expect(isOpen(world.host) && isOpen(world.rds)).toBe(false);
    }
    world.killAfter = Infinity;
    expect(kills).toBeGreaterThan(10);
    await new Promise((settle) => setTimeout(settle, 500));
    await writer.stop();
    expect(writer.acknowledged.length).toBeGreaterThan(0);
    expect(lostOrDoubled(world.host, writer.acknowledged)).toEqual([]);
    expect(read(world.host, 'select count(*) from public.writes where number = -1')).toBe('1');
    const kept = databases(world.host).find((name) => name.startsWith('shop_move'));
    expect(databases(world.host)).toEqual(['postgres', 'shop', kept]);
    expect(read(world.host, 'select count(*) from public.writes', kept)).toBe('1');
    // RDS keeps what came back, and lets nobody in.
    expect(isOpen(world.rds)).toBe(false);
    expect(Number(read(world.rds, 'select count(*) from public.writes'))).toBeGreaterThan(1);
    expect(read(world.host, "select count(*) from pg_roles where rolname like 'terrace_move%'")).toBe('0');
  });

  it('gives up what was written to RDS where a person says so', async () => {
    await toRds();
    world.rds.query('insert into public.writes (number) values (7)', { user: MASTER, password: PASSWORD });
    await world.run('back');
    world.described = 'host';
    expect(await world.back({ discardWrites: true })).toMatchObject({ end: 'returned' });
    expect(read(world.host, 'select count(*) from public.writes where number = 7')).toBe('0');
    expect(isOpen(world.host)).toBe(true);
    expect(databases(world.host)).toEqual(['postgres', 'shop']);
  });

  const isNewer = versions !== undefined && versions[1].major > versions[0].major;
  (isNewer ? it : it.skip)(
    'stays where the host is older than RDS and would lose what was written, and goes on forward',
    async () => {
      await toRds(versions![0], versions![1]);
      world.rds.query('insert into public.writes (number) values (7)', { user: MASTER, password: PASSWORD });
      await world.run('back');
      world.described = 'host';
      const refused = await world.back();
      expect(refused).toMatchObject({ end: 'failed', step: 'switch/stacks' });
      expect(refused.notes.join('\n')).toMatch(
        /RDS was written to since the switch \(.*writes.*\), and the host cannot take it back/,
      );
      expect({ host: isOpen(world.host), rds: isOpen(world.rds) }).toEqual({ host: false, rds: true });
      expect(databases(world.host)).toEqual(['postgres', 'shop']);
      world.described = 'managed';
      expect(await world.run('watch')).toMatchObject({ end: 'paused' });
      expect(read(world.rds, 'select count(*) from public.writes where number = 7')).toBe('1');
    },
  );
});

it('has names beside each other that PostgreSQL does not cut', () => {
  const name = 'n'.repeat(63);
  const id = 'move_20261128t100000';
  expect([besideName(name).length, keptName({ id, name }).length].every((length) => length <= 63)).toBe(true);
});
