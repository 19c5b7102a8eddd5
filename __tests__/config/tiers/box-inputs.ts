/** Inputs about a single host that are refused and accepted. */
import { boxed as exampleOnHost } from '../../support/boxed';
import type { Accepted, Refused } from '../../support/refusals';
import { changed, rich, type Change, type Json } from '../../support/rich';

/** The rich example on one host, with database and cache there as well. */
export function boxed(change: Change = () => undefined): Json {
  return changed((e) => {
    Object.assign(e.workers.runner, { replicas: { min: 1, max: 1 }, scaling: undefined });
    change(e);
  }, exampleOnHost());
}

/** A host with a builder, which it does not run: accepted with a warning. */
export const builderOnHost: Json = boxed((e) => {
  e.builders = { images: { source: { kind: 'github', url: 'https://github.com/shop/shop' }, images: ['api'] } };
});

/** Everything managed, and so several hosts. */
function several(change: Change = () => undefined): Json {
  return boxed((e) => {
    e.database = { ...rich().database, roles: e.database.roles };
    e.cache = rich().cache;
    e.services.api.mounts = [];
    delete e.jobs.sync.schedule;
    e.box.instances = { min: 2, max: 4 };
    change(e);
  });
}

const second = (e: Json): Json => (e.services.web = { ...structuredClone(e.services.api), routes: [], mounts: [] });

