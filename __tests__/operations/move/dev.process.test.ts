import { awkwardDatabase, RDS_LIKE_MASTER } from '../../support/awkward-database';
import { LocalPlace, PostgresCluster, postgresVersions } from '../../support/postgres-cluster';
import { postgresEngine as e } from '../../../src/operations/move/postgres';
import { mkdtempSync } from 'node:fs';

test('dev', async () => {
  const versions = postgresVersions();
  const target = versions.find(v => String(v.major) === (process.env.TO ?? '16'))!;
  const live = process.env.LIVE === '1';
  const a = await PostgresCluster.start(versions[0]!, {wal_level: 'logical'});
  const b = await PostgresCluster.start(target, {}, process.env.SUPER === '1' ? 'postgres' : 'rdsadmin');
  const report = (l: string) => process.stderr.write(`  ${l}\n`);
  try {
    a.query(awkwardDatabase(Number(process.env.ROWS ?? 1000), { xml: target.major !== 18 }));
    b.query(RDS_LIKE_MASTER);
    const master = process.env.SUPER === '1' ? 'postgres' : 'master';
    if (live) b.query('grant pg_create_subscription to master; grant create on database shop to master;');
    const folder = mkdtempSync('/tmp/engine-dev/');
    const move = {
      id: 'dev', jobs: 2, source: new LocalPlace('source', a), target: new LocalPlace('target', b, { user: master }),
      route: { kind: 'direct' as const, at: 'source' as const, folder, other: { host: '127.0.0.1', port: b.port, user: master, database: 'shop', sslMode: 'disable', passwordCommand: 'echo only on loopback' } },
      live: { host: '127.0.0.1', port: a.port, sslMode: 'disable' },
    };
    const step = async (name: string, f: () => Promise<unknown>) => { const t = performance.now(); report('== ' + name); const r = await f(); report(`== ${name} ${Math.round(performance.now() - t)} ms ${r === undefined ? '' : JSON.stringify(r).slice(0, 3000)}`); return r; };
    await step('prepare', () => e.prepareTarget(move, { report }));
    if (live) { await step('start', () => e.startLive(move, { report })); await step('lag', () => e.lagOf(move, {report})); }
    await step('freeze', () => e.freeze(move, { report }));
    if (live) await step('finishLive', () => e.finishLive(move, { report }));
    else await step('copy', () => e.copy(move, { report }));
    const v = await e.verify(move, { report });
    report(JSON.stringify({ ...v, tables: v.tables.length }, null, 1));
    await step('confirm', () => e.confirmFrozen(move, v, { report }));
    await step('finish', () => e.finish(move, { report }));
    await step('thaw', () => e.thaw(move, { report }));
    report(a.query("select rolname, shobj_description(oid, 'pg_authid') from pg_roles where rolname like 'terr%'"));
    report(b.query("select rolname, shobj_description(oid, 'pg_authid') from pg_roles where rolname like 'terr%' or rolname = 'postgres'"));
  } finally {
    if (process.env.LOGS) { process.stderr.write(a.log.slice(-3000)); process.stderr.write(b.log.slice(-6000)); }
    a.stop(); b.stop();
  }
}, 300000);
