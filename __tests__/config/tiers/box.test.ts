/** What a person may not write about a single host, each with the environment that may be written beside it. */
import { InvalidEnvironment, parseEnvironment } from '../../../src/config';
import { architectureOf, isBurstable, isNitro } from '../../../src/config/tables/ec2-architectures';
import { problemsOf } from '../../support/problems';
import { rich, type Change, type Json } from '../rules/refused-inputs';

/** The rich example on one host, with database and cache there too. */
function boxed(change: Change = () => undefined): Json {
  const e = rich();
  e.tier = 'box';
  e.domain.certificateAuthorities = ['amazon.com', 'letsencrypt.org'];
  e.database = { placement: 'host', version: '16', name: 'shop', roles: e.database.roles };
  e.cache = { placement: 'host' };
  e.buckets.backups = { expireAfterDays: 30 };
  e.network.nat = 'none';
  for (const container of [...Object.values<Json>(e.services), ...Object.values<Json>(e.workers)]) {
    container.replicas = { min: 1, max: 1 };
    for (const field of ['scaling', 'spotPercent', 'deployment']) delete container[field];
  }
  e.box = {
    instanceType: 't3.small',
    operatingSystem: 'ubuntu-24.04',
    rootVolumeGb: 12,
    dataVolumeGb: 18,
    applicationDirectory: '/opt/shop',
    certificateEmail: 'admin@shop.example',
    backup: { bucket: 'backups' },
  };
  change(e);
  return e;
}

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
const REFUSED: readonly (readonly [name: string, input: Json, path: string, rule: string | undefined, words: RegExp])[] = [
  ['tier box without a box', boxed((e) => delete e.box), 'box', 'box-section', /docs\/box\.md/],
  ['a next tier box without a box', boxed((e) => { e.tier = 'fargate'; e.nextTier = 'box'; delete e.box; }), 'box', 'box-section', /"box"/],
  ['an instance type that is none', boxed((e) => (e.box.instanceType = 'large')), 'box.instanceType', undefined, /"t3\.medium"/],
  ['a host of an old generation', boxed((e) => (e.box.instanceType = 't2.small')), 'box.instanceType', 'box-instance-type', /"t3\.small"/],
  ['x86_64 images on t4g', boxed((e) => (e.box.instanceType = 't4g.small')), 'services.api.architecture', 'box-architecture', /"arm64".*t4g\.small/],
  ['arm64 images on t3', boxed((e) => (e.workers.runner.architecture = 'arm64')), 'workers.runner.architecture', 'box-architecture', /"x86_64".*t3\.small/],
  ['more than one host with its own database', several((e) => (e.database = boxed().database)), 'box.instances.max', 'box-several-hosts', /1 while the database stands on the host.*"managed"/],
  ['more than one host with its own cache', several((e) => (e.cache = { placement: 'host' })), 'box.instances.max', 'box-several-hosts', /1 while the cache stands on the host/],
  ['more than one host with uploads on it', several((e) => (e.services.api.mounts = rich().services.api.mounts)), 'box.instances.max', 'box-several-hosts', /services\.api\.mounts.*bucket/],
  ['more than one host with nothing to lead to', several((e) => (e.services.api.routes = [])), 'box.instances.max', 'box-several-hosts', /load balancer/],
  ['more than one host that follows a schedule', several((e) => (e.jobs.sync.schedule = '0 2 * * *')), 'box.instances.max', 'box-several-hosts', /jobs\.sync.*every host/],
  ['more hosts at rest than at most', several((e) => (e.box.instances = { min: 5, max: 4 })), 'box.instances.min', 'box-several-hosts', /at most max \(4\)/],
  ['several hosts in one zone', several((e) => (e.network.zones = 1)), 'network.zones', 'two-zones', /the load balancer/],
  ['SSH from the world', boxed((e) => (e.box.sshCidrs = ['0.0.0.0/0'])), 'box.sshCidrs[0]', 'ssh-world', /Session Manager.*acknowledge: \{ 'ssh-world'/],
  ['SSH from half the world', boxed((e) => (e.box.sshCidrs = ['203.0.113.7/32', '128.0.0.0/1'])), 'box.sshCidrs[1]', 'ssh-world', /\/32/],
  ['two services on one port', boxed(second), 'services.web.port', 'box-host-ports', /services\.api does not listen on/],
  ['a service on the port of nginx', boxed((e) => (e.services.api.port = 80)), 'services.api.port', 'box-host-ports', /nginx/],
  ['a service on the port of PostgreSQL', boxed((e) => (e.services.api.port = 5432)), 'services.api.port', 'box-host-ports', /PostgreSQL/],
  ['a worker called like the database', boxed((e) => (e.workers = { postgres: e.workers.runner })), 'workers.postgres', 'box-names', /rename/],
  ['a pooler on one host', boxed((e) => (e.services.api.pooler = { maxClientConnections: 10, poolSize: 5 })), 'services.api.pooler', 'box-pooler', /remove it/],
  ['a backup bucket that is not declared', boxed((e) => (e.box.backup.bucket = 'backup')), 'box.backup.bucket', 'box-backup-bucket', /did you mean "backups"/],
  ['backups among access logs', boxed((e) => (e.box.backup.bucket = 'logs')), 'box.backup.bucket', 'box-backup-bucket', /uploads, backups/],
  ['a bucket called like the configuration', boxed((e) => (e.buckets['box-configuration'] = {})), 'buckets.box-configuration', 'bucket-names-unique', /box does not have/],
  ['a registry whose login is not declared', boxed((e) => (e.box.registries = [{ server: 'ghcr.io', secret: 'gchr' }])), 'box.registries[0].secret', 'box-registry', /jwt, stripe/],
  ['a registry whose login has no password', boxed((e) => (e.box.registries = [{ server: 'ghcr.io', secret: 'jwt' }])), 'box.registries[0].secret', 'box-registry', /username and password/],
  ['only Cloudflare before a zone of Route 53', boxed((e) => (e.box.origin = 'cloudflare')), 'box.origin', 'box-origin', /"public"/],
  ['a zone that forbids the certificate authority', boxed((e) => delete e.domain.certificateAuthorities), 'domain.certificateAuthorities', 'box-certificate-authority', /letsencrypt\.org/],
  ['routes without a domain for certificates', boxed((e) => delete e.domain), 'services.api.routes', 'public-needs-domain', /add `domain`/],
  ['a version that is no package', boxed((e) => { e.box.dataStores = 'packages'; e.database.version = '15'; }), 'database.version', 'box-packages', /16 as packages of ubuntu-24\.04/],
  ['a Redis that is no package', boxed((e) => { e.box.dataStores = 'packages'; e.box.operatingSystem = 'amazon-linux-2023'; }), 'cache.version', 'box-packages', /6\.2/],
  ['logins by IAM on the host', boxed((e) => (e.database.iamAuthentication = true)), 'database.iamAuthentication', 'host-database', /only RDS/],
  ['a password on the host that rotates', boxed((e) => (e.database.roles.app.rotateAfterDays = 30)), 'database.roles.app.rotateAfterDays', 'host-database', /by hand/],
  ['a host database beside Fargate', boxed((e) => (e.nextTier = 'fargate')), 'database.placement', 'host-placement', /"managed" with tier fargate/],
  ['a route to a worker', boxed((e) => (e.workers.runner.routes = [{}])), 'workers.runner.routes', undefined, /services/],
  ['an address that is no e-mail', boxed((e) => (e.box.certificateEmail = 'admin')), 'box.certificateEmail', undefined, /./],
];

// prettier-ignore
const HELD: readonly (readonly [name: string, input: Json])[] = [
  ['one host with everything on it', boxed()],
  ['one host in one zone', boxed((e) => (e.network.zones = 1))],
  ['a host whose data is managed', several((e) => delete e.box.instances)],
  ['several hosts with managed data', several()],
  ['several hosts, whose certificates are Amazon’s', several((e) => delete e.domain.certificateAuthorities)],
  ['arm64 images on t4g', boxed((e) => { e.box.instanceType = 't4g.small'; for (const c of [e.services.api, e.workers.runner, e.jobs.sync]) c.architecture = 'arm64'; })],
  ['SSH from an office', boxed((e) => (e.box.sshCidrs = ['203.0.113.0/24']))],
  ['SSH from the world, acknowledged', boxed((e) => { e.box.sshCidrs = ['0.0.0.0/0']; e.acknowledge = { 'ssh-world': 'a week of visitors, behind keys' }; })],
  ['a registry with its login', boxed((e) => { e.secrets.ghcr = { description: 'pulls images', keys: ['username', 'password'] }; e.box.registries = [{ server: 'ghcr.io', secret: 'ghcr' }]; })],
  ['two services on two ports', boxed((e) => (second(e).port = 8081))],
  ['a service on 5432 when the database is elsewhere', several((e) => (e.services.api.port = 5432))],
  ['a zone whose authorities another environment names', boxed((e) => (e.domain.certificateAuthorities = []))],
  ['a zone of Cloudflare’s before a host that admits only it', boxed((e) => { e.domain.provider = 'cloudflare'; e.edge = { cloudflare: { plan: 'free' } }; e.box.origin = 'cloudflare'; })],
  ['packages that Amazon Linux has', boxed((e) => { Object.assign(e.box, { dataStores: 'packages', operatingSystem: 'amazon-linux-2023' }); e.database.version = '15'; e.cache.version = '6.2'; })],
  ['a box section beside Fargate, while a system moves', several((e) => { e.tier = 'fargate'; delete e.box.instances; e.network.nat = 'single'; })],
  ['services that nobody reaches, without a domain', boxed((e) => { delete e.domain; e.services.api.routes = []; })],
];

describe('what is refused', () => {
  it.each(REFUSED)('%s', (_name, input, path, rule, words) => {
    const problems = problemsOf(input);
    const about = problems.filter((problem) => problem.path === path && problem.rule === rule);
    expect(about.map(({ allowed, fix }) => `${allowed} ${fix}`)).toContainEqual(expect.stringMatching(words));
    for (const problem of problems)
      expect(Object.values(problem).join(' ')).not.toMatch(/Invalid input|\[object Object\]|undefined/);
  });
});

describe('what is held', () => {
  it.each(HELD)('%s', (_name, input) => expect(problemsOf(input)).toEqual([]));
});

describe('what is warned of', () => {
  it('a builder, which a box does not make, until that is acknowledged', () => {
    const builders = { images: { source: { kind: 'github', url: 'https://github.com/shop/shop' }, images: ['api'] } };
    const warned = (change: Change) => parseEnvironment(boxed(change)).warnings.map(({ rule }) => rule);
    expect(warned(() => undefined)).not.toContain('box-builders');
    expect(warned((e) => (e.builders = builders))).toContain('box-builders');
    const acknowledge = { 'box-builders': 'images come from CI until Fargate' };
    expect(warned((e) => Object.assign(e, { builders, acknowledge }))).not.toContain('box-builders');
  });
});

describe('an instance type', () => {
  it.each([
    ['t3.micro', 'x86_64'],
    ['t4g.micro', 'arm64'],
    ['m7g.large', 'arm64'],
    ['c7gn.large', 'arm64'],
    ['r8gd.xlarge', 'arm64'],
    ['m7i-flex.large', 'x86_64'],
    ['g5.xlarge', 'x86_64'],
    ['g5g.xlarge', 'arm64'],
    ['a1.large', 'arm64'],
    ['im4gn.large', 'arm64'],
    ['c6a.large', 'x86_64'],
  ])('%s is %s', (instanceType, architecture) => expect(architectureOf(instanceType)).toBe(architecture));

  it('is on Nitro or not, and lives on credits or not', () => {
    expect(['t2.micro', 'm4.large', 'i3.large'].map(isNitro)).toEqual([false, false, false]);
    expect(['t3.micro', 't3a.small', 'm5.large', 'i3en.large'].map(isNitro)).toEqual([true, true, true, true]);
    expect(['t3.micro', 't4g.small', 'trn1.2xlarge', 'm5.large'].map(isBurstable)).toEqual([true, true, false, false]);
  });
});