// prettier-ignore
export const REFUSED_ON_HOST: readonly Refused[] = [
  ['tier box without a box', boxed((e) => delete e.box), 'box', 'box-section', /docs\/box\.md/],
  ['a next tier box without a box', boxed((e) => { e.tier = 'fargate'; e.nextTier = 'box'; delete e.box; }), 'box', 'box-section', /"box"/],
  ['an invalid instance type', boxed((e) => (e.box.instanceType = 'large')), 'box.instanceType', undefined, /"t3\.medium"/],
  ['a host of an old generation', boxed((e) => (e.box.instanceType = 't2.small')), 'box.instanceType', 'box-instance-type', /"t3\.small"/],
  ['a misspelt instance type', boxed((e) => (e.box.instanceType = 't3.mediun')), 'box.instanceType', 'box-instance-type-unknown', /did you mean "t3\.medium"/],
  ['x86_64 images on t4g', boxed((e) => (e.box.instanceType = 't4g.small')), 'services.api.architecture', 'box-architecture', /"arm64".*t4g\.small/],
  ['arm64 images on t3', boxed((e) => (e.workers.runner.architecture = 'arm64')), 'workers.runner.architecture', 'box-architecture', /"x86_64".*t3\.small/],
  ['more than one host with its own database', several((e) => (e.database = boxed().database)), 'box.instances.max', 'box-several-hosts', /1 while the database is on the host.*"managed"/],
  ['more than one host with its own cache', several((e) => (e.cache = { placement: 'host' })), 'box.instances.max', 'box-several-hosts', /1 while the cache is on the host/],
  ['more than one host with uploads on it', several((e) => (e.services.api.mounts = rich().services.api.mounts)), 'box.instances.max', 'box-several-hosts', /services\.api\.mounts.*bucket/],
  ['runs of a job that overlap', boxed((e) => (e.jobs.sync.concurrency = 'allow')), 'jobs.sync.concurrency', 'box-job-concurrency', /"forbid" with tier box/],
  ['a singleton on several hosts', several((e) => (e.services.api.singleton = true)), 'services.api.singleton', 'singleton-hosts', /each host runs one.*lock/],
  ['more than one host without routes', several((e) => (e.services.api.routes = [])), 'box.instances.max', 'box-several-hosts', /load balancer/],
  ['more than one host with a schedule', several((e) => (e.jobs.sync.schedule = '0 2 * * *')), 'box.instances.max', 'box-several-hosts', /jobs\.sync.*every host/],
  ['a minimum of hosts above the maximum', several((e) => (e.box.instances = { min: 5, max: 4 })), 'box.instances.min', 'box-several-hosts', /at most max \(4\)/],
  ['several hosts in one zone', several((e) => (e.network.zones = 1)), 'network.zones', 'two-zones', /the load balancer/],
  ['SSH from the world', boxed((e) => (e.box.sshCidrs = ['0.0.0.0/0'])), 'box.sshCidrs[0]', 'ssh-world', /Session Manager.*acknowledge: \{ 'ssh-world'/],
  ['SSH from half the world', boxed((e) => (e.box.sshCidrs = ['203.0.113.7/32', '128.0.0.0/1'])), 'box.sshCidrs[1]', 'ssh-world', /\/32/],
  ['capabilities of a container that does not exist', boxed((e) => (e.box.capabilities = { apy: ['NET_RAW'] })), 'box.capabilities.apy', 'box-capabilities', /api/],
  ['a capability that no container has by default', boxed((e) => (e.box.capabilities = { api: ['SYS_ADMIN'] })), 'box.capabilities.api[0]', undefined, /"CHOWN"/],
  ['two services on one port', boxed(second), 'services.web.port', 'box-host-ports', /services\.api does not listen on/],
  ['a service on the port of nginx', boxed((e) => (e.services.api.port = 80)), 'services.api.port', 'box-host-ports', /nginx/],
  ['a service on the port of PostgreSQL', boxed((e) => (e.services.api.port = 5432)), 'services.api.port', 'box-host-ports', /PostgreSQL/],
  ['a variable that an env file cannot express', boxed((e) => (e.services.api.environment.PATTERN = "a\\'b")), 'services.api.environment.PATTERN', 'box-variables', /Base64/],
  ['a registry with a tab', boxed((e) => (e.box.registries = [{ server: 'ghcr.io\tx', secret: 'jwt' }])), 'box.registries[0].server', undefined, /docker login/],
  ['a worker with the name of the database', boxed((e) => (e.workers = { postgres: e.workers.runner })), 'workers.postgres', 'box-names', /rename/],
  ['Spot capacity, which one host does not have', boxed((e) => (e.services.api.spotPercent = 50)), 'services.api.spotPercent', 'tier-ignores', /On-Demand.*remove it/],
  ['disk for writable paths, which are in memory', boxed((e) => (e.jobs.sync.ephemeralStorageGib = 5)), 'jobs.sync.ephemeralStorageGib', 'tier-ignores', /in memory.*`mounts`/],
  ['a sidecar on one host', boxed((e) => (e.services.api.sidecars = { proxy: { image: 'api', vcpu: 0.1, memoryMib: 64 } })), 'services.api.sidecars', 'tier-ignores', /started again.*declare a worker/],
  ['a pooler on one host', boxed((e) => (e.services.api.pooler = { maxClientConnections: 10, poolSize: 5 })), 'services.api.pooler', 'box-pooler', /remove it/],
  ['a backup bucket that is not declared', boxed((e) => (e.box.backup.bucket = 'backup')), 'box.backup.bucket', 'box-backup-bucket', /did you mean "backups"/],
  ['a restore drill by AWS Backup of a database on the host', boxed((e) => (e.backups = { restoreDrill: {} })), 'backups.restoreDrill', 'restore-drill-subject', /box\.backup\.drillSchedule/],
  ['backups in the bucket for access logs', boxed((e) => (e.box.backup.bucket = 'logs')), 'box.backup.bucket', 'box-backup-bucket', /uploads, backups/],
  ['a bucket with the name of the configuration bucket', boxed((e) => (e.buckets['box-configuration'] = {})), 'buckets.box-configuration', 'bucket-names-unique', /box does not have/],
  ['a registry whose login is not declared', boxed((e) => (e.box.registries = [{ server: 'ghcr.io', secret: 'gchr' }])), 'box.registries[0].secret', 'box-registry', /jwt, stripe/],
  ['a registry whose login has no password', boxed((e) => (e.box.registries = [{ server: 'ghcr.io', secret: 'jwt' }])), 'box.registries[0].secret', 'box-registry', /username and password/],
  ['only Cloudflare with a Route 53 zone', boxed((e) => (e.box.origin = 'cloudflare')), 'box.origin', 'box-origin', /"public"/],
  ['a zone that forbids the certificate authority', boxed((e) => delete e.domain.certificateAuthorities), 'domain.certificateAuthorities', 'box-certificate-authority', /letsencrypt\.org/],
  ['routes without a domain for certificates', boxed((e) => delete e.domain), 'services.api.routes', 'public-needs-domain', /add `domain`/],
  ['a PostgreSQL version that is no package', boxed((e) => { e.box.dataStores = 'packages'; e.database.version = '15'; }), 'database.version', 'box-packages', /16 as packages of ubuntu-24\.04/],
  ['a Redis that is no package', boxed((e) => { e.box.dataStores = 'packages'; e.box.operatingSystem = 'amazon-linux-2023'; }), 'cache.version', 'box-packages', /6\.2/],
  ['settings of PostgreSQL without PostgreSQL on the host', several((e) => { delete e.box.instances; e.box.postgres = { maxConnections: 200 }; }), 'box.postgres', 'box-store-settings', /database\.parameters/],
  ['settings of Redis without Redis on the host', boxed((e) => { delete e.cache; e.box.redis = {}; delete e.services.api.environment.REDIS_URL; }), 'box.redis', 'box-store-settings', /cache\.nodeType/],
  ['a number of connections below what maintenance needs', boxed((e) => (e.box.postgres = { maxConnections: 5 })), 'box.postgres.maxConnections', undefined, /from 10 to 5000/],
  ['a renewal that is no schedule', boxed((e) => (e.box.certificateRenewal = 'noon')), 'box.certificateRenewal', undefined, /five cron fields/],
  ['logins by IAM on the host', boxed((e) => (e.database.iamAuthentication = true)), 'database.iamAuthentication', undefined, /only with placement: 'managed'/],
  ['a password on the host that rotates', boxed((e) => (e.database.roles.app.rotateAfterDays = 30)), 'database.roles.app.rotateAfterDays', undefined, /by hand/],
  ['a host database with Fargate', boxed((e) => (e.nextTier = 'fargate')), 'database.placement', 'host-placement', /"managed" with tier fargate/],
  ['a route to a worker', boxed((e) => (e.workers.runner.routes = [{}])), 'workers.runner.routes', undefined, /services/],
  ['a restart while the backup runs', boxed((e) => (e.box.restartTime = '02:59')), 'box.restartTime', 'box-restart-time', /60 minutes after box\.backup\.schedule \(0 2 \* \* \*\)/],
  ['a restart just before a backup', boxed((e) => { e.box.restartTime = '23:50'; e.box.backup.schedule = '0 0 * * *'; }), 'box.restartTime', 'box-restart-time', /15 minutes before/],
  ['a restart while the restore test runs', boxed((e) => (e.box.restartTime = '04:30')), 'box.restartTime', 'box-restart-time', /drillSchedule/],
  ['a restart at no time of day', boxed((e) => (e.box.restartTime = '24:00')), 'box.restartTime', undefined, /"03:30"/],
  ['a container with more CPUs than its host', boxed((e) => (e.services.api.vcpu = 4)), 'services.api.vcpu', 'box-size', /at most 2, the vCPUs of box\.instanceType t3\.small/],
  ['a container with more memory than its host', boxed((e) => (e.workers.runner.memoryMib = 4096)), 'workers.runner.memoryMib', 'box-size', /at most 2048.*larger instance type/],
  ['tags that move, which a host does not pull again', boxed((e) => (e.images.api.immutableTags = false)), 'images.api.immutableTags', 'box-image-tags', /commit/],
  ['an address that is no e-mail', boxed((e) => (e.box.certificateEmail = 'admin')), 'box.certificateEmail', undefined, /./],
];

// prettier-ignore
export const ACCEPTED_ON_HOST: readonly Accepted[] = [
  ['one host with everything on it', boxed()],
  ['one host in one zone', boxed((e) => (e.network.zones = 1))],
  ['a host whose data is managed', several((e) => delete e.box.instances)],
  ['several hosts with managed data', several()],
  ['several hosts, whose certificates are Amazon’s', several((e) => delete e.domain.certificateAuthorities)],
  ['arm64 images on t4g', boxed((e) => { e.box.instanceType = 't4g.small'; for (const c of [e.services.api, e.workers.runner, e.jobs.sync]) c.architecture = 'arm64'; })],
  ['SSH from an office', boxed((e) => (e.box.sshCidrs = ['203.0.113.0/24']))],
  ['SSH from the world, acknowledged', boxed((e) => { e.box.sshCidrs = ['0.0.0.0/0']; e.acknowledge = { 'ssh-world': { 'box.sshCidrs[0] = 0.0.0.0/0': 'a week of visitors, behind keys' } }; })],
  ['a registry with its login', boxed((e) => { e.secrets.ghcr = { description: 'pulls images', keys: ['username', 'password'] }; e.box.registries = [{ server: 'ghcr.io', secret: 'ghcr' }]; })],
  ['two services on two ports', boxed((e) => (second(e).port = 8081))],
  ['a service on 5432 when the database is elsewhere', several((e) => (e.services.api.port = 5432))],
  ['a zone whose authorities another environment names', boxed((e) => (e.domain.certificateAuthorities = []))],
  ['a zone of Cloudflare’s before a host that admits only it', boxed((e) => { e.domain.provider = 'cloudflare'; e.edge = { cloudflare: { plan: 'free' } }; e.box.origin = 'cloudflare'; })],
  ['packages that Amazon Linux has', boxed((e) => { Object.assign(e.box, { dataStores: 'packages', operatingSystem: 'amazon-linux-2023' }); e.database.version = '15'; e.cache.version = '6.2'; })],
  ['a box section next to Fargate, while a system moves', several((e) => { e.tier = 'fargate'; delete e.box.instances; e.network.nat = 'single'; })],
  ['PostgreSQL and Redis on the host with settings', boxed((e) => { e.box.postgres = { maxConnections: 200 }; e.box.redis = { maxMemoryMib: 64 }; e.box.certificateRenewal = '30 5 * * *'; })],
  ['a restart an hour after the backup', boxed((e) => (e.box.restartTime = '03:00'))],
  ['a container as large as its host', boxed((e) => Object.assign(e.services.api, { vcpu: 2, memoryMib: 2048 }))],
  ['a container on a type of unknown size, acknowledged', boxed((e) => { e.acknowledge = { 'box-instance-type-unknown': { 'box.instanceType = u7i-12tb.224xlarge': 'we know that it exists' } }; e.box.instanceType = 'u7i-12tb.224xlarge'; e.services.api.vcpu = 16; e.services.api.memoryMib = 122_880; })],
  ['internal services without a domain', boxed((e) => { delete e.domain; e.services.api.routes = []; })],
];
