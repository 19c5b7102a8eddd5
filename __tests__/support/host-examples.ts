/** Hosts as the box stack describes them, with marks in place of Terraform's references. */
import type {
  HostContainer,
  HostDescription,
  HostIngress,
  HostJob,
  HostPostgres,
  HostService,
  HostSite,
} from '../../src/tiers/box/host/types';

/** What every container of the examples has. */
const common = (key: string) => ({
  key,
  image: { parameterName: `/shop/mvp/images/${key}` },
  vcpu: 0.5,
  memoryMib: 256,
  plain: {},
  secrets: {},
  mounts: [],
  writablePaths: ['/tmp'],
  readOnlyRoot: true,
  stopTimeoutSeconds: 30,
  logs: { group: '/shop/mvp', streamPrefix: key },
});

const health: HostService['health'] = {
  path: '/',
  matcher: '200',
  intervalSeconds: 30,
  timeoutSeconds: 5,
  healthyThreshold: 2,
  unhealthyThreshold: 3,
  startPeriodSeconds: 60,
  gracePeriodSeconds: 0,
};

export const BACKEND: HostService = {
  ...common('backend'),
  kind: 'service',
  singleton: false,
  port: 8061,
  health: { ...health, path: '/health', command: 'wget -qO- "http://localhost:$PORT/health"' },
  plain: { GREETING: 'it\'s $5 and "more"', PORT: '8061', DATABASE_HOST: 'TerraformReference0x' },
  secrets: {
    DATABASE_URL: { arn: 'arn:aws:secretsmanager:us-east-1:1:secret:app', key: 'url' },
    JWT_SECRET: { arn: 'arn:aws:secretsmanager:us-east-1:1:secret:jwt' },
  },
  mounts: [{ source: '/data/files/uploads', path: '/uploads', readOnly: false, owner: '1000:1000', permissions: '750' }],
};

export const REPORT: HostJob = {
  ...common('report'),
  kind: 'job',
  schedule: '30 4 * * 1',
  timezone: 'Asia/Singapore',
  timeoutSeconds: 900,
};

const containers: readonly HostContainer[] = [
  BACKEND,
  { ...common('frontend'), kind: 'service', singleton: false, port: 3000, health, readOnlyRoot: false, user: '1000:1000' },
  { ...common('sender'), kind: 'worker', singleton: false, count: 2, entryPoint: ['/bin/send'], command: ['--price', '$5'] },
  REPORT,
  {
    ...common('migrate'),
    kind: 'job',
    image: { reference: 'public.ecr.aws/docker/library/alpine:3.22' },
    command: ['true'],
    timezone: 'UTC',
    timeoutSeconds: 3600,
  },
];

/** The sites of the examples. */
export const SITES: readonly HostSite[] = [
  {
    name: 'shop.example',
    locations: [
      { path: '/api/', port: 8061 },
      { path: '/health', port: 8061 },
      { path: '/', port: 3000 },
    ],
  },
  { name: 'api.shop.example', locations: [{ path: '/', port: 8061 }] },
];

/** Clients reach these sites directly. */
export function servingDirectly(to: readonly HostSite[], origin: 'public' | 'cloudflare' = 'public'): HostIngress {
  return { kind: 'direct', origin, sites: to };
}

const postgres: HostPostgres = {
  placement: 'host',
  version: '15',
  name: 'shop',
  roles: [
    { name: 'app', privileges: 'owner', secretArn: 'arn:aws:secretsmanager:us-east-1:1:secret:app' },
    { name: 'reader', privileges: 'read-only', secretArn: 'arn:aws:secretsmanager:us-east-1:1:secret:reader' },
  ],
};

