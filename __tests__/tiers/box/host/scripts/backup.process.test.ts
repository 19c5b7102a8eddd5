/** Backup, restore and drill, for real: the host's own commands against a PostgreSQL server, with AWS played by directories. */
import { appendFileSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { renderBundle } from '../../../../../src/tiers/box/host/render';
import type { HostDescription } from '../../../../../src/tiers/box/host/types';
import { FakeAws } from '../../../../support/fake-aws';
import { WITH_CONTAINERS, WITH_PACKAGES } from '../../../../support/host-examples';
import { HostRoot, run, said, toolTest } from '../../../../support/host-tools';
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
    this.reachServer();
    // The scratch server of a drill runs as a user of this machine; without root, as the one of the test.
    const scratch = '/usr/local/lib/terrace/scratch.sh';
    this.root.write(scratch, this.root.read(scratch).replace('SCRATCH_USER=terrace-drill', `SCRATCH_USER=${this.server.user}`));
    if (process.getuid?.() === 0) {
      this.root.shim('unshare', 'echo "unshare $*" >> "$HOST_ROOT/calls"; exec /usr/bin/unshare "$@"');
    } else {
      const program = 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"';
      for (const name of ['unshare', 'setpriv']) this.root.shim(name, `echo "${name} $*" >> "$HOST_ROOT/calls"; ${program}`);
    }
    for (const [role, password] of Object.entries(PASSWORDS)) {
      this.aws.secret(role, JSON.stringify({ username: role, password, url: `postgresql://${role}@postgres/shop` }));
    }
    this.aws.secret('jwt', 'whole secret');
    this.aws.secret('superuser', 'unused');
    this.root.directory('/opt/shop');
    this.root.directory('/data/files/uploads');
  }

  /** How commands reach the live server; they may reach it in another way, or not at all. */
  public reachServer(access = this.server.shellAccess()): void {
    this.root.shim('runuser', `shift 3\n${access}`);
    this.root.shim('docker', dockerShim(access, this.server.asAccount()));
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
      .sql(
        "select datname from pg_database where datname like 'terrace%' or datname like 'restored%' or datname = 'shop' order by 1",
      )
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

  /** What this host has of the sets; the copies in S3 stay. */
  public forgetLocal(): void {
    for (const name of this.local('database')) this.root.removeFile(`/data/backups/database/${name}`);
  }

  /** Names of the files of this host's sets. */
  public local(folder: string): readonly string[] {
    return readdirSync(this.root.path(`/data/backups/${folder}`)).sort();
  }

  /** What df reports of the data volume. */
  public hasRoom(available: number | undefined, size = 100_000_000): void {
    if (available === undefined) this.root.removeFile('/shims/df');
    else this.root.shim('df', `echo '    Avail  1B-blocks'; echo '${available} ${size}'`);
  }

  public forgetBackups(): void {
    this.forgetLocal();
    for (const name of this.aws.objects(BUCKET, 'database')) this.root.removeFile(`/s3/${BUCKET}/database/${name}`);
  }
}

/**
 * `docker exec` runs the program, with access to the live server or that of the drill; `docker run` starts the latter, with its
 * directory and its socket in place of the container's. The rest is written down.
 */
function dockerShim(access: string, account: string): string {
  return `
drill=$HOST_ROOT/data/drill
translate() { arguments=(); for each in "$@"; do arguments+=("$(printf '%s' "$each" | sed "s,/scratch,$drill,g; s,=/tmp\\$,=$drill,")"); done; }
case $1 in
  exec)
    shift
    while :; do
      case $1 in
        --env) case $2 in *=*) export "$2" ;; esac; shift 2 ;;
        --user) shift 2 ;;
        terrace-postgres) shift; ${access} ;;
        terrace-drill) shift; PGHOST=$drill; export PGHOST; translate "$@"; set -- "\${arguments[@]}"; ${account} ;;
        '') exit 2 ;;
        *) shift ;;
      esac
    done ;;
  run)
    echo "$*" >> "$HOST_ROOT/docker-calls"
    while [ "$1" != -c ]; do shift; done
    translate "$@"
    set -- sh "\${arguments[@]}"
    ( ${account} ) > "$HOST_ROOT/drill.log" 2>&1 9>&- &
    echo $! > "$HOST_ROOT/drill.pid" ;;
  rm)
    [ ! -s "$HOST_ROOT/drill.pid" ] || { kill -s INT "$(cat "$HOST_ROOT/drill.pid")"; rm "$HOST_ROOT/drill.pid"; while [ -e "$drill/cluster/postmaster.pid" ]; do sleep 0.1; done; } ;;
  *) echo "$*" >> "$HOST_ROOT/docker-calls" ;;
esac`;
}

