/** What the renderers of the host receive. */
import { parseEnvironment, type EnvironmentInput } from '../../../src/config';
import { describeHost } from '../../../src/tiers/box/description';
import type { HostDescription } from '../../../src/tiers/box/host/types';
import { MarkedReferences } from '../../../src/terraform/marked-references';
import { boxed, boxOf, boxSection, moved } from '../../support/boxed';
import { dataHandover } from '../../support/handovers';

const api = boxed().services!.api!;

function described(input: EnvironmentInput): HostDescription {
  const environment = parseEnvironment(input);
  const { identity, workloads, data, edge } = environment;
  return describeHost({
    identity,
    box: boxOf(environment),
    workloads,
    data,
    edge,
    handover: dataHandover(environment),
    references: new MarkedReferences(),
  });
}

test('containers get the same names as on every tier, with the facts of this one', () => {
  const input = boxed({
    services: { api: { ...api, environment: { ...api.environment, CACHE: { from: 'cache.url' }, SHELL: '${HOME}' } } },
  });
  const [service] = described(input).containers;
  expect(service).toMatchObject({
    key: 'api',
    kind: 'service',
    port: 8080,
    health: { path: '/health', intervalSeconds: 30 },
    image: { parameterName: '/shop/test/images/api' },
    plain: { CACHE: 'redis://redis:6379', DATABASE_HOST: 'postgres', SHELL: '${HOME}' },
    secrets: { DATABASE_PASSWORD: { arn: 'arn:secret:role-app', key: 'password' } },
    logs: { group: '/shop/test/api', streamPrefix: 'api' },
  });
});

const locations = { DATABASE: { from: 'database.host' }, CACHE: { from: 'cache.url' } } as const;

test('packages are reached on the loopback address, in the URL of a login too', () => {
  const input = boxed({
    box: boxSection({ dataStores: 'packages' }),
    cache: { placement: 'host', version: '7.0' },
    services: { api: { ...api, environment: locations } },
  });
  const host = described(input);
  expect([host.database?.placement, host.cache?.placement]).toEqual(['host', 'host']);
  expect(host.containers[0]?.plain).toEqual({ DATABASE: '127.0.0.1', CACHE: 'redis://127.0.0.1:6379' });
  expect(parseEnvironment(input).data.database).toMatchObject({ hostName: '127.0.0.1' });
});

test('managed data is reached at its address, the cache over TLS', () => {
  const host = described(moved({ services: { api: { ...api, environment: locations } } }));
  expect(host.database).toMatchObject({
    placement: 'managed',
    host: 'database.internal',
    masterSecretArn: 'arn:secret:master',
  });
  expect(host.cache).toEqual({ placement: 'managed', host: 'cache.internal', port: '6379' });
  expect(host.containers[0]?.plain).toEqual({ DATABASE: 'database.internal', CACHE: 'rediss://cache.internal:6379' });
  expect(host.containers.map(({ key }) => key)).toEqual(['api', 'database-init']);
});

test('a database on the host has no master password', () => {
  expect(described(boxed()).database).not.toHaveProperty('masterSecretArn');
});

test('a worker that starts from zero elsewhere runs at least once, and a job at its times', () => {
  const host = described(
    boxed({
      acknowledge: {
        'tier-ignores': {
          'services.api.replicas.max': 'for another tier',
          'workers.mail.replicas.max': 'for another tier',
          'workers.mail.scaling': 'for another tier',
          'workers.index.replicas.max': 'for another tier',
        },
      },
      queues: { mail: {} },
      services: { api: { ...api, replicas: { min: 3, max: 6 } } },
      workers: {
        mail: { image: 'api', vcpu: 0.25, memoryMib: 128, replicas: { min: 0, max: 5 }, scaling: { queue: 'mail' } },
        index: { image: 'api', vcpu: 0.25, memoryMib: 128, replicas: { min: 2, max: 5 } },
      },
      jobs: { sync: { image: 'api', vcpu: 0.25, memoryMib: 128, schedule: '0 2 * * *' } },
    }),
  );
  expect(host.containers).toEqual([
    expect.objectContaining({ key: 'api', kind: 'service' }),
    expect.objectContaining({ key: 'mail', kind: 'worker', count: 1 }),
    expect.objectContaining({ key: 'index', kind: 'worker', count: 2 }),
    expect.objectContaining({ key: 'sync', kind: 'job', schedule: '0 2 * * *' }),
  ]);
});

test('mounted directories are on the data volume, with the same owner as elsewhere, and are backed up', () => {
  const mounts = [{ fileSystem: 'files', accessPoint: 'uploads', path: '/data' }];
  const fileSystems = { files: { accessPoints: { uploads: { path: '/uploads', userId: 1001 } } } };
  const host = described(boxed({ fileSystems, services: { api: { ...api, mounts } } }));
  expect(host.containers[0]?.mounts).toEqual([
    { source: '/data/files/files/uploads', path: '/data', readOnly: false, owner: '1001:1000', permissions: '750' },
  ]);
  expect(host.backup.paths).toEqual(['/data/files']);
  expect(described(boxed()).backup.paths).toEqual([]);
});

test('a registry names its login by ARN', () => {
  const secrets = { ghcr: { description: 'pulls images', keys: ['username', 'password'] } };
  const box = boxSection({ registries: [{ server: 'ghcr.io', secret: 'ghcr' }] });
  expect(described(boxed({ secrets, box })).registries).toEqual([{ server: 'ghcr.io', secretArn: 'arn:secret:ghcr' }]);
});

test('a single host makes browsers insist on HTTPS for as long as the environment says', () => {
  expect(described(boxed()).ingress).toMatchObject({ kind: 'direct', strictTransportSecurity: 'max-age=31536000' });
  const without = { edge: { strictTransportSecurity: { maxAgeDays: 0 } } };
  expect(described(boxed(without)).ingress).toMatchObject({ strictTransportSecurity: 'max-age=0' });
});