/** Ubuntu with PostgreSQL and Redis in containers. */
export const WITH_CONTAINERS: HostDescription = {
  environment: 'shop-mvp',
  system: 'shop',
  region: 'ap-southeast-1',
  operatingSystem: 'ubuntu-24.04',
  architecture: 'x86_64',
  applicationDirectory: '/opt/shop',
  dataStores: 'containers',
  dataVolumeId: 'vol-0123456789abcdef0',
  database: postgres,
  cache: { placement: 'host', version: '7.1', evictionPolicy: 'volatile-lru' },
  containers,
  ingress: servingDirectly(SITES),
  idleTimeoutSeconds: 60,
  certificateEmail: 'ops@shop.example',
  certificateRenewal: '0 12 * * *',
  restartTime: '03:30',
  timezone: 'UTC',
  capabilities: { sender: ['NET_RAW'] },
  processLimit: 1024,
  postgres: { maxConnections: 100, sharedBuffersMib: 128, slowStatementMilliseconds: 1000 },
  redis: { maxMemoryMib: 128 },
  sshAllowed: false,
  backup: {
    bucket: 'shop-mvp-backups',
    schedule: '0 2 * * *',
    hostRetentionDays: 7,
    drillSchedule: '0 4 * * 0',
    paths: ['/data/files'],
    fullArchiveDays: 7,
  },
  configurationBucket: 'shop-mvp-configuration',
  logGroup: '/shop/mvp/host',
  registries: [],
};

/** Amazon Linux with PostgreSQL and Redis installed. */
export const WITH_PACKAGES: HostDescription = {
  ...WITH_CONTAINERS,
  operatingSystem: 'amazon-linux-2023',
  dataStores: 'packages',
  cache: { placement: 'host', version: '6.2', evictionPolicy: 'volatile-lru' },
  sshAllowed: true,
};

/** A managed database at an address. */
export function managedDatabase(host: string, port = '5432'): HostDescription['database'] {
  const masterSecretArn = 'arn:aws:secretsmanager:us-east-1:1:secret:master';
  return { placement: 'managed', version: '15', name: 'shop', host, port, masterSecretArn };
}

/** Managed database and cache, behind Cloudflare, on an arm64 host without a data volume. */
export const MANAGED: HostDescription = {
  ...WITH_CONTAINERS,
  architecture: 'arm64',
  dataVolumeId: undefined,
  database: managedDatabase('db.example.internal'),
  cache: { placement: 'managed', host: 'cache.example.internal', port: '6379' },
  ingress: servingDirectly(SITES, 'cloudflare'),
  registries: [{ server: 'registry.example', secretArn: 'arn:aws:secretsmanager:us-east-1:1:secret:registry' }],
};

/** One of several hosts behind a load balancer, which has names and certificates. */
export const BALANCED: HostDescription = {
  ...MANAGED,
  database: undefined,
  ingress: { kind: 'load-balancer', sites: SITES, health: { path: '/terrace-health', port: 8061, servicePath: '/health' } },
};

/** No names, no database, no cache: the minimum. */
export const BARE: HostDescription = {
  ...WITH_CONTAINERS,
  database: undefined,
  cache: undefined,
  ingress: servingDirectly([]),
};

/** Every combination of operating system and placement of data, with a name for tests. */
export const EXAMPLES: readonly (readonly [name: string, host: HostDescription])[] = [
  ['Ubuntu, containers', WITH_CONTAINERS],
  ['Ubuntu, packages', { ...WITH_PACKAGES, operatingSystem: 'ubuntu-24.04', database: { ...postgres, version: '16' } }],
  ['Amazon Linux, containers', { ...WITH_CONTAINERS, operatingSystem: 'amazon-linux-2023' }],
  ['Amazon Linux, packages', WITH_PACKAGES],
  ['Ubuntu, managed data behind Cloudflare', MANAGED],
  ['Amazon Linux, managed data', { ...MANAGED, operatingSystem: 'amazon-linux-2023', ingress: servingDirectly(SITES) }],
  ['Ubuntu, several hosts behind a load balancer', BALANCED],
  ['Ubuntu, nothing but containers', BARE],
];
