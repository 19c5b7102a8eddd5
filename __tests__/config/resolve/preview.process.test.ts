/** A preview out of a description and a number, and what its scripts do to a real PostgreSQL server. */
import { spawnSync } from 'node:child_process';
import { InvalidEnvironment, parsePreview } from '../../../src/config';
import { databaseInitScript } from '../../../src/config/resolve/database-init';
import { previewDropScript, previewInitScript } from '../../../src/config/resolve/preview-database';
import { DatabaseServer, serverBinaries } from '../../support/database-server';
import { previewed, previewOf } from '../../support/previewed';

const keysOf = (list: readonly { readonly key: string }[]) => list.map(({ key }) => key);

describe('a preview', () => {
  it('runs every service and worker, and of the jobs those that the environment names, without their schedules', () => {
    const { services, workers, jobs } = previewOf(12, (e) => e.preview.jobs.push('sync')).workloads;
    expect(keysOf([...services, ...workers])).toEqual(['api', 'runner']);
    expect(keysOf(jobs)).toEqual(['sync', 'migrate', 'database-init', 'database-drop']);
    for (const { schedule } of jobs) expect(schedule).toBeUndefined();
  });

  it('runs only the containers that the environment names', () => {
    const { services, workers } = previewOf(12, (e) => (e.preview.containers = ['api'])).workloads;
    expect(keysOf([...services, ...workers])).toEqual(['api']);
  });

  it('creates its database first, then runs the jobs in the order of the description, and drops the database at its end', () => {
    const { afterDeployment, beforeDestruction } = previewOf(12, (e) => (e.preview.jobs = ['migrate', 'sync']));
    expect(afterDeployment).toEqual(['database-init', 'migrate', 'sync']);
    expect(beforeDestruction).toEqual(['database-drop']);
  });

  it('has no job of a database where the environment has none', () => {
    const without = previewOf(12, (e) => {
      delete e.database;
      e.services.api.environment = {};
      delete e.jobs.migrate;
      e.preview.jobs = [];
    });
    expect(without.afterDeployment).toEqual([]);
    expect(without.beforeDestruction).toEqual([]);
    expect(without.workloads.jobs).toEqual([]);
  });

  it('has names of its own where a person named something of the environment', () => {
    const { data, workloads } = previewOf(12, (e) => {
      e.buckets.uploads.name = 'acme-uploads';
      e.secrets.jwt.name = 'acme/jwt';
      e.logs = { group: '/acme/logs' };
      Object.assign(e.services.api, { name: 'acme-api', logGroup: '/acme/api' });
      e.database.roles.app.secretName = 'acme/app';
    });
    expect(JSON.stringify([data, workloads])).not.toContain('acme');
  });

  it('is refused where the environment is invalid', () =>
    expect(() =>
      parsePreview(
        previewed((e) => (e.protect = true)),
        { number: 12 },
      ),
    ).toThrow(InvalidEnvironment));
});

const binaries = serverBinaries();
if (binaries === undefined)
  process.stderr.write('previews against a real server: skipped, no PostgreSQL server is installed here\n');
const withServer = binaries === undefined ? describe.skip : describe;

withServer('the database of a preview', () => {
  const login = { kind: 'secret', rotates: false } as const;
  const source = (number: number) => ({
    parent: 'shop',
    name: `pr_${number}`,
    connections: 2,
    roles: [{ name: `pr_${number}_app`, privileges: 'owner', login }] as const,
  });
  const own = [{ name: 'app', privileges: 'owner', login }] as const;
  const secrets = {
    ROLE_APP_USER: 'app',
    ROLE_APP_PASSWORD: 'app',
    ROLE_PR_12_APP_USER: 'pr_12_app',
    ROLE_PR_12_APP_PASSWORD: 'twelve',
    ROLE_PR_1_APP_USER: 'pr_1_app',
    ROLE_PR_1_APP_PASSWORD: 'one',
  };
  const twelve = { user: 'pr_12_app', password: 'twelve', database: 'pr_12' };
  const app = { user: 'app', password: 'app', database: 'shop' };
  let server: DatabaseServer;
  const run = (script: string) => expect(server.runJob(secrets, script)).toMatchObject({ status: 0, stderr: '' });

  beforeAll(() => {
    server = new DatabaseServer(binaries as string, '');
    server.prepare();
    run(databaseInitScript({ name: 'shop', roles: own }));
    server.query(app, 'create table orders (id int)');
    for (const number of [12, 1]) run(previewInitScript(source(number)));
  });
  afterAll(() => server.stop());

  it('belongs to its login, and can be prepared again without losing what is in it', () => {
    server.query(twelve, 'create table drafts (id int)', 'insert into drafts values (1)');
    run(previewInitScript(source(12)));
    expect(server.query(twelve, 'select count(*) from drafts')).toBe('1');
  });

  it('has a login that can connect neither to the database of the environment nor to that of another preview', () => {
    for (const database of ['shop', 'pr_1'])
      expect(() => server.query({ ...twelve, database }, 'select 1')).toThrow(/permission denied for database/);
  });

  it('leaves the login of the environment its own database, and gives it none of a preview', () => {
    expect(server.query(app, 'select count(*) from orders')).toBe('0');
    expect(() => server.query({ ...app, database: 'pr_12' }, 'select 1')).toThrow(/permission denied for database/);
  });

  it('takes no more connections than it may have', () => {
    const line = `for each in 1 2 3; do psql -XAtq -c 'select pg_sleep(3)' & done; wait`;
    const { stderr } = server.runJob({ PGUSER: 'pr_12_app', PGPASSWORD: 'twelve', PGDATABASE: 'pr_12' }, line);
    expect(stderr.match(/too many connections/g)).toHaveLength(1);
  });

  it('is dropped with its logins while a container is connected, and those whose names begin alike stay', () => {
    const environment = { PGUSER: 'pr_1_app', PGPASSWORD: 'one', PGDATABASE: 'pr_1', PGCONNECT_TIMEOUT: '15' };
    const drop = previewDropScript(source(1)).replaceAll("'", `'\\''`);
    const line = `psql -XAtq -c 'select pg_sleep(30)' 2> /dev/null & sleep 1; PGUSER=master PGPASSWORD=master PGDATABASE=shop sh -ceu '${drop}'; code=$?; wait; exit $code`;
    expect(server.runJob({ ...secrets, ...environment }, line)).toMatchObject({ status: 0 });
    expect(server.query({}, "select datname from pg_database where datname like 'pr%' order by 1")).toBe('pr_12');
    expect(server.query({}, "select rolname from pg_roles where rolname like 'pr%' order by 1")).toBe('pr_12_app');
    expect(server.query(twelve, 'select count(*) from drafts')).toBe('1');
    expect(server.query(app, 'select count(*) from orders')).toBe('0');
  });

  it('can be dropped twice', () => run(previewDropScript(source(1))));
});

test('the scripts hold nothing that Terraform would read as an expression', () => {
  const { jobs } = previewOf().workloads;
  const scripts = jobs.flatMap(({ key, command }) => (key.startsWith('database-') ? [command?.at(-1) ?? ''] : []));
  expect(scripts).toHaveLength(2);
  for (const script of scripts) {
    expect(script).not.toMatch(/[$%]\{|\$\(/);
    expect(spawnSync('sh', ['-n', '-c', script]).status).toBe(0);
  }
});
