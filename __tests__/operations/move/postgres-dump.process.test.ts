import {
  engine,
  directMove,
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
import { readSide } from '../../../src/operations/move/postgres/read-side';
import { compare } from '../../../src/operations/move/postgres/verify';
import { verificationSchema } from '../../../src/operations/move/postgres';

const versions = versionsOfPair();
const silent = { report: () => undefined };

(versions === undefined ? describe.skip : describe)('a database that is moved by a dump', () => {
  let pair: Pair;
  let move: PlacedMove;
  let before: string;
  const writer = new Writer(() => pair.source.port);

  beforeAll(async () => {
    pair = await startPair();
    move = { ...directMove(pair, 'dump'), live: undefined };
    Writer.prepare(pair.source);
    before = stateOfServer(pair.source);
  }, 60_000);
  afterAll(async () => {
    await writer.stop();
    stopPair(pair);
    removeFolders();
  });

  test('is checked before anything changes: what is refused, what changes, what stays', async () => {
    const { findings, source, target } = await engine.checkMove(move, silent);
    expect(findings.filter(({ weight }) => weight === 'refused')).toEqual([]);
    expect(source?.superuser).toBe(true);
    expect(target?.superuser).toBe(false);
    expect(stateOfServer(pair.source)).toBe(before);
  });

  test('is the same on the other side, while an application wrote until it was frozen', async () => {
    writer.start();
    await engine.prepareTarget(move, silent);
    await new Promise((settle) => setTimeout(settle, 500));
    await engine.freeze(move, silent);
    await writer.stop();
    await engine.copy(move, silent);
    const verification = verificationSchema.parse(await engine.verify(move, silent));
    expect(verification.differences).toEqual([]);
    expect(verification).toMatchObject({ equal: true, largeObjects: 4, sequences: 7 });
    expect(verification.tables.find(({ name }) => name === 'public.orders')).toMatchObject({ rows: 1000, equal: true });
    expect(writer.acknowledged.length).toBeGreaterThan(20);
    expect(lostOrDoubled(pair.target, writer.acknowledged)).toEqual([]);
    expect(await engine.confirmFrozen(move, verification, silent)).toBe(true);
  }, 60_000);

  test('no script contains a password', () => {
    for (const script of [...move.source.scripts, ...move.target.scripts]) expect(script).not.toMatch(/PASSWORD=['"]?[a-z0-9]/i);
  });

  /** Each changes one thing on the target: what is seen, the change, and the way back. */
  const TAMPERING: readonly (readonly [seen: string, change: string, back: string])[] = [
    [
      'content public.orders',
      `update orders set customer = 'customer 2X' where id = 1001`,
      `update orders set customer = 'customer 2' where id = 1001`,
    ],
    [
      'content "Sales Data".no_key',
      `update "Sales Data".no_key set b = 'Twice' where ctid = (select min(ctid) from "Sales Data".no_key)`,
      `update "Sales Data".no_key set b = 'twice' where b = 'Twice'`,
    ],
    [
      'rows "Sales Data".no_key',
      `insert into "Sales Data".no_key values (1, 'twice')`,
      `delete from "Sales Data".no_key where ctid = (select max(ctid) from "Sales Data".no_key)`,
    ],
    ['sequence public.set_exactly', `select setval('set_exactly', 77, true)`, `select setval('set_exactly', 77, false)`],
    ['sequence public.counter', `alter sequence counter cache 6`, `alter sequence counter cache 5`],
    ['grant public.orders', `revoke insert on orders from reporting`, `grant insert on orders to reporting with grant option`],
    [
      'columns public.orders',
      `revoke update (details) on orders from "Read Only"`,
      `grant update (details) on orders to "Read Only"`,
    ],
    [
      'owner public.rooms',
      `alter table rooms owner to reporting`,
      `alter table rooms owner to app; grant select on rooms to reporting`,
    ],
    [
      'index public.orders_customer',
      `drop index orders_customer`,
      `create index orders_customer on orders (customer, placed desc) include (cents) where cents > 10`,
    ],
    [
      'constraint positive on public.lines',
      `alter table lines validate constraint positive`,
      `alter table lines drop constraint positive; alter table lines add constraint positive check (price >= 0) not valid`,
    ],
    [
      'trigger sleeping on public.serials',
      `alter table serials enable trigger sleeping`,
      `alter table serials disable trigger sleeping`,
    ],
    [
      'function public.of_the_superuser()',
      `grant execute on function of_the_superuser() to public`,
      `revoke execute on function of_the_superuser() from public`,
    ],
    [
      'policy own_lines on public.lines',
      `alter policy own_lines on lines using (price < 11)`,
      `alter policy own_lines on lines using (price < 10)`,
    ],
    ['relation public.lines', `alter table lines disable row level security`, `alter table lines enable row level security`],
    ['large object 50003', `select lo_put(50003, 1, '\\x01')`, `select lo_put(50003, 1, '\\xff')`],
    [
      'large object 50001',
      `revoke select on large object 50001 from reporting`,
      `grant select on large object 50001 to reporting`,
    ],
    ['extension hstore', `alter extension hstore set schema "Sales Data"`, `alter extension hstore set schema public`],
    ['role app', `alter role app connection limit 41`, `alter role app connection limit 40`],
    [
      'membership Read Only in reporting',
      `set role master; revoke reporting from "Read Only"`,
      `set role master; grant reporting to "Read Only"`,
    ],
    [
      'role setting app in every database',
      `alter role app set statement_timeout = '31s'`,
      `alter role app set statement_timeout = '30s'`,
    ],
    ['database setting work_mem=8MB', `alter database shop reset work_mem`, `alter database shop set work_mem = '8MB'`],
    [
      'database grant to Read Only',
      `revoke connect on database shop from "Read Only"`,
      `grant connect on database shop to "Read Only"`,
    ],
    [
      'default privileges r in public for app',
      `alter default privileges for role app in schema public revoke select on tables from reporting`,
      `alter default privileges for role app in schema public grant select on tables to reporting`,
    ],
    [
      'comment table column public.orders.cents',
      `comment on column orders.cents is 'other'`,
      `comment on column orders.cents is 'in the currency of the shop'`,
    ],
    ['type public.mood', `alter type mood rename value 'sad' to 'Sad'`, `alter type mood rename value 'Sad' to 'sad'`],
    ['relation public.unfilled', `refresh materialized view unfilled`, `refresh materialized view unfilled with no data`],
    [
      'schema Sales Data',
      `revoke usage on schema "Sales Data" from reporting`,
      `grant usage on schema "Sales Data" to reporting`,
    ],
    [
      'view query public.big_orders',
      `create or replace view big_orders with (security_barrier) as select id, customer from orders where cents > 51`,
      `create or replace view big_orders with (security_barrier) as select id, customer from orders where cents > 50`,
    ],
  ];

  test('every change on the target is seen and named', async () => {
    const source = await readSide(move.source, move, silent);
    for (const [, change] of TAMPERING) pair.target.query(change);
    const { differences, notes } = compare(source, await readSide(move.target, move, silent));
    for (const [, , back] of TAMPERING) pair.target.query(back);
    // The text of a view is only a difference between servers of one version.
    const views = notes.filter(({ kind }) => kind === 'view query');
    expect(named({ differences: [...differences, ...views] })).toEqual(expect.arrayContaining(TAMPERING.map(([seen]) => seen)));
    expect(named(await engine.verify(move, silent))).toEqual([]);
  }, 120_000);

  test('a change of the frozen source by its superuser is seen, before and after the verification', async () => {
    const verification = await engine.verify(move, silent);
    pair.source.query('begin; set transaction read write; delete from parent where a = 1; commit');
    expect(named(await engine.verify(move, silent))).toEqual(['rows public.parent', 'content public.parent']);
    expect(await engine.confirmFrozen(move, verification, silent)).toBe(false);
    pair.source.query(`begin; set transaction read write; insert into parent values (1, 'p'); commit`);
    // Transactions that change nothing, such as those of an automatic vacuum, do not count.
    expect(await engine.confirmFrozen(move, verification, silent)).toBe(true);
  }, 60_000);

  test('leaves nothing behind, and the source is as it was', async () => {
    await engine.finish(move, silent);
    await engine.thaw(move, silent);
    expect(stateOfServer(pair.source)).toBe(before);
    expect(pair.target.query(`select rolname from pg_roles where rolname like 'terrace%' or rolname = 'postgres'`)).toBe('');
    expect(
      pair.target.query(
        `select count(*) from pg_auth_members where member = 'master'::regrole and roleid = 'app'::regrole and (to_jsonb(pg_auth_members) ->> 'set_option' is distinct from 'false')`,
      ),
    ).toBe('0');
    expect(pair.source.query('select 1', { user: 'app', password: 'of the application' })).toBe('1');
  }, 60_000);

  test('a target that serves is never dropped', async () => {
    await engine.abandon(move, silent);
    expect(pair.target.query('select count(*) from orders')).toBe('1000');
    await engine.freeze(move, silent);
    await expect(engine.copy(move, silent)).rejects.toThrow('is not empty');
    await engine.thaw(move, silent);
    expect(pair.target.query('select count(*) from orders')).toBe('1000');
  }, 60_000);
});
