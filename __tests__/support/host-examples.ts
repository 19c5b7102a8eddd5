/** Hosts as the box stack describes them, with marks where Terraform's references will stand. */
import type { HostContainer, HostDescription } from '../../src/tiers/box/host/types';

const container = (key: string, rest: Partial<HostContainer>): HostContainer => ({
  key,
  image: { parameterName: `/shop/mvp/images/${key}` },
  kind: 'service',
  vcpu: 0.5,
  memoryMib: 256,
  plain: {},
  secrets: {},
  mounts: [],
  writablePaths: ['/tmp'],
  readOnlyRoot: true,
  stopTimeoutSeconds: 30,
  logs: { group: '/shop/mvp', streamPrefix: key },
  replicas: 1,
  ...rest,
});

const containers: readonly HostContainer[] = [
  container('backend', {
    port: 8061,
    healthPath: '/health',
    healthCommand: 'wget -qO- "http://localhost:$PORT/health"',
    plain: { GREETING: 'it\'s $5 and "more"', PORT: '8061', DATABASE_HOST: 'TerraformReference0x' },
    secrets: {
      DATABASE_URL: { arn: 'arn:aws:secretsmanager:us-east-1:1:secret:app', key: 'url' },
      JWT_SECRET: { arn: 'arn:aws:secretsmanager:us-east-1:1:secret:jwt' },
    },
    mounts: [{ source: '/data/files/uploads', path: '/uploads', readOnly: false, owner: '1000:1000', permissions: '750' }],
  }),
  container('frontend', { port: 3000, healthPath: '/', readOnlyRoot: false, user: '1000:1000' }),
  container('sender', { kind: 'worker', replicas: 2, entryPoint: ['/bin/send'], command: ['--price', '$5'] }),
  container('report', { kind: 'job', schedule: '30 4 * * 1', timeoutSeconds: 900 }),
  container('migrate', { kind: 'job', image: { reference: 'public.ecr.aws/docker/library/alpine:3.22' }, command: ['true'] }),
];

/** Ubuntu with PostgreSQL and Redis in containers, as webrana has it. */
export const WITH_CONTAINERS: HostDescription = {
  environment: 'shop-mvp',
  system: 'shop',
  region: 'ap-southeast-1',
  operatingSystem: 'ubuntu-24.04',
  architecture: 'x86_64',
  applicationDirectory: '/opt/shop',
  dataStores: 'containers',
  dataVolumeId: 'vol-0123456789abcdef0',
  dataVolumeLabel: 'terrace-data',
  dataDirectory: '/data',
  database: {
    placement: 'host',
    version: '15',
    name: 'shop',
    host: 'postgres',
    port: '5432',
    roles: [
      { name: 'app', privileges: 'owner', secretArn: 'arn:aws:secretsmanager:us-east-1:1:secret:app' },
      { name: 'reader', privileges: 'read-only', secretArn: 'arn:aws:secretsmanager:us-east-1:1:secret:reader' },
    ],
  },
  cache: { placement: 'host', version: '7.1', evictionPolicy: 'volatile-lru', host: 'redis', port: '6379', tls: false },
  containers,
  sites: [
    {
      name: 'shop.example',
      locations: [
        { path: '/api/', port: 8061 },
        { path: '/health', port: 8061 },
        { path: '/', port: 3000 },
      ],
    },
    { name: 'api.shop.example', locations: [{ path: '/', port: 8061 }] },
  ],
  certificateEmail: 'ops@shop.example',
  origin: 'public',
  sshAllowed: false,
  backup: {
    bucket: 'shop-mvp-backups',
    schedule: '0 2 * * *',
    hostRetentionDays: 7,
    drillSchedule: '0 4 * * 0',
    paths: ['/data/files'],
  },
  configurationBucket: 'shop-mvp-configuration',
  configurationKey: 'configuration.json',
  metricsNamespace: 'Terrace/Box',
  hostLogGroup: '/shop/mvp/host',
};

/** Amazon Linux with PostgreSQL and Redis installed, as cloudpartner has it. */
export const WITH_PACKAGES: HostDescription = {
  ...WITH_CONTAINERS,
  operatingSystem: 'amazon-linux-2023',
  dataStores: 'packages',
  database: { ...WITH_CONTAINERS.database!, host: '127.0.0.1' },
  cache: { ...WITH_CONTAINERS.cache!, version: '6.2', host: '127.0.0.1' },
  sshAllowed: true,
};

/** Database and cache by AWS, behind Cloudflare, on an arm64 host without a data volume. */
export const MANAGED: HostDescription = {
  ...WITH_CONTAINERS,
  architecture: 'arm64',
  dataVolumeId: undefined,
  database: {
    ...WITH_CONTAINERS.database!,
    placement: 'managed',
    host: 'db.example.internal',
    masterSecretArn: 'arn:aws:secretsmanager:us-east-1:1:secret:master',
  },
  cache: { ...WITH_CONTAINERS.cache!, placement: 'managed', host: 'cache.example.internal', tls: true },
  origin: 'cloudflare',
  registries: [{ server: 'registry.example', secretArn: 'arn:aws:secretsmanager:us-east-1:1:secret:registry' }],
};

/** One of several hosts behind a load balancer, which has names and certificates. */
export const BALANCED: HostDescription = {
  ...MANAGED,
  database: undefined,
  origin: 'public',
  sites: [],
  behindBalancer: { sites: WITH_CONTAINERS.sites, health: { path: '/terrace-health', port: 8061, servicePath: '/health' } },
};

/** No names, no database, no cache: the least that can run. */
export const BARE: HostDescription = {
  ...WITH_CONTAINERS,
  database: undefined,
  cache: undefined,
  sites: [],
  hostLogGroup: undefined,
};

/** Every combination of operating system and way of keeping data, by a name for tests. */
export const EXAMPLES: readonly (readonly [name: string, host: HostDescription])[] = [
  ['Ubuntu, containers', WITH_CONTAINERS],
  [
    'Ubuntu, packages',
    { ...WITH_PACKAGES, operatingSystem: 'ubuntu-24.04', database: { ...WITH_PACKAGES.database!, version: '16' } },
  ],
  ['Amazon Linux, containers', { ...WITH_CONTAINERS, operatingSystem: 'amazon-linux-2023' }],
  ['Amazon Linux, packages', WITH_PACKAGES],
  ['Ubuntu, managed data behind Cloudflare', MANAGED],
  ['Amazon Linux, managed data', { ...MANAGED, operatingSystem: 'amazon-linux-2023', origin: 'public' }],
  ['Ubuntu, several hosts behind a load balancer', BALANCED],
  ['Ubuntu, nothing but containers', BARE],
];