describe.each([
  ['installed as a package', WITH_PACKAGES],
  ['in a container', WITH_CONTAINERS],
])('PostgreSQL %s', (_, description) => {
  const host = new Host(description);
  /** What does not depend on where PostgreSQL runs is tested once. */
  const onceTest: typeof toolTest = description.dataStores === 'packages' ? toolTest : () => undefined;
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

  toolTest('the drill restores it on a server apart from the live one, counts, and leaves nothing behind', NEEDED, () => {
    // The live server cannot be reached.
    host.reachServer('exit 1');
    expect(host.does('drill')).toMatch(/can be restored: 1000 rows in \d+ tables/);
    host.reachServer();
    expect([
      host.root.has('/data/drill'),
      readdirSync(host.root.path('/data/backups')).filter((name) => name.startsWith('work')),
    ]).toEqual([false, []]);
    expect(host.aws.takeMetrics()).toEqual({ DrillFailed: '0', RestoreProvenAgeHours: '0' });
    expect(host.databases()).toEqual(['shop']);
  });

  toolTest('a dump and its row counts are of the same moment, whatever is written meanwhile', NEEDED, () => {
    // Each call of pg_dump is preceded by a write that the counts must not see either.
    const access = host.server.shellAccess();
    const insert = `case "$*" in *pg_dump*) (${access.replace('"$@"', '')} psql -q -d shop -c 'insert into orders (price) values (7)') ;; esac`;
    host.reachServer(`${insert}\n${access}`);
    host.does('backup');
    host.reachServer();
    expect(host.rows()).toMatch(/^1001\|/);
    expect(readFileSync(host.stored('database', '.counts'), 'utf8')).toContain('public.orders\t1000\n');
    host.does('drill');
  });

  toolTest('restoring refuses a database that is not empty, and changes nothing', NEEDED, () => {
    expect(host.refuses('restore')).toContain('--force');
    expect(host.rows()).toMatch(/^1001\|/);
    expect(host.databases()).toEqual(['shop']);
  });

  toolTest('with --beside it is restored next to the live database and files, which keep what came since', NEEDED, () => {
    host.root.write('/data/files/uploads/photo', 'another photo');
    host.root.removeFile('/docker-calls');
    const said = host.does('restore', '--beside', '--files');
    const name = /beside\t(restored_\d{8}t\d{6}z)\t\d+\t\d+/.exec(said)?.[1] ?? '';
    expect(said).toContain('public.orders\t1000');
    expect(host.databases()).toEqual([name, 'shop']);
    expect(host.server.sql('select count(*) from orders', name)).toBe('1000');
    expect(host.rows()).toMatch(/^1001\|/);
    const stamp = name.replace('restored_', '').toUpperCase();
    expect(host.root.read(`/data/restored/${stamp}${host.root.path('/data/files/uploads/photo')}`)).toBe('a photo');
    expect(host.root.read('/data/files/uploads/photo')).toBe('another photo');
    // No application is stopped for it.
    expect(host.root.has('/docker-calls') ? host.root.read('/docker-calls') : '').not.toContain('compose stop');

    // What a person has changed in it stays: it is there already.
    host.server.sql('delete from orders where id <= 10', name);
    expect(host.does('restore', '--beside', stamp)).toContain('public.orders\t990');

    expect(host.refuses('restore', '--drop', stamp.slice(0, 8))).toContain('a whole stamp');
    host.does('restore', '--drop', stamp);
    expect([host.databases(), host.root.has(`/data/restored/${stamp}`)]).toEqual([['shop'], false]);
    host.root.write('/data/files/uploads/photo', 'a photo');
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
    const before = host.aws
      .objects(BUCKET, 'database')
      .filter((name) => name.endsWith('.sha256'))
      .at(-2)!;
    const hint = `its checksums differ. To restore the backup before it: terrace-restore --force ${/\d{8}T\d{6}Z/.exec(before)![0]}`;
    expect(host.refuses('drill')).toContain(hint);
    expect(host.aws.takeMetrics()).toEqual({ DrillFailed: '1' });
    // This host still has the dump as it was.
    host.does('restore', '--force');
    for (const name of host.databases().filter((each) => each !== 'shop')) host.server.sql(`drop database ${name}`);
    host.forgetLocal();
    expect(host.refuses('restore', '--force')).toContain(hint);
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
    host.reachServer('exit 1');
    expect(host.refuses('backup')).toContain('PostgreSQL does not answer');
    expect(host.aws.takeMetrics()).toEqual({ BackupFailed: '1' });
    host.reachServer();
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

  onceTest('a dump whose upload fails stays on the host, and is stored within the hour', NEEDED, () => {
    host.forgetBackups();
    host.aws.takeMetrics();
    host.root.removeFile('/data/backups/last-good-backup');
    host.aws.down = true;
    host.refuses('backup');
    host.refuses('backup', '--upload');
    expect(host.local('database').filter((name) => !name.endsWith('.stored'))).toEqual([
      expect.stringMatching(/\.counts$/),
      expect.stringMatching(/\.dump$/),
      expect.stringMatching(/\.sha256$/),
    ]);
    // It stays, whatever its age.
    for (const name of host.local('database')) utimesSync(host.root.path(`/data/backups/database/${name}`), 1e9, 1e9);
    host.refuses('backup');
    expect(host.local('database').filter((name) => name.endsWith('.dump'))).toHaveLength(2);
    // Without S3, a restore uses what is here.
    host.server.sql('drop database shop');
    expect(host.does('restore')).toContain('cannot be listed');
    host.aws.down = false;
    host.does('backup', '--upload');
    expect(host.aws.objects(BUCKET, 'database').filter((name) => name.endsWith('.sha256'))).toHaveLength(2);
    expect(host.aws.takeMetrics()).toEqual({ BackupFailed: '0', LastGoodBackupAgeHours: '0' });
    expect(host.root.has('/data/backups/last-good-backup')).toBe(true);
    expect(host.does('backup', '--upload')).toBe('');
  });

  onceTest('only changed files are archived, and a restore brings back all of them', NEEDED, () => {
    for (const name of host.aws.objects(BUCKET, 'application')) host.root.removeFile(`/s3/${BUCKET}/application/${name}`);
    for (const name of host.local('application')) host.root.removeFile(`/data/backups/application/${name}`);
    host.root.removeFile('/data/backups/last-full-archive');
    host.root.write('/data/files/uploads/old', 'old');
    host.does('backup');
    host.root.write('/data/files/uploads/new', 'new');
    host.does('backup');
    const archives = host.aws.objects(BUCKET, 'application').filter((name) => name.endsWith('.tar.gz'));
    expect(archives).toEqual([
      expect.stringMatching(/^shop-mvp-\d{8}T\d{6}Z\.tar\.gz$/),
      expect.stringMatching(/^shop-mvp-\d{8}T\d{6}Z-changes\.tar\.gz$/),
    ]);
    const members = run('tar', ['--list', '--gzip', '--file', host.aws.pathOf(BUCKET, 'application', archives[1]!)]).stdout;
    expect([members.includes('uploads/new'), members.includes('uploads/old')]).toEqual([true, false]);
    for (const name of ['old', 'new']) host.root.removeFile(`/data/files/uploads/${name}`);
    host.root.write('/data/files/uploads/since', 'since');
    host.does('restore', '--force', '--files');
    expect(['old', 'new', 'since'].map((name) => host.root.read(`/data/files/uploads/${name}`))).toEqual(['old', 'new', 'since']);
    // A whole archive again after a week, by which a bucket may forget the first one.
    host.root.write('/data/backups/last-full-archive', String(Math.floor(Date.now() / 1000) - 7 * 86_400));
    host.does('backup');
    expect(host.aws.objects(BUCKET, 'application').at(-1)).toMatch(/Z\.tar\.gz$/);
    for (const name of host.databases().filter((each) => each !== 'shop')) host.server.sql(`drop database ${name}`);
  });

  onceTest('without room on the volume older dumps leave the host first, then the dump goes to S3 only', NEEDED, () => {
    host.does('backup');
    expect(host.local('database').filter((name) => name.endsWith('.dump')).length).toBeGreaterThan(1);
    host.hasRoom(4_000_000);
    host.root.write('/data/backups/dump-bytes', '1000000');
    expect(host.does('backup')).toMatch(/removing shop-\S+ from the host[^]*it is kept in S3 only/);
    expect(host.local('database').filter((name) => name.endsWith('.dump'))).toHaveLength(1);
    expect(host.refuses('drill')).toContain('raise box.dataVolumeGb');
    host.hasRoom(undefined);
    // What was streamed is complete, and can be restored.
    const stamps = host.aws.objects(BUCKET, 'database').flatMap((name) => /-(\d+T\d+Z)\.sha256$/.exec(name)?.[1] ?? []);
    expect(host.local('database').join()).not.toContain(stamps.at(-1));
    expect(host.does('drill')).toContain(stamps.at(-1));
  });

  onceTest('a volume with room keeps every set of the last days', NEEDED, () => {
    const before = host.local('database').length;
    host.hasRoom(90_000_000);
    host.does('backup');
    host.hasRoom(undefined);
    expect(host.local('database')).toHaveLength(before + 4);
  });

  onceTest('a set stamped in the future is not the newest one, unless its stamp is given', NEEDED, () => {
    for (const ending of ['dump', 'counts', 'sha256']) {
      const content = readFileSync(host.stored('database', `.${ending}`), 'latin1').replace(
        /shop-\d+T\d+Z/g,
        'shop-20990101T020000Z',
      );
      writeFileSync(host.aws.pathOf(BUCKET, 'database', `shop-20990101T020000Z.${ending}`), content, 'latin1');
    }
    const drilled = host.does('drill');
    expect(drilled).toContain('stamped in the future: shop-20990101T020000Z');
    expect(drilled).not.toContain('drill: shop-2099');
    expect(host.does('restore', '--force', '2099')).toContain('restored shop-20990101T020000Z');
    for (const ending of ['dump', 'counts', 'sha256'])
      host.root.removeFile(`/s3/${BUCKET}/database/shop-20990101T020000Z.${ending}`);
    for (const name of host.databases().filter((each) => each !== 'shop')) host.server.sql(`drop database ${name}`);
  });

  onceTest('what killed commands left on the volume is removed by the next one', NEEDED, () => {
    host.root.write('/data/backups/work.killed/shop.dump', 'half');
    host.root.write('/data/drill/cluster/PG_VERSION', '15');
    host.does('drill');
    expect([host.root.has('/data/backups/work.killed'), host.root.has('/data/drill')]).toEqual([false, false]);
  });

  toolTest('the drill has no network and no rights on the host', NEEDED, () => {
    const calls = host.root.read(description.dataStores === 'packages' ? '/calls' : '/docker-calls');
    if (description.dataStores === 'packages')
      expect(calls).toMatch(/^unshare --net -- setpriv --reuid=\S+ .*--no-new-privs .*--bounding-set=-all -- postgres/m);
    else
      expect(calls).toMatch(
        /^run .*--network none --user postgres --read-only --cap-drop ALL --security-opt no-new-privileges:true/m,
      );
  });

  toolTest('what a dump runs has no superuser rights in the drill; extensions are there all the same', NEEDED, () => {
    const trace = host.root.path('/data/trace');
    host.server.sql('create schema tools; create extension if not exists citext schema tools', 'shop');
    const body = `begin execute $q$ copy (select 1) to '${trace}' $q$; return true; exception when others then return true; end`;
    host.server.sql(
      `create function trick(int) returns boolean language plpgsql immutable as $b$ ${body} $b$;
       create table tricky (x int, name tools.citext); insert into tricky values (1, 'a'); create index on tricky (trick(x))`,
      'shop',
    );
    host.root.removeFile('/data/trace');
    run('chmod', ['777', host.root.path('/data')]);
    host.does('backup');
    expect(host.does('drill')).toContain('can be restored');
    expect(host.root.has('/data/trace')).toBe(false);
    host.server.sql('drop table tricky; drop function trick; drop extension citext; drop schema tools', 'shop');
  });

  onceTest('a restore after an upgrade starts the applications, which were held back', NEEDED, () => {
    host.root.write('/data/backups/awaiting-restore', '');
    host.root.write('/usr/local/sbin/terrace-start', '#!/bin/bash\necho started >> "$HOST_ROOT/calls"\n', 0o755);
    host.does('restore', '--force');
    expect([host.root.has('/data/backups/awaiting-restore'), host.root.read('/calls')]).toEqual([
      false,
      expect.stringMatching(/started\n$/),
    ]);
  });
});
