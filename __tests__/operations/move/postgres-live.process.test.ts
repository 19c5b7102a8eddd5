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
  versionsOfPair,
  lostOrDoubled,
  Writer,
} from '../../support/database-move';

const versions = versionsOfPair();
const silent = { report: () => undefined };
// Until version 16 only superusers create subscriptions.
const possible = versions !== undefined && versions[1].major >= 16;

(possible ? describe : describe.skip)('a database that is moved while it serves', () => {
  let pair: Pair;
  let move: PlacedMove;
  let before: string;
  let serving: number;
  let network: CuttableNetwork;
  const writer = new Writer(() => serving);

  beforeAll(async () => {
    pair = await startPair();
    serving = pair.source.port;
    network = await CuttableNetwork.before(pair.source.port);
    move = { ...directMove(pair, 'live'), live: { host: '127.0.0.1', port: network.port, sslMode: 'disable' } };
    Writer.prepare(pair.source);
    before = stateOfServer(pair.source);
    writer.start();
  }, 60_000);
  afterAll(async () => {
    await writer.stop();
    network.close();
    stopPair(pair);
    removeFolders();
  });

  test('is checked: what has no key, and what is copied while it is frozen', async () => {
    const { findings } = await engine.checkMove(move, silent);
    expect(findings.filter(({ weight }) => weight === 'refused')).toEqual([]);
    const found = findings.map(({ id, subject }) => `${id} ${subject}`);
    expect(found).toContain('whole-rows table "Sales Data".no_key');
    expect(found).toContain('copied-while-frozen table "Sales Data".fast');
    expect(found).toContain('copied-while-frozen 4 large objects');
  }, 60_000);

  test('a slot that another move has forgotten is found and removed', async () => {
    pair.source.query(`select pg_create_logical_replication_slot('terrace_move_forgotten', 'pgoutput')`);
    const { findings } = await engine.checkMove(move, silent);
    expect(findings.map(({ id, subject }) => `${id} ${subject}`)).toContain(
      'slot-removed replication slot terrace_move_forgotten',
    );
    expect(pair.source.query('select count(*) from pg_replication_slots')).toBe('0');
  }, 60_000);

  test('follows, also after the network between the servers was cut', async () => {
    await engine.startLive(move, silent);
    network.cut();
    const written = writer.acknowledged.length;
    while (writer.acknowledged.length < written + 20) await new Promise((settle) => setTimeout(settle, 50));
    expect(await engine.lagOf(move, silent)).toMatchObject({ following: false });
    network.mend();
    for (let lag; lag?.following !== true || lag.bytes > 100_000;) {
      await new Promise((settle) => setTimeout(settle, 300));
      lag = await engine.lagOf(move, silent);
    }
    expect(pair.target.query('select count(*) > 20 from writes')).toBe('t');
  }, 90_000);

  test('loses and doubles nothing that was acknowledged: before, during and after the freeze', async () => {
    pair.source.query(
      `update "Sales Data".no_key set b = 'changed' where a = 2; delete from "Sales Data".no_key where a is null; truncate "Sales Data".empty_table; update events set kind = 'b' where kind = 'a' and id % 3 = 0; select nextval('public.counter')`,
    );
    const began = performance.now();
    await engine.freeze(move, silent);
    await engine.finishLive(move, silent);
    const verification = await engine.verify(move, silent);
    const frozen = (performance.now() - began) / 1000;
    expect(named(verification)).toEqual([]);
    expect(await engine.confirmFrozen(move, verification, silent)).toBe(true);
    pair.target.query(`alter role app password 'of the application'`);
    await engine.finish(move, silent);
    serving = pair.target.port;
    const atSwitch = writer.acknowledged.length;
    while (writer.acknowledged.length < atSwitch + 20) await new Promise((settle) => setTimeout(settle, 50));
    await writer.stop();
    expect(writer.refused).toBeGreaterThan(0);
    expect(lostOrDoubled(pair.target, writer.acknowledged)).toEqual([]);
    // Triggers that always fire did not fire for replicated or copied rows.
    expect(pair.target.query('select v from "Sales Data".fast')).toBe(pair.source.query('select v from "Sales Data".fast'));
    expect(frozen).toBeLessThan(30);
  }, 120_000);

  test('leaves no subscription, slot, publication, role or changed replica identity', async () => {
    expect(pair.target.query('select count(*) from pg_subscription')).toBe('0');
    expect(pair.target.query(`select count(*) from pg_roles where rolname like 'terrace%'`)).toBe('0');
    await engine.thaw(move, silent);
    expect(stateOfServer(pair.source)).toBe(before);
  }, 60_000);
});
