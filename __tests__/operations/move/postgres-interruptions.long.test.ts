import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { basename, join } from 'node:path';
import {
  engine,
  directMove,
  CuttableNetwork,
  named,
  type Pair,
  type PlacedMove,
  removeFolders,
  startPair,
  stateOfServer,
  stopPair,
  temporaryFolder,
  versionsOfPair,
} from '../../support/database-move';
import { PartStore } from '../../support/part-store';
import { clientsOf, freePort } from '../../support/postgres-cluster';

const versions = versionsOfPair();
const silent = { report: () => undefined };

/** The seed of the moments at which scripts are killed: `TERRACE_KILLS=<seed>` repeats them. */
const SEED = Number(process.env.TERRACE_KILLS ?? Math.floor(Math.random() * 1e6));

function* random(seed: number): Generator<number, never, undefined> {
  for (let state = seed + 1; ; state = (state * 48271) % 2147483647) yield state / 2147483647;
}

/** Calls a step until it ends, as a person does after each interruption. @returns how often it was interrupted */
async function persist(step: () => Promise<unknown>, seed = SEED): Promise<number> {
  for (let interrupted = 0; interrupted < 60; interrupted++)
    try {
      await step();
      return interrupted;
    } catch (error) {
      if (process.env.TERRACE_DEBUG) process.stderr.write(`${String(error).slice(0, 700)}\n`);
      if (!/exit code (137|null)|failed/.test(String(error))) throw error;
    }
  throw new Error(`it never ended: TERRACE_KILLS=${seed}`);
}

