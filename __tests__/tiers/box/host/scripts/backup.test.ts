/** Backup, restore and drill, for real: the host's own commands against a PostgreSQL server, with AWS played by directories. */
import { appendFileSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { renderBundle } from '../../../../../src/tiers/box/host/render';
import type { HostDescription } from '../../../../../src/tiers/box/host/types';
import { FakeAws } from '../../../../support/fake-aws';
import { WITH_CONTAINERS, WITH_PACKAGES } from '../../../../support/host-examples';
import { HostRoot, said, toolTest } from '../../../../support/host-tools';
import { PostgresServer, postgresPrograms } from '../../../../support/postgres-server';

const BUCKET = 'shop-mvp-backups';
const PASSWORDS = { app: "it's $ecret", reader: 'reader-password' };

/** The tools of these tests; `initdb` represents the server package, wherever it is. */
const NEEDED = ['bash', 'jq', 'flock', ...(postgresPrograms() === undefined ? ['initdb'] : [])];

/** One host, its AWS and its database server. */
class Host {
  public readonly root = new HostRoot();
  public readonly aws = new FakeAws(this.root);
  public server!: PostgresServer;

  constructor(private readonly description: HostDescription) {}

  public async start(): Promise<void> {
    // The server is set up by the files of a host that has it installed; how commands reach it is another matter.
    this.root.install(renderBundle(WITH_PACKAGES));
    this.root.install(renderBundle(this.description));
    this.server = await PostgresServer.start(this.root);
    this.root.shim('mountpoint', '[ ! -e "$HOST_ROOT/unmounted" ]');
    this.root.shim('runuser', `shift 3\n${this.server.shellAccess()}`);
    this.root.shim('docker', dockerShim(this.server.shellAccess()));
    for (const [role, password] of Object.entries(PASSWORDS)) {
      this.aws.secret(role, JSON.stringify({ username: role, password, url: `postgresql://${role}@postgres/shop` }));
    }
    this.aws.secret('jwt', 'whole secret');
    this.aws.secret('superuser', 'unused');
    this.root.directory('/opt/shop');
    this.root.directory('/data/files/uploads');
  }

  public stop(): void {
    this.server.stop();
    this.root.remove();
  }

  /** Runs a command that is expected to go well. */
  public does(name: string, ...args: readonly string[]): string {
    const result = this.root.command(name, args);
    expect({ name, status: result.status, said: said(result) }).toMatchObject({ status: 0 });
    return said(result);
  }

  /** Runs a command that is expected to fail. */
  public refuses(name: string, ...args: readonly string[]): string {
    const result = this.root.command(name, args);
    expect({ name, said: said(result), status: result.status }).not.toMatchObject({ status: 0 });
    return said(result);
  }

  public rows(): string {
    return this.server.sql('select count(*), sum(price) from orders', 'shop');
  }

  public databases(): readonly string[] {
    return this.server
      .sql("select datname from pg_database where datname like 'terrace%' or datname = 'shop' order by 1")
      .split('\n');
  }

  /** The newest stored file with an ending. */
  public stored(folder: string, ending: string): string {
    const name = this.aws
      .objects(BUCKET, folder)
      .filter((object) => object.endsWith(ending))
      .at(-1);
    return this.aws.pathOf(BUCKET, folder, name ?? 'nothing');
  }

  /** Makes the newest checksums right for whatever the files now are. */
  public forgeChecksums(): void {
    const path = this.stored('database', '.sha256');
    const forged = readFileSync(path, 'utf8').replace(/^[0-9a-f]{64} {2}(.*)$/gm, (_, name: string) => {
      const content = readFileSync(this.aws.pathOf(BUCKET, 'database', name));
      return `${createHash('sha256').update(content).digest('hex')}  ${name}`;
    });
    writeFileSync(path, forged);
  }

  public forgetBackups(): void {
    for (const name of this.aws.objects(BUCKET, 'database')) this.root.removeFile(`/s3/${BUCKET}/database/${name}`);
  }
}

/** `docker exec` runs the program; `docker compose` is written down. */
function dockerShim(access: string): string {
  return `
if [ "$1" != exec ]; then echo "$*" >> "$HOST_ROOT/docker-calls"; exit 0; fi
while [ "$1" != terrace-postgres ]; do shift; done
shift
${access}`;
}

describe.each([
  ['installed as a package', WITH_PACKAGES],
  ['in a container', WITH_CONTAINERS],
])('PostgreSQL %s', (_, description) => {
  const host = new Host(description);
  const ready = NEEDED.every((tool) => tool !== 'initdb');
  beforeAll(async () => {
    if (ready) await host.start();
  });
  afterAll(() => {
    if (ready) host.stop();
  });

  toolTest('roles get their passwords from Secrets Manager; the superuser cannot log in over the network', NEEDED, () => {
    host.does('secrets');
    host.does('database');
    expect(host.server.logIn('app', PASSWORDS.app, 'shop')).toBe('app');
    expect(host.server.logIn('reader', PASSWORDS.reader, 'shop')).toBe('reader');
    expect(host.server.logIn('app', 'guess', 'shop')).toContain('password authentication failed');
    expect(host.server.logIn('postgres', 'anything', 'shop')).toContain('pg_hba.conf rejects connection');
  });

  toolTest('a second run changes no role, one after a rotation does', NEEDED, () => {
    expect(host.does('database')).toBe('');
    host.aws.secret('reader', JSON.stringify({ username: 'reader', password: 'rotated' }));
    host.does('secrets');
    expect(host.does('database')).toContain('up to date');
    expect(host.server.logIn('reader', 'rotated', 'shop')).toBe('reader');
  });

  toolTest('a backup holds dump, row counts, files and checksums, in S3 and on the host', NEEDED, () => {
    const statements =
      'create table orders (id serial primary key, price int); create schema more; create table more."Odd name" (x int)';
    host.server.logIn('app', PASSWORDS.app, 'shop', statements);
    host.server.logIn('app', PASSWORDS.app, 'shop', 'insert into orders (price) select n from generate_series(1, 1000) n');
    host.root.write('/data/files/uploads/photo', 'a photo');
    host.aws.takeMetrics();

    host.does('backup');

    const stamp = /^shop-(\d{8}T\d{6}Z)\.dump$/.exec(
      host.aws.objects(BUCKET, 'database').find((name) => name.endsWith('.dump'))!,
    )![1]!;
    expect(host.aws.objects(BUCKET, 'database')).toEqual([`shop-${stamp}.counts`, `shop-${stamp}.dump`, `shop-${stamp}.sha256`]);
    expect(host.aws.objects(BUCKET, 'application')).toEqual([`shop-mvp-${stamp}.sha256`, `shop-mvp-${stamp}.tar.gz`]);
    expect(readFileSync(host.stored('database', '.counts'), 'utf8')).toContain('public.orders\t1000\n');
    expect(host.root.has(`/data/backups/database/shop-${stamp}.dump`)).toBe(true);
    expect(host.aws.takeMetrics()).toEqual({ BackupFailed: '0', LastGoodBackupAgeHours: '0' });
  });

  toolTest('the drill restores it into a scratch database, counts, and leaves nothing behind', NEEDED, () => {
    expect(host.does('drill')).toMatch(/can be restored: 1000 rows in \d+ tables/);
    expect(host.aws.takeMetrics()).toEqual({ DrillFailed: '0', RestoreProvenAgeHours: '0' });
    expect(host.databases()).toEqual(['shop']);
  });

  toolTest('a dump and its row counts are of the same moment, whatever is written meanwhile', NEEDED, () => {
    // Each call of pg_dump is preceded by a write that the counts must not see either.
    const access = host.server.shellAccess();
    const insert = `case "$*" in *pg_dump*) (${access.replace('"$@"', '')} psql -q -d shop -c 'insert into orders (price) values (7)') ;; esac`;
    host.root.shim('runuser', `shift 3\n${insert}\n${access}`);
    host.root.shim('docker', dockerShim(`${insert}\n${access}`));
    host.does('backup');
    host.root.shim('runuser', `shift 3\n${access}`);
    host.root.shim('docker', dockerShim(access));
    expect(host.rows()).toMatch(/^1001\|/);
    expect(readFileSync(host.stored('database', '.counts'), 'utf8')).toContain('public.orders\t1000\n');
    host.does('drill');
  });

  toolTest('restoring refuses a database that is not empty, and changes nothing', NEEDED, () => {
    expect(host.refuses('restore')).toContain('--force');
    expect(host.rows()).toMatch(/^1001\|/);
    expect(host.databases()).toEqual(['shop']);
  });

  toolTest(
    'with --force it restores the backup, keeps the present content under another name, and roles can log in',
    NEEDED,
    () => {
      host.server.logIn('app', PASSWORDS.app, 'shop', 'delete from orders where id > 10');
      host.root.removeFile('/data/files/uploads/photo');
      expect(host.does('restore', '--force', '--files')).toMatch(
        /the previous content is in the database terrace_before_restore_\d+/,
      );
      expect(host.rows()).toBe('1000|500500');
      expect(host.root.read('/data/files/uploads/photo')).toBe('a photo');
      expect(host.server.logIn('app', PASSWORDS.app, 'shop', 'insert into orders (price) values (0) returning price')).toBe('0');
      const [kept] = host.databases().filter((name) => name.startsWith('terrace_before_restore_'));
      expect(host.server.sql('select count(*) from orders', kept)).toBe('10');
      expect(host.root.read('/docker-calls')).toMatch(
        /compose stop backend frontend sender\n[^]*compose start backend frontend sender/,
      );
      host.server.sql(`drop database ${kept}`);
    },
  );

  toolTest('an empty database, as on a new host, is restored without --force', NEEDED, () => {
    host.server.sql('drop database shop');
    host.server.sql('create database shop');
    host.does('restore');
    expect(host.rows()).toBe('1000|500500');
    expect(host.databases()).toEqual(['shop']);
  });

  toolTest('a corrupted dump fails the drill and the restore, by its checksum', NEEDED, () => {
    const path = host.stored('database', '.dump');
    const dump = readFileSync(path);
    dump.fill(0, Math.floor(dump.length / 2), Math.floor(dump.length / 2) + 64);
    writeFileSync(path, dump);
    host.aws.takeMetrics();
    expect(host.refuses('drill')).toContain('its checksums differ');
    expect(host.aws.takeMetrics()).toEqual({ DrillFailed: '1' });
    expect(host.refuses('restore', '--force')).toContain('its checksums differ');
    expect(host.rows()).toBe('1000|500500');
    expect(host.databases()).toEqual(['shop']);
  });

  toolTest('a dump that was bad before its checksum was computed fails the drill all the same', NEEDED, () => {
    host.forgeChecksums();
    host.refuses('drill');
    expect(host.aws.takeMetrics()).toEqual({ DrillFailed: '1' });
    expect(host.refuses('restore', '--force')).not.toContain('checksums');
    expect(host.rows()).toBe('1000|500500');
    expect(host.databases()).toEqual(['shop']);
  });

  toolTest('a dump with other rows than were counted fails the drill', NEEDED, () => {
    host.forgetBackups();
    host.does('backup');
    const path = host.stored('database', '.counts');
    writeFileSync(path, readFileSync(path, 'utf8').replace('public.orders\t1000', 'public.orders\t1001'));
    host.forgeChecksums();
    host.aws.takeMetrics();
    expect(host.refuses('drill')).toContain('restored rows differ');
    expect(host.aws.takeMetrics()).toEqual({ DrillFailed: '1' });
  });

  toolTest('without any backup the drill fails', NEEDED, () => {
    host.forgetBackups();
    expect(host.refuses('drill')).toContain('there is no complete backup');
    // A set without its checksums was never finished.
    writeFileSync(host.aws.pathOf(BUCKET, 'database', 'shop-20990101T020000Z.dump'), 'half');
    expect(host.refuses('drill')).toContain('there is no complete backup');
  });

  toolTest('a backup that cannot be stored is reported, and does not count as successful', NEEDED, () => {
    host.does('backup');
    const before = host.root.read('/data/backups/last-good-backup');
    host.aws.takeMetrics();
    host.root.shim('tar', 'exit 2');
    expect(host.refuses('backup')).toContain('backup: FAILED');
    host.root.removeFile('/shims/tar');
    expect(host.aws.takeMetrics()).toEqual({ BackupFailed: '1' });
    expect(host.root.read('/data/backups/last-good-backup')).toBe(before);
    host.aws.down = true;
    expect(host.refuses('backup')).toContain('backup: FAILED');
    host.aws.down = false;
  });

  toolTest('a database that cannot be reached fails the backup', NEEDED, () => {
    host.root.shim('runuser', 'exit 1');
    host.root.shim('docker', 'exit 1');
    expect(host.refuses('backup')).toContain('PostgreSQL does not answer');
    expect(host.aws.takeMetrics()).toEqual({ BackupFailed: '1' });
    host.root.shim('runuser', `shift 3\n${host.server.shellAccess()}`);
    host.root.shim('docker', dockerShim(host.server.shellAccess()));
  });

  toolTest('nothing is backed up, restored or drilled while the data volume is not mounted', NEEDED, () => {
    appendFileSync(host.root.path('/unmounted'), '');
    for (const name of ['backup', 'restore', 'drill']) expect(host.refuses(name)).toContain('not mounted');
    host.root.removeFile('/unmounted');
  });

  toolTest('after seven days a backup is deleted from the host, but not from S3', NEEDED, () => {
    const old = host.root.write('/data/backups/database/shop-20260101T020000Z.dump', 'old');
    const recent = host.root.write('/data/backups/database/shop-20260107T020000Z.dump', 'recent');
    const daysAgo = (days: number) => Date.now() / 1000 - days * 86_400;
    utimesSync(old, daysAgo(9), daysAgo(9));
    utimesSync(recent, daysAgo(6), daysAgo(6));
    host.does('backup');
    expect([
      host.root.has('/data/backups/database/shop-20260101T020000Z.dump'),
      host.root.has('/data/backups/database/shop-20260107T020000Z.dump'),
    ]).toEqual([false, true]);
    expect(host.root.read('/aws-calls')).not.toMatch(/s3 rm|delete-object/);
  });
});
