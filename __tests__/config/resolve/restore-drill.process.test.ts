/** The check of a restored database, against a real PostgreSQL server: it passes what was copied, and refuses what was not. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FILES_PROOF_SCRIPT } from '../../../src/config/calculations/restore-proof';
import { parseEnvironment } from '../../../src/config';
import { DatabaseServer, serverBinaries } from '../../support/database-server';
import { example } from '../../support/example';

const { restoreDrill } = parseEnvironment(example({ backups: { restoreDrill: {} } })).data;
const script = restoreDrill?.database?.script ?? '';
const binaries = serverBinaries();

(binaries === undefined ? describe.skip : describe)('the check of a database', () => {
  const server = new DatabaseServer(binaries ?? '', script);
  beforeAll(() => server.prepare());
  afterAll(() => server.stop());
  const reset = (...statements: string[]) =>
    server.query({}, 'drop schema public cascade', 'create schema public', 'grant all on schema public to master', ...statements);
  const check = () => server.runJob({});

  it('counts every row of every table, also of other schemas', () => {
    reset('create table users as select generate_series(1, 1000) as id', 'analyze users');
    server.query(
      {},
      'create schema if not exists billing',
      'create table billing."Odd name" as select 1 as id',
      'grant usage on schema billing to master',
    );
    const { status, stdout, stderr } = check();
    expect([status, stderr]).toEqual([0, '']);
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { schema: 'billing', table: 'Odd name', rows: 1, estimate: 0 },
      { schema: 'public', table: 'users', rows: 1000, estimate: 1000 },
    ]);
    server.query({}, 'drop schema billing cascade');
  });

  it('refuses a database without tables', () => {
    reset();
    expect(check()).toMatchObject({ status: 3, stderr: expect.stringContaining('the database shop has no tables') });
  });

  it('refuses a table without the rows that its statistics know of', () => {
    reset('create table users as select generate_series(1, 500) as id', 'analyze users');
    // As a copy that lost the file of the table, and kept the statistics.
    server.query(
      {},
      'create table kept as select 1 as id',
      'create temporary table old as select reltuples from pg_class',
      'delete from users',
    );
    server.query({}, "update pg_class set reltuples = 500 where relname = 'users'");
    const { status, stderr } = check();
    expect(status).toBe(3);
    expect(stderr).toContain('public.users (about 500)');
  });

  it('accepts a table that was always empty', () => {
    reset('create table users as select 1 as id', 'create table empty (id int)', 'analyze empty');
    expect(check().status).toBe(0);
  });

  it('refuses a table whose pages are damaged', () => {
    reset('create table users as select generate_series(1, 10) as id');
    server.query({}, 'checkpoint');
    const file = server.query({}, "select pg_relation_filepath('users')");
    damage(server, file);
    expect(check().status).toBe(3);
  });
});

/** Overwrites the header of the first page, and lets the server forget what it has in memory. */
function damage(server: DatabaseServer, file: string): void {
  const path = join(server.query({}, 'show data_directory'), file);
  spawnSync('dd', ['if=/dev/urandom', `of=${path}`, 'bs=8192', 'count=1', 'conv=notrunc']);
  server.query({ database: 'postgres' }, 'checkpoint');
  server.restart();
}

describe('the check of files', () => {
  let root: string;
  beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'terrace-restored-'))));
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  const check = (expected: string) =>
    spawnSync('sh', ['-ceu', FILES_PROOF_SCRIPT], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, ROOT: root, EXPECTED_BYTES: expected },
    });

  it('counts files, whatever their names', () => {
    mkdirSync(join(root, 'a b'));
    for (const name of ['a b/one', "it's", 'two\nlines']) writeFileSync(join(root, name), 'x');
    expect(check('3')).toMatchObject({ status: 0, stdout: expect.stringContaining('3 files') });
  });

  it('refuses an empty file system of a recovery point with a size', () => {
    expect(check('4096')).toMatchObject({ status: 1, stderr: expect.stringContaining('there are no files') });
    expect(check('0').status).toBe(0);
  });
});