(versions === undefined ? describe.skip : describe)('a move of a database that is interrupted', () => {
  let pair: Pair;
  let before: string;
  /** Milliseconds that a script takes at least, on this machine and now. */
  let shortest: number;

  beforeAll(async () => {
    pair = await startPair(3000);
    before = stateOfServer(pair.source);
    const { source } = directMove(pair, 'measured');
    const begin = performance.now();
    await source.run('psql -XAtc "select 1" > /dev/null', { timeoutSeconds: 30 });
    shortest = performance.now() - begin;
  }, 60_000);
  afterEach(() => {
    expect(stateOfServer(pair.source)).toBe(before);
  });
  afterAll(() => {
    stopPair(pair);
    removeFolders();
  });

  /** Verifies, takes back what was copied, and thaws. */
  async function provenAndTakenBack(move: PlacedMove): Promise<void> {
    expect(named(await engine.verify(move, silent))).toEqual([]);
    await takenBack(move);
  }

  async function takenBack(move: PlacedMove): Promise<void> {
    await engine.abandon(move, silent);
    await engine.thaw(move, silent);
    expect(pair.target.query(`select count(*) from pg_class where relname in ('orders', 'lines')`)).toBe('0');
    expect(pair.target.query(`select count(*) from pg_roles where rolname like 'terrace%'`)).toBe('0');
  }

  function killed(move: PlacedMove): { stop: () => void } {
    const moments = random(SEED);
    let scripts = 0;
    const killAfter = () => {
      scripts += 1;
      // One at its start, however fast the machine is, and others at any moment.
      if (scripts === 3) return 1;
      return moments.next().value < 0.3 ? Math.round(moments.next().value * 6 * shortest) : undefined;
    };
    move.source.change({ killAfter });
    move.target.change({ killAfter });
    const stop = () => {
      move.source.change({ killAfter: undefined });
      move.target.change({ killAfter: undefined });
    };
    return { stop };
  }

  test('by SIGKILL at any moment of a dump: the same call continues', async () => {
    const move = { ...directMove(pair, 'kills'), live: undefined };
    const kills = killed(move);
    let interrupted = 0;
    interrupted += await persist(() => engine.prepareTarget(move, silent));
    interrupted += await persist(() => engine.freeze(move, silent));
    interrupted += await persist(() => engine.copy(move, silent));
    expect(named(await engine.verify(move, silent).catch(() => ({ differences: [] })))).toEqual([]);
    kills.stop();
    expect(interrupted).toBeGreaterThan(0);
    await provenAndTakenBack(move);
  }, 120_000);

  test('by SIGKILL in the middle of the restore', async () => {
    const move = { ...directMove(pair, 'restore'), live: undefined };
    await engine.freeze(move, silent);
    const report = (line: string) => void (line.startsWith('processing data') && move.source.kill());
    await expect(engine.copy(move, { report })).rejects.toThrow('copying failed');
    await engine.copy(move, silent);
    await provenAndTakenBack(move);
  }, 60_000);

  (versions !== undefined && versions[1].major >= 16 ? test : test.skip)(
    'by SIGKILL at any moment of a move that follows',
    async () => {
      const move = directMove(pair, 'kills_live');
      const kills = killed(move);
      await persist(() => engine.startLive(move, silent));
      await persist(() => engine.freeze(move, silent));
      await persist(() => engine.finishLive(move, silent));
      kills.stop();
      await provenAndTakenBack(move);
    },
    180_000,
  );

  (versions !== undefined && versions[1].major >= 16 ? test : test.skip)(
    'and is taken back in the middle of following',
    async () => {
      const move = directMove(pair, 'back');
      await engine.startLive(move, silent);
      pair.source.query('insert into public.orders (customer, cents) values ($$back$$, 1)');
      await engine.freeze(move, silent);
      await takenBack(move);
      expect(
        pair.source.query('delete from public.orders where customer = $$back$$ returning 1', {
          user: 'app',
          password: 'of the application',
        }),
      ).toBe('1');
    },
    60_000,
  );

  test('by a cut network: the message says so, and the same call continues', async () => {
    const network = await CuttableNetwork.before(pair.target.port);
    try {
      const move = { ...directMove(pair, 'network', { port: network.port }), live: undefined };
      await engine.freeze(move, silent);
      network.limit = 60_000;
      await expect(engine.copy(move, silent)).rejects.toThrow(/the connection was cut|let the place reach the server/);
      expect(network.cutOnce).toBe(true);
      network.mend();
      await engine.copy(move, silent);
      await provenAndTakenBack(move);
    } finally {
      network.close();
    }
  }, 60_000);

  test('by a full disk: the message says so, and the same call continues when there is room', async () => {
    const move = { ...directMove(pair, 'disk'), live: undefined };
    await engine.freeze(move, silent);
    move.source.change({ before: `trap '' XFSZ; ulimit -f 60` });
    await expect(engine.copy(move, silent)).rejects.toThrow('make room');
    move.source.change({ before: '' });
    await engine.copy(move, silent);
    await provenAndTakenBack(move);
  }, 60_000);

  test('through a store: parts that arrived are kept, and a place with only busybox fetches them', async () => {
    const store = await PartStore.start();
    try {
      const direct = directMove(pair, 'store');
      const folder = temporaryFolder();
      const move: PlacedMove = {
        ...direct,
        live: undefined,
        route: { kind: 'store', store, sourceFolder: join(folder, 'source'), targetFolder: join(folder, 'target') },
      };
      if (existsSync('/bin/busybox')) {
        const programs = join(folder, 'programs');
        mkdirSync(programs);
        execFileSync('/bin/busybox', ['--install', '-s', programs]);
        // Debian's busybox is linked statically, and its wget ends with a fault: here the full program does the same.
        rmSync(join(programs, 'wget'));
        for (const name of ['/usr/bin/wget', '/usr/bin/curl'].filter((path) => existsSync(path)).slice(0, 1))
          symlinkSync(name, join(programs, basename(name)));
        for (const name of readdirSync(clientsOf(pair.target.programs))) {
          const path = join(clientsOf(pair.target.programs), name);
          if (!existsSync(join(programs, name))) symlinkSync(path, join(programs, name));
        }
        move.target.change({ shell: [join(programs, 'sh')], environment: { PATH: programs } });
      }
      await engine.freeze(move, silent);
      const report = (line: string) => void (line.startsWith('processing data') && move.target.kill());
      await expect(engine.copy(move, { report })).rejects.toThrow('restoring failed');
      const sent = store.puts.filter((name) => !name.endsWith('index'));
      expect(sent.length).toBeGreaterThan(0);
      await engine.copy(move, silent);
      expect(store.puts.filter((name) => !name.endsWith('index'))).toEqual(sent);
      for (const script of [...move.source.scripts, ...move.target.scripts]) expect(script).not.toContain('signature=secret');
      await provenAndTakenBack(move);
      expect([...store.parts.keys()]).toEqual([]);
    } finally {
      store.stop();
    }
  }, 60_000);

  test('before it begins: a refused connection, an older target, a login without rights', async () => {
    const closed = { ...directMove(pair, 'closed', { port: await freePort() }), live: undefined };
    const { findings } = await engine.checkMove(closed, silent);
    expect(findings.filter(({ weight }) => weight === 'refused').map(({ id }) => id)).toEqual(['route-closed']);

    const backwards: PlacedMove = { ...closed, source: closed.target, target: closed.source };
    const ids = (await engine.checkMove(backwards, silent)).findings.map(({ id }) => id);
    if (pair.source.programs.major !== pair.target.programs.major) expect(ids).toContain('target-older');
    expect(ids).toContain('target-not-empty');

    pair.target.query(`create role weak login password 'only on loopback'`);
    const weak = { ...directMove(pair, 'weak', { user: 'weak' }), live: undefined };
    await expect(engine.prepareTarget(weak, silent)).rejects.toThrow(/permission denied[\s\S]*lacks a right/);

    const dead = { ...closed };
    dead.target.change({ port: await freePort() });
    const unreachable = await engine.checkMove(dead, silent);
    expect(unreachable.findings).toEqual([
      expect.objectContaining({ weight: 'refused', id: 'unreachable', subject: 'the target' }),
    ]);
  }, 60_000);
});
