/**
 * The job that makes database logins: what it is, and what its SQL does to a real PostgreSQL server. The server is started
 * for the test in a separate folder, on a Unix socket; where none is installed the tests say so and are skipped.
 */
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseInitScript } from '../../../src/config/resolve/database-init';
import {
  databaseRolesSql,
  rolePasswordVariable,
  roleUserVariable,
  type Role,
} from '../../../src/config/calculations/database-roles-sql';
import type { EnvironmentInput } from '../../../src/config';
import { resolveWorkloads } from '../../../src/config/resolve/workloads';
import { environmentSchema } from '../../../src/config/schema/environment';
import { DatabaseServer, serverBinaries } from '../../support/database-server';
import { example } from '../../support/example';

const fixed = { kind: 'secret', rotates: false } as const;
const rotating = { kind: 'secret', rotates: true } as const;
const ROLES = [
  { name: 'app', privileges: 'owner', login: rotating },
  { name: 'migrations', privileges: 'owner', login: rotating },
  { name: 'writer', privileges: 'read-write', login: fixed },
  { name: 'reporting', privileges: 'read-only', login: rotating },
  // A reserved word: every name must be quoted.
  { name: 'order', privileges: 'read-only', login: fixed },
  { name: 'analyst', privileges: 'read-only', login: { kind: 'iam' } },
] as const satisfies readonly Role[];
const WITH_SECRET = ROLES.filter(({ login }) => login.kind === 'secret');
const DATABASE = {
  placement: 'managed',
  version: '16',
  name: 'shop',
  instanceClass: 'db.t4g.micro',
  iamAuthentication: true,
  roles: Object.fromEntries(
    ROLES.map(({ name, privileges, login }) => [
      name,
      {
        privileges,
        login: login.kind === 'iam' ? ('iam' as const) : ('password' as const),
        ...('rotates' in login && login.rotates ? { rotateAfterDays: 90 } : {}),
      },
    ]),
  ),
} as const;

/** The job of an environment with this database, if it has one. */
const jobOf = (database: EnvironmentInput['database']) =>
  resolveWorkloads(environmentSchema.parse(example({ database }))).jobs.find(({ key }) => key === 'database-init');

const job = jobOf(DATABASE)!;
const script = job.command?.at(-1) ?? '';

