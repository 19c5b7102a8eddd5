/** Figures of a large move: `TERRACE_MOVE_ROWS=1000000 npx jest postgres-figures`. */
import {
  directMove,
  engine,
  lostOrDoubled,
  named,
  removeFolders,
  startPair,
  stopPair,
  versionsOfPair,
  Writer,
} from '../../support/database-move';

const rows = Number(process.env.TERRACE_MOVE_ROWS ?? 0);
const versions = versionsOfPair();
const large = rows > 0 && versions !== undefined ? test : test.skip;

afterAll(removeFolders);

large.each([
  ['a dump', false],
  ['replication', true],
])(
  'a large database by %s',
  async (way, live) => {
    const pair = await startPair(rows);
    const writer = new Writer(() => pair.source.port);
    const seconds: Record<string, number> = {};
    const step = async <T>(name: string, run: () => Promise<T>): Promise<T> => {
      const began = performance.now();
      const result = await run();
      seconds[name] = Math.round((performance.now() - began) / 100) / 10;
      return result;
    };
    try {
      const silent = { report: () => undefined };
      const move = { ...directMove(pair, 'figures'), ...(live ? {} : { live: undefined }) };
      Writer.prepare(pair.source);
      writer.start();
      await step('prepareTarget', () => engine.prepareTarget(move, silent));
      if (live) await step('startLive', () => engine.startLive(move, silent));
      const frozenAt = performance.now();
      await step('freeze', () => engine.freeze(move, silent));
      if (live) await step('finishLive', () => engine.finishLive(move, silent));
      else await step('copy', () => engine.copy(move, silent));
      const copied = performance.now();
      const verification = await step('verify', () => engine.verify(move, silent));
      expect(await step('confirmFrozen', () => engine.confirmFrozen(move, verification, silent))).toBe(true);
      const frozen = performance.now() - frozenAt;
      await writer.stop();
      expect(named(verification)).toEqual([]);
      expect(lostOrDoubled(pair.target, writer.acknowledged)).toEqual([]);
      await engine.finish(move, silent);
      const figures = {
        way,
        versions: versions!.map(({ major }) => major),
        rows: verification.rows,
        bytes: Number(pair.source.query('select pg_database_size(current_database())')),
        acknowledged: writer.acknowledged.length,
        seconds,
        frozenUntilCopied: Math.round((copied - frozenAt) / 100) / 10,
        frozenUntilProven: Math.round(frozen / 100) / 10,
      };
      process.stderr.write(`${JSON.stringify(figures, undefined, 1)}\n`);
    } finally {
      await writer.stop();
      stopPair(pair);
    }
  },
  900_000,
);
