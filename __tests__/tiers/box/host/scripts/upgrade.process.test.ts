/** Another major version of PostgreSQL, and the move between containers and packages; no empty database in place of a lost one. */
import { renderBundle } from '../../../../../src/tiers/box/host/render';
import type { HostDescription } from '../../../../../src/tiers/box/host/types';
import { FakeAws } from '../../../../support/fake-aws';
import { WITH_CONTAINERS, WITH_PACKAGES } from '../../../../support/host-examples';
import { HostRoot, said, toolTest } from '../../../../support/host-tools';
import { PostgresServer, postgresPrograms } from '../../../../support/postgres-server';

const TOOLS = ['bash', 'jq', 'flock'];

const withVersion = (version: '15' | '17'): HostDescription => ({
  ...WITH_CONTAINERS,
  database: { ...WITH_CONTAINERS.database!, version },
});

let root: HostRoot;
beforeEach(() => {
  root = new HostRoot();
  for (const name of ['docker', 'systemctl', 'dnf']) root.shim(name, `echo "${name} $*" >> "$HOST_ROOT/calls"`);
  root.shim('mountpoint', 'exit 0');
  install(withVersion('15'));
  root.directory('/opt/shop');
});
afterEach(() => root.remove());

/** What a command leaves behind that others look for: every container has its image, and its secrets. */
const LEAVES: Readonly<Record<string, string>> = {
  images: `sed -i 's/=.*/=image/' "$HOST_ROOT/opt/shop/.env"`,
  secrets: 'for file in "$HOST_ROOT"/run/terrace/*.env; do echo NAME=value > "$file"; done',
};

/** A bundle whose other commands only write down that they were called, and leave what others look for. */
function install(host: HostDescription, stubs: readonly string[] = ['backup', 'secrets', 'images', 'database']): void {
  root.install(renderBundle(host));
  for (const name of stubs) {
    root.write(
      `/usr/local/sbin/terrace-${name}`,
      `#!/bin/bash\necho "${name}" >> "$HOST_ROOT/calls"\n${LEAVES[name] ?? ''}\n[ ! -e "$HOST_ROOT/${name}-fails" ]\n`,
      0o755,
    );
  }
}

function calls(): readonly string[] {
  const lines = root.has('/calls') ? root.read('/calls').trim().split('\n') : [];
  root.write('/calls', '');
  return lines;
}

function does(name: string, ...args: readonly string[]): string {
  const result = root.command(name, args);
  if (result.status !== 0) throw new Error(`${name}: ${said(result)}`);
  return said(result);
}

function refuses(name: string, ...args: readonly string[]): string {
  const result = root.command(name, args);
  expect({ name, status: result.status }).toEqual({ name, status: 1 });
  return said(result);
}

/** A host that has had a database and backups of it. */
function hasDatabase(version: string): void {
  root.write('/data/postgres/PG_VERSION', `${version}\n`);
  root.write('/data/backups/last-good-backup', '1');
}

toolTest(
  'the documented steps: back up, put the files away, deploy, and the new version starts without applications',
  TOOLS,
  () => {
    hasDatabase('15');
    expect(does('upgrade', '17')).toContain('set database.version to 17');
    expect(calls()).toEqual([
      'docker compose stop backend frontend sender',
      'backup',
      'docker compose rm --stop --force postgres',
    ]);
    expect([root.has('/data/postgres'), root.has('/data/postgres-15/PG_VERSION')]).toEqual([false, true]);
    // The timer runs before the deployment: the former version does not start on an empty directory.
    expect(refuses('start')).toContain('put away for another version (container 17)');
    expect([root.has('/data/postgres'), calls().some((line) => line.includes('up'))]).toEqual([false, false]);

    install(withVersion('17'));
    expect(does('start')).toContain('the applications start after terrace-restore');
    expect(calls().filter((line) => line.includes(' up ') || line === 'database')).toEqual([
      'docker compose up --detach --wait --quiet-pull postgres redis',
      'database',
    ]);
  },
);

toolTest('a backup that fails ends the upgrade before anything has changed', TOOLS, () => {
  hasDatabase('15');
  root.write('/backup-fails', '');
  expect(refuses('upgrade', '17')).toContain('nothing has changed');
  expect(calls().at(-1)).toBe('docker compose start backend frontend sender');
  expect([root.has('/data/postgres/PG_VERSION'), root.has('/data/backups/new-cluster')]).toEqual([true, false]);
});