describe('the job', () => {
  it('is there with a managed database, and is not with one on the host', () => {
    expect(job).toMatchObject({ kind: 'job', name: 'shop-test-database-init', timeoutSeconds: 600 });
    expect(job.logs).toEqual({ group: '/shop/test/database-init', streamPrefix: 'database-init' });
    expect(jobOf({ placement: 'host', version: '16', name: 'shop' })).toBeUndefined();
  });

  it("runs on demand, from the public image of the database's own major version", () => {
    expect(job.schedule).toBeUndefined();
    expect(job.image).toEqual({ kind: 'pinned', reference: 'public.ecr.aws/docker/library/postgres:16-alpine' });
    expect(job.readOnlyRoot).toBe(true);
    expect(job.user).toBe('70');
  });

  it('logs in as the master over TLS, at the database itself', () => {
    expect(job.variables.plain).toMatchObject({ PGSSLMODE: 'verify-full', PGSSLROOTCERT: '/dev/fd/3' });
    expect(job.variables.references).toEqual({ PGHOST: 'database.host', PGPORT: 'database.port', PGDATABASE: 'database.name' });
    expect(job.variables.secrets.PGUSER).toEqual({ kind: 'database-master', key: 'username' });
    expect(job.variables.secrets.PGPASSWORD).toEqual({ kind: 'database-master', key: 'password' });
  });

  it.each(['sh', 'bash'])('gives psql the certificate of RDS and the statements, each by a descriptor (%s)', (shell) => {
    const folder = mkdtempSync(join(tmpdir(), 'terrace-psql-'));
    writeFileSync(join(folder, 'psql'), '#!/bin/sh\ncat /dev/fd/3 - >&2\n', { mode: 0o755 });
    const passwords = Object.fromEntries(Object.keys(job.variables.secrets).map((name) => [name, 'x']));
    const { stderr, status } = spawnSync(shell, ['-ceu', script], {
      encoding: 'utf8',
      env: { PATH: `${folder}:${process.env.PATH}`, ...job.variables.plain, ...passwords },
    });
    rmSync(folder, { recursive: true });
    const [certificate, ...statements] = stderr.split(/(?<=-----END CERTIFICATE-----\n)/);
    expect(status).toBe(0);
    expect(new X509Certificate(certificate ?? '').subject).toContain('CN=Amazon RDS eu-west-1 Root CA RSA2048 G1');
    expect(statements.join('')).toBe(`${databaseRolesSql('shop', ROLES)}\n`);
  });

  it('gets user and password of each role that has a secret, and no other secret', () => {
    const roleVariables = WITH_SECRET.flatMap(({ name }) => [roleUserVariable(name), rolePasswordVariable(name)]);
    expect(Object.keys(job.variables.secrets).sort()).toEqual(['PGUSER', 'PGPASSWORD', ...roleVariables].sort());
    expect(job.variables.secrets.ROLE_APP_PASSWORD).toEqual({ kind: 'database-role', role: 'app', key: 'password' });
    expect(job.variables.secrets.ROLE_APP_USER).toEqual({ kind: 'database-role', role: 'app', key: 'username' });
    expect(job.variables.secrets).not.toHaveProperty('ROLE_ANALYST_PASSWORD');
  });

  it('holds nothing that Terraform or Kubernetes would read as an expression', () => {
    expect(script).not.toMatch(/[$%]\{/);
    expect(script).not.toContain('$(');
  });

  it('writes no password into a statement', () => {
    expect(databaseRolesSql('shop', ROLES)).not.toMatch(/password '/);
  });
});

const binaries = serverBinaries();
if (binaries === undefined)
  process.stderr.write(
    'database-init against a real server: skipped, no PostgreSQL server is installed here (Debian: apt-get install postgresql)\n',
  );
const withServer = binaries === undefined ? describe.skip : describe;

withServer('the script, run on a server', () => {
  const PASSWORDS = Object.fromEntries(
    WITH_SECRET.flatMap(({ name }) => [
      [rolePasswordVariable(name), `pass-${name}-1`],
      [roleUserVariable(name), name],
    ]),
  );
  const login = (user: string, password = `pass-${user}-1`) => ({ user, password });
  let server: DatabaseServer;

  beforeAll(() => {
    server = new DatabaseServer(binaries as string, script);
    server.prepare();
    expect(server.runJob(PASSWORDS)).toMatchObject({ status: 0, stderr: '' });
  });
  afterAll(() => server.stop());

  it('lets the owner log in and create a table, and refuses a wrong password', () => {
    server.query(
      login('app'),
      'create table if not exists orders (id serial primary key, note text); insert into orders (note) values (1)',
    );
    expect(server.query(login('app'), 'select count(*) from orders')).toBe('1');
    expect(() => server.query(login('app', 'wrong'), 'select 1')).toThrow(/password authentication failed/);
  });

  it('lets a writer write and not make tables', () => {
    server.query(
      login('writer'),
      "insert into orders (note) values ('w'); update orders set note = 'x'; delete from orders where note = 'none'",
    );
    expect(() => server.query(login('writer'), 'create table mine ()')).toThrow(/permission denied for schema public/);
    expect(() => server.query(login('writer'), 'drop table orders')).toThrow(/must be owner/);
  });

  it('lets a reader read, and neither write nor make tables', () => {
    expect(server.query(login('reporting'), 'select count(*) from orders')).toBe('2');
    expect(server.query(login('order'), 'select count(*) from orders')).toBe('2');
    expect(() => server.query(login('reporting'), "insert into orders (note) values ('r')")).toThrow(
      /permission denied for table orders/,
    );
    expect(() => server.query(login('reporting'), 'create table mine ()')).toThrow(/permission denied for schema public/);
  });

  it('lets a second owner change what the first has made, and the other way round', () => {
    server.query(login('migrations'), 'alter table orders add column total int; create table made_by_second (id int)');
    server.query(login('app'), 'alter table made_by_second add column more int');
    expect(server.query(login('reporting'), 'select count(*) from made_by_second')).toBe('0');
  });

  it('can be run again, changes nothing by it, and works with tables in place', () => {
    const grants = () =>
      server.query(
        {},
        "select string_agg(relname || relacl::text, ' ' order by relname) from pg_class where relnamespace = 'public'::regnamespace",
      );
    const before = grants();
    expect(server.runJob(PASSWORDS)).toMatchObject({ status: 0, stderr: '' });
    expect(grants()).toBe(before);
    server.query(login('app'), 'insert into orders (note) values (2)');
  });

  it('sets a new password when the secret has one', () => {
    expect(server.runJob({ ...PASSWORDS, ROLE_WRITER_PASSWORD: 'rotated' })).toMatchObject({ status: 0 });
    expect(server.query(login('writer', 'rotated'), 'select 1')).toBe('1');
    expect(() => server.query(login('writer'), 'select 1')).toThrow(/password authentication failed/);
  });

  it('takes rights away from a role that is to have fewer', () => {
    const reduced = [
      { name: 'app', privileges: 'owner', login: fixed },
      { name: 'writer', privileges: 'read-only', login: fixed },
    ] as const;
    expect(server.runJob(PASSWORDS, databaseInitScript({ name: 'shop', roles: reduced }))).toMatchObject({ status: 0 });
    expect(() => server.query(login('writer'), 'delete from orders')).toThrow(/permission denied for table orders/);
    expect(server.query(login('writer'), 'select count(*) > 0 from orders')).toBe('t');
    server.query(login('app'), 'create table later (id int)');
    expect(() => server.query(login('writer'), 'insert into later values (1)')).toThrow(/permission denied for table later/);
  });

  it('takes a password with quotes and backslashes as it is', () => {
    const strange = 'it\'s \\ "quoted" $1 :x `y`';
    expect(server.runJob({ ...PASSWORDS, ROLE_REPORTING_PASSWORD: strange })).toMatchObject({ status: 0 });
    expect(server.query(login('reporting', strange), 'select 1')).toBe('1');
  });

  it('refuses an empty password, and then leaves everything as it was', () => {
    const refused = server.runJob({ ...PASSWORDS, ROLE_APP_PASSWORD: '' });
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toContain('ROLE_APP_PASSWORD is empty');
    expect(server.query(login('app'), 'select 1')).toBe('1');
  });

  it("shows no password, neither in its own output nor in a server's log of every statement", () => {
    const { stdout, stderr } = server.runJob(PASSWORDS);
    expect(`${stdout}${stderr}`).not.toContain('pass-');
    expect(stdout).toContain('app, migrations, writer, reporting, order, analyst');
    expect(server.log).toMatch(/statement: do \$terrace\$/);
    expect(server.log.split('\n').filter((line) => line.includes('pass-'))).toEqual([]);
  });

  describe('a login that rotates', () => {
    /** What AWS's function SecretsManagerRDSPostgreSQLRotationMultiUser does in its step `setSecret`, as the master. */
    const rotate = (user: string, password: string) =>
      server.query({ user: 'master' }, `alter user "${user}" with password '${password}'`);

    it('has a clone that cannot log in before the first rotation', () => {
      expect(
        server.query({}, "select string_agg(rolname, ' ' order by rolname) from pg_roles where rolname like '%_clone'"),
      ).toBe('app_clone migrations_clone reporting_clone');
      expect(() => server.query({ user: 'app_clone', password: '' }, 'select 1')).toThrow(/password|fe_sendauth/);
    });

    it('keeps the login in use valid, and gives the other the same rights and the same ownership', () => {
      rotate('app_clone', 'rotated-1');
      expect(server.query(login('app'), 'select 1')).toBe('1');
      const clone = login('app_clone', 'rotated-1');
      server.query(clone, 'create table by_clone (id serial); alter table orders add column by_clone int');
      expect(server.query(clone, 'select current_user')).toBe('app');
      expect(server.query({}, "select tableowner from pg_tables where tablename = 'by_clone'")).toBe('app');
      server.query(login('app'), 'drop table by_clone');
    });

    it('acts as the role in a connection that a pooler has reset', () => {
      rotate('app_clone', 'rotated-2');
      expect(server.query(login('app_clone', 'rotated-2'), 'discard all', 'select current_user')).toBe('app');
    });

    it('gives a second owner and a reader no more and no less than the role has', () => {
      rotate('migrations_clone', 'rotated-m');
      rotate('reporting_clone', 'rotated-r');
      server.query(login('migrations_clone', 'rotated-m'), 'create table by_second_clone (id int)');
      expect(server.query({}, "select tableowner from pg_tables where tablename = 'by_second_clone'")).toBe('app');
      const reader = login('reporting_clone', 'rotated-r');
      expect(server.query(reader, 'select count(*) from by_second_clone')).toBe('0');
      expect(() => server.query(reader, 'insert into by_second_clone values (1)')).toThrow(/permission denied/);
    });

    it('is set to the password of the user that the secret names, and the other is left as it was', () => {
      const rotated = { ...PASSWORDS, ROLE_APP_USER: 'app_clone', ROLE_APP_PASSWORD: 'pass-clone' };
      expect(server.runJob(rotated)).toMatchObject({ status: 0, stderr: '' });
      expect(server.query(login('app_clone', 'pass-clone'), 'select 1')).toBe('1');
      expect(server.query(login('app'), 'select 1')).toBe('1');
    });

    it('refuses a secret that names any other user', () => {
      const refused = server.runJob({ ...PASSWORDS, ROLE_APP_USER: 'master' });
      expect(refused.status).not.toBe(0);
      expect(refused.stderr).toContain('role app: its secret names the user master');
    });

    it('takes over what a clone that the rotation function created owns', () => {
      const writes = { name: 'writer', privileges: 'owner', login: rotating } as const;
      server.query({ user: 'master' }, "create role writer_clone login password 'by-function'; grant writer to writer_clone");
      server.query({}, 'create table by_function (id int); alter table by_function owner to writer_clone');
      const roles = [ROLES[0], writes];
      expect(server.runJob(PASSWORDS, databaseInitScript({ name: 'shop', roles }))).toMatchObject({ status: 0, stderr: '' });
      expect(server.query({}, "select tableowner from pg_tables where tablename = 'by_function'")).toBe('app');
    });
  });

  describe('a login by token', () => {
    it('is a member of rds_iam, and has no password', () => {
      expect(server.query({}, "select pg_has_role('analyst', 'rds_iam', 'member')")).toBe('t');
      expect(server.query({}, "select rolpassword is null from pg_authid where rolname = 'analyst'")).toBe('t');
    });

    it('is no member after it got a password again, and the others never are', () => {
      expect(server.query({}, "select pg_has_role('app', 'rds_iam', 'member')")).toBe('f');
      const roles = [ROLES[0], { name: 'analyst', privileges: 'read-only', login: fixed } as const];
      const passwords = { ...PASSWORDS, ROLE_ANALYST_USER: 'analyst', ROLE_ANALYST_PASSWORD: 'pass-analyst' };
      expect(server.runJob(passwords, databaseInitScript({ name: 'shop', roles }))).toMatchObject({ status: 0, stderr: '' });
      expect(server.query({}, "select pg_has_role('analyst', 'rds_iam', 'member')")).toBe('f');
      expect(server.query(login('analyst', 'pass-analyst'), 'select 1')).toBe('1');
    });
  });
});
