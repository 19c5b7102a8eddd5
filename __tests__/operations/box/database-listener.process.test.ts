/** The listener for PostgreSQL on a host, with a real server, systemd's own proxy, and a host that is a folder of this machine. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { parseEnvironment } from '../../../src/config';
import { closeListener, openListener } from '../../../src/operations/box/database-listener';
import type { HostEnd } from '../../../src/operations/box/host-network';
import type * as Waiting from '../../../src/aws/waiting';
import { boxed, boxSection } from '../../support/boxed';
import { withTestCredentials } from '../../support/aws-credentials';
import { ListeningHost, isListenerPossible } from '../../support/listening-host';
import { operated } from '../../support/operated';
import { PASSWORD, PostgresCluster, postgresVersions, SUPERUSER } from '../../support/postgres-cluster';
import { startStubAws, type StubAws } from '../../support/stub-aws';

jest.mock('../../../src/aws/waiting', () => {
  const actual = jest.requireActual<typeof Waiting>('../../../src/aws/waiting');
  const soon: typeof actual.waitFor = (look, options) => actual.waitFor(look, { ...options, everySeconds: 0.05 });
  return { ...actual, waitFor: soon };
});

jest.setTimeout(60_000);

const ADDRESS = '127.77.0.1';
const NETWORKS = ['10.0.1.0/24', '10.0.2.0/24'];
const versions = postgresVersions().filter(({ clients }) => clients !== undefined);
const isPossible = isListenerPossible() && versions.length > 0;
if (!isPossible) process.stderr.write('PostgreSQL or systemd is not installed: the listener on a host is not tried\n');

(isPossible ? describe : describe.skip)('the listener for PostgreSQL on a host', () => {
  const restore = withTestCredentials();
  const options = { report: () => undefined };
  let cluster: PostgresCluster;
  let host: ListeningHost;
  let aws: StubAws;

  beforeEach(async () => {
    cluster = await PostgresCluster.start(versions[0]!);
    host = new ListeningHost(cluster);
    aws = await startStubAws(host.actions);
  });
  afterEach(async () => {
    await aws.stop();
    host.remove();
    cluster.stop();
  });
  afterAll(restore);

  const target = () => operated(parseEnvironment(boxed()), aws.endpoint);
  const open = () => openListener(target(), { instanceId: 'i-1', privateAddress: ADDRESS } as HostEnd, NETWORKS, options);
  const close = () => closeListener(target(), 'i-1', options);
  const shown = (setting: string) => cluster.query(`show ${setting}`);

  /** As the new server does: `sslmode=require`. */
  async function connected(): Promise<string> {
    const ssl = { rejectUnauthorized: false };
    const client = new Client({ host: ADDRESS, port: 5432, user: SUPERUSER, password: PASSWORD, database: 'shop', ssl });
    await client.connect();
    const { rows } = await client.query(
      'select ssl, current_setting($1) as level from pg_stat_ssl where pid = pg_backend_pid()',
      ['wal_level'],
    );
    await client.end();
    return JSON.stringify(rows[0]);
  }

  it('is opened for the networks of the new server, encrypted, with a log that can be followed, by one restart', async () => {
    expect(await open()).toEqual({ restarted: true });
    expect(await connected()).toBe('{"ssl":true,"level":"logical"}');
    expect(host.read('firewall').trim().split('\n')).toEqual(
      NETWORKS.map((network) => `allow proto tcp from ${network} to ${ADDRESS} port 5432`),
    );
    expect(await open()).toEqual({ restarted: false });
    expect(host.restarts).toBe(1);
    expect(await connected()).toContain('logical');
  });

  it('is opened by one of two commands at a time, and closed after both', async () => {
    const opened = await Promise.all([open(), open()]);
    expect(opened.filter(({ restarted }) => restarted)).toHaveLength(1);
    await Promise.all([open(), close()]);
    await close();
    expect([host.settings, host.isListening]).toEqual([[], false]);
  });

  it('is the same for PostgreSQL as a package, behind the firewall of Amazon Linux', async () => {
    rmSync(join(host.folder, 'bin', 'ufw'));
    host.program('firewall-cmd', 'echo "$@" >> "$HOST/firewall"');
    const packages = operated(
      parseEnvironment(boxed({ cache: undefined, services: {}, images: {}, box: boxSection({ dataStores: 'packages' }) })),
      aws.endpoint,
    );
    const end = { instanceId: 'i-1', privateAddress: ADDRESS } as HostEnd;
    expect(await openListener(packages, end, NETWORKS.slice(0, 1), options)).toEqual({ restarted: true });
    expect(await connected()).toBe('{"ssl":true,"level":"logical"}');
    expect(await closeListener(packages, 'i-1', options)).toEqual({ restarted: true });
    expect([host.settings, shown('wal_level'), host.restarts]).toEqual([[], 'replica', 2]);
    const rule = `rule family=ipv4 source address=${NETWORKS[0]} destination address=${ADDRESS} port port=5432 protocol=tcp accept`;
    const lines = ['add', 'remove'].flatMap((word) =>
      ['', '--permanent '].map((kept) => `--quiet ${kept}--${word}-rich-rule=${rule}`),
    );
    expect(host.read('firewall').trim().split('\n')).toEqual(lines);
  });

  it('is closed without a trace, and PostgreSQL is as it was', async () => {
    cluster.query(`alter system set ssl_cert_file = 'own.crt'`, { database: 'postgres' });
    const before = host.settings;
    await open();
    expect(host.settings.length).toBeGreaterThan(before.length);
    expect(await close()).toEqual({ restarted: true });
    expect([host.settings, shown('wal_level'), shown('ssl')]).toEqual([before, 'replica', 'off']);
    expect(host.isListening).toBe(false);
    await expect(connected()).rejects.toThrow('ECONNREFUSED');
    expect(host.read('firewall')).toContain(`delete allow proto tcp from ${NETWORKS[0]} to ${ADDRESS} port 5432`);
    for (const left of ['data/terrace-route', 'etc/systemd/system/terrace-move-route.service'])
      expect(existsSync(join(host.folder, left))).toBe(false);
    for (const file of ['key', 'crt']) expect(existsSync(join(cluster.data, `terrace-move.${file}`))).toBe(false);
    expect(await close()).toEqual({ restarted: false });
  });

  it('leaves a log that could be followed before, and restarts nothing for it', async () => {
    cluster.query(`alter system set wal_level = logical`, { database: 'postgres' });
    host.program('once', cluster.restartLine);
    await host.run('once');
    expect(await open()).toEqual({ restarted: false });
    expect(await close()).toEqual({ restarted: false });
    expect([shown('wal_level'), host.restarts]).toEqual(['logical', 0]);
    expect(host.settings).toEqual(["wal_level = 'logical'"]);
  });

  it('is closed after a kill between the settings and the restart, and of a server that does not run any more', async () => {
    const before = host.settings;
    const docker = host.read('bin/docker');
    // The restart fails: what came before it is done.
    host.program('docker', docker.replace(/^#!.*\n/, '').replace('echo restart', 'exit 1; echo restart'));
    await expect(open()).rejects.toThrow('opening the database of the host failed');
    expect(shown('wal_level')).toBe('replica');
    host.program('docker', docker.replace(/^#!.*\n/, ''));
    await open();
    writeFileSync(join(host.folder, 'stopped'), '');
    expect(await close()).toEqual({ restarted: false });
    expect(host.settings).toEqual(before);
  });
});