toolTest('the way back: the former version gets its files again', TOOLS, () => {
  hasDatabase('15');
  does('upgrade', '17');
  install(withVersion('17'));
  root.write('/data/postgres/PG_VERSION', '17\n');
  expect(refuses('upgrade', '--back')).toContain('set the former database.version');
  install(withVersion('15'));
  does('upgrade', '--back');
  expect(root.read('/data/postgres/PG_VERSION')).toBe('15\n');
  does('start');
  expect(calls()).toContain('docker compose up --detach --no-recreate --remove-orphans --quiet-pull');
});

toolTest('a version that was changed without terrace-upgrade does not start, and the old containers stay', TOOLS, () => {
  hasDatabase('15');
  install(withVersion('17'));
  expect(refuses('start')).toContain("holds PostgreSQL 15, not 17: set database.version: '15'");
  expect(calls().filter((line) => line.startsWith('docker'))).toEqual([]);
});

toolTest('files of a container are not taken over by a package without terrace-upgrade', TOOLS, () => {
  hasDatabase('15');
  does('start');
  root.write('/data/backups/postgres-placement', 'package\n');
  expect(refuses('start')).toContain('are those of a package, not of a container');
});

toolTest('files that are lost are not replaced by an empty database, unless a person says so', TOOLS, () => {
  root.write('/data/backups/last-good-backup', '1');
  expect(refuses('start')).toContain('terrace-upgrade --empty');
  expect(root.has('/data/postgres')).toBe(false);
  does('upgrade', '--empty');
  expect(does('start')).toContain('the applications start after terrace-restore');
});

toolTest('a new host without backups starts with an empty database', TOOLS, () => {
  does('start');
  expect(root.has('/data/postgres')).toBe(true);
  expect(calls()).toContain('docker compose up --detach --no-recreate --remove-orphans --quiet-pull');
});

toolTest('what cannot be upgraded is refused', TOOLS, () => {
  hasDatabase('15');
  expect(refuses('upgrade', '15')).toContain('already has PostgreSQL 15');
  expect(refuses('upgrade', '14')).toContain('cannot read dumps of 15');
  expect(refuses('upgrade')).toContain('usage:');
  root.shim('df', "echo '    Avail  1B-blocks'; echo '1 100000'");
  expect(refuses('upgrade', '17')).toContain('raise box.dataVolumeGb');
  root.removeFile('/shims/df');
  root.directory('/data/postgres-15');
  expect(refuses('upgrade', '17')).toContain('remove it first');
  expect(calls()).toEqual([]);
});

toolTest('on Amazon Linux the former programs make way for the next ones', TOOLS, () => {
  install(WITH_PACKAGES);
  hasDatabase('15');
  root.write('/var/lib/terrace/packages', 'installed');
  does('upgrade', '15', 'containers');
  expect(calls()).toEqual([
    'docker compose stop backend frontend sender',
    'backup',
    'systemctl disable --now terrace-postgres.service',
    'dnf --assumeyes --quiet remove postgresql15*',
  ]);
  expect(root.has('/var/lib/terrace/packages')).toBe(false);
});

const SERVER = postgresPrograms() === undefined ? ['initdb'] : [];

toolTest(
  'for real: a new cluster gets its roles, although they have not changed, and the backup is restored into it',
  [...TOOLS, ...SERVER],
  async () => {
    install(WITH_PACKAGES, ['start']);
    const aws = new FakeAws(root);
    for (const role of ['app', 'reader'])
      aws.secret(role, JSON.stringify({ username: role, password: `${role}-password`, url: 'x' }));
    for (const name of ['jwt', 'superuser']) aws.secret(name, 'x');
    root.directory('/data/files');
    const begin = async () => {
      const started = await PostgresServer.start(root);
      root.shim('runuser', `shift 3\n${started.shellAccess()}`);
      return started;
    };
    let server = await begin();
    try {
      does('secrets');
      does('database');
      server.logIn('app', 'app-password', 'shop', 'create table orders as select generate_series(1, 100) as id');
      // Stops the unit of PostgreSQL.
      root.shim('systemctl', server.asAccount().replace('"$@"', `pg_ctl -D ${root.path('/data/postgres')} stop -m fast`));
      does('upgrade', '15', 'containers');
      // The new cluster, in the same boot: what was applied to the former one does not count.
      server = await begin();
      expect(does('database')).toContain('roles are up to date');
      expect(does('database')).toBe('');
      does('restore');
      expect(server.logIn('reader', 'reader-password', 'shop', 'select count(*) from orders')).toBe('100');
      expect(calls().at(-1)).toBe('start');
      expect(root.has('/data/backups/awaiting-restore')).toBe(false);
    } finally {
      server.stop();
    }
  },
);
