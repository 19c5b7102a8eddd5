/** Inputs that AWS would refuse when they are applied, or that cannot mean what they say. */
import { boxed } from '../../support/boxed';
import { EVERY_FIELD } from '../../support/every-field';
import type { Accepted, Refused } from '../../support/refusals';
import { changed, type Change, type Json } from '../../support/rich';

const on =
  (tier: keyof typeof EVERY_FIELD) =>
  (change: Change = () => undefined): Json => {
    const environment: Json = structuredClone(EVERY_FIELD[tier]);
    change(environment);
    return environment;
  };

const onKubernetes = on('kubernetes');
const onFargate = on('fargate');

const onHost = (change: Change = () => undefined): Json => {
  const environment: Json = structuredClone(boxed());
  change(environment);
  return environment;
};

/** With a frontend at Amplify behind CloudFront. */
function delivered(servicePaths: readonly string[], cachedPaths: readonly string[] = []): Change {
  return (e) => {
    e.services.api.routes = [{ paths: ['/api/*'], priority: 10 }];
    e.frontends = {
      web: { kind: 'amplify', repository: 'https://github.com/acme/shop', branch: 'main', buildSpec: 'version: 1', cachedPaths },
    };
    e.edge = { cdn: { servicePaths } };
  };
}

const renamed = (system: string): Json => changed((e) => Object.assign(e, { system, name: `${system}-test` }));

const subnets = (prefix: number) => (e: Json) => {
  const list = (third: number, length: number) => [`10.0.${third}.0/${length}`, `10.0.${third + 1}.0/${length}`];
  e.network.subnets = { public: list(0, 24), private: list(2, prefix), isolated: list(4, 24) };
};

const many = (count: number, entry: (index: number) => readonly [string, unknown]) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => entry(index)));

const pinned = (change: Change): Json => onFargate((e) => change(e.services.pinned));

// prettier-ignore
export const REFUSED_LIMITS: readonly Refused[] = [
  ['a tag that differs from one of Terrace in case only', changed((e) => (e.tags = { Environment: 'production' })), 'tags.Environment', 'tag-names', /upper or lower case/],
  ['two tags that differ in case only', changed((e) => (e.tags = { Owner: 'a', owner: 'b' })), 'tags.owner', 'tag-names', /tags\.Owner.*IAM/],
  ['more tags than AWS takes', changed((e) => (e.tags = many(47, (index) => [`t${index}`, 'x']))), 'tags', 'tag-names', /at most 46/],
  ['an ampersand in a tag', changed((e) => (e.tags = { team: 'R&D' })), 'tags.team', 'tag-values', /letters, digits, spaces/],
  ['a tag of a shared zone', on('sharedZone')((e) => (e.domain.zone.tags = { System: 'x' })), 'domain.zone.tags.System', 'tag-names', /Terrace sets this tag/],
  ...['internal', 'sg', 'aws', 'ssm', 'ssmtools', 'internal-x'].map((system): Refused => [`the system ${system}`, renamed(system), 'system', 'system-reserved', /does not begin/]),
  ['two hyphens in a name', changed((e) => (e.name = 'shop--test')), 'name', undefined, /single hyphens/],
  ['two hyphens in a key', changed((e) => (e.queues['a--b'] = {})), 'queues.a--b', undefined, /single hyphens/],
  ['a number of zones where each account sees others', changed((e) => (e.region = 'us-west-1')), 'network.zones', 'zones-known', /\["a", "c"\].*describe-availability-zones/],
  ['the closed zone of Tokyo', changed((e) => Object.assign(e, { region: 'ap-northeast-1', network: { ...e.network, zones: ['a', 'b'] } })), 'network.zones[1]', 'zones-known', /a, c, d/],
  ['a fraction of Spot tasks', changed((e) => (e.workers.runner.spotPercent = 50.5)), 'workers.runner.spotPercent', undefined, /whole/],
  ['a lock table with a space', changed((e) => (e.backend.store.lockTable = 'my table')), 'backend.store.lockTable', undefined, /3 to 255/],
  ['an organisation with a space', changed((e) => (e.backend = { kind: 'cloud', organization: 'ac me' })), 'backend.organization', undefined, /app\.terraform\.io\/app/],
  ['a URL as the host of Terraform Cloud', changed((e) => (e.backend = { kind: 'cloud', hostname: 'https://app.terraform.io', organization: 'acme' })), 'backend.hostname', undefined, /drop the scheme/],
  ['a name with letters beyond ASCII', changed((e) => (e.domain.names = ['bücher.shop.example'])), 'domain.names[0]', undefined, /Punycode/],
  ['the bucket of the audit trail', changed((e) => { e.backend.store.singletons = { cloudTrail: 'create' }; e.buckets.audit = { name: 'shop-terraform-state-audit' }; }), 'buckets.audit.name', 'bucket-names-unique', /backend\.store\.bucket/],
  ['CAA records without Amazon under a load balancer', changed((e) => (e.domain.certificateAuthorities = ['letsencrypt.org'])), 'domain.certificateAuthorities', 'certificate-authority', /never issued.*amazon\.com/],
  ['an authority twice', changed((e) => (e.domain.certificateAuthorities = ['amazon.com', 'amazon.com'])), 'domain.certificateAuthorities', 'certificate-authorities-once', /remove the second/],
  ['a log group of AWS', changed((e) => (e.services.api.logGroup = 'AWS/shop')), 'services.api.logGroup', 'log-group-names', /reserves/],
  ['a network with a leading zero', changed((e) => (e.network.cidr = '010.40.0.0/16')), 'network.cidr', undefined, /IPv4 network/],
  ['a replica network of public addresses', changed((e) => (e.network.replicaNetworks = { 'eu-central-1': { cidr: '8.8.0.0/24' } })), 'network.replicaNetworks.eu-central-1.cidr', 'replica-network-private', /10\.0\.0\.0\/8/],
  ['a replica network in us-west-1', changed((e) => (e.network.replicaNetworks = { 'us-west-1': { cidr: '10.9.0.0/24' } })), 'network.replicaNetworks.us-west-1', 'replica-network-private', /us-west-2/],
  ['a directory of five levels', changed((e) => (e.fileSystems.files.accessPoints.uploads.path = '/a/b/c/d/e')), 'fileSystems.files.accessPoints.uploads.path', undefined, /four levels/],
  ['a resource that is no ARN', changed((e) => (e.services.api.permissions = [{ actions: ['s3:GetObject'], resources: ['my-bucket'] }])), 'services.api.permissions[0].resources[0]', undefined, /ARN/],
  ['a misspelt placeholder', changed((e) => (e.services.api.permissions = [{ actions: ['ses:SendEmail'], resources: ['arn:aws:ses:{region}:{acount}:identity/x'] }])), 'services.api.permissions[0].resources[0]', undefined, /\{account\} and \{region\}/],
  ['an action without its service', changed((e) => (e.services.api.permissions = [{ actions: ['SendEmail'], resources: ['arn:aws:ses:eu-west-1:123456789012:identity/x'] }])), 'services.api.permissions[0].actions[0]', undefined, /ses:SendEmail/],
  ['a function of another region', changed((e) => (e.secrets.stripe.rotation = { afterDays: 30, functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:rotate' })), 'secrets.stripe.rotation.functionArn', 'rotation-function', /eu-west-1/],
  ['a bucket that rotates', changed((e) => (e.secrets.stripe.rotation = { afterDays: 30, functionArn: 'arn:aws:s3:::bucket' })), 'secrets.stripe.rotation.functionArn', 'rotation-function', /Lambda/],
  ['one notice twice', changed((e) => (e.observability.budget = { monthlyUsd: 10, noticePercents: [80, 80] })), 'observability.budget.noticePercents', 'budget-notices', /once/],
  ['a budget of more money than there is', changed((e) => (e.observability.budget = { monthlyUsd: 1e21 })), 'observability.budget.monthlyUsd', undefined, /1000000000/],
  ['one pattern twice', changed(delivered(['/api/*', '/api/*'])), 'edge.cdn.servicePaths[1]', 'path-patterns-once', /remove one/],
  ['a pattern that is cached and not cached', changed(delivered(['/api/*', '/assets/*'], ['/assets/*'])), 'frontends.web.cachedPaths[0]', 'path-patterns-once', /servicePaths\[1\]/],
  ['a path longer than a load balancer takes', changed((e) => (e.services.api.routes = [{ priority: 1, paths: [`/${'a'.repeat(128)}`] }])), 'services.api.routes[0].paths[0]', undefined, /128/],
  ['seven wildcards', changed((e) => (e.services.api.routes = [{ priority: 1, paths: ['/*a*b*c*', '/?d*e*'] }])), 'services.api.routes[0].paths', 'route-wildcards', /at most 6/],
  ['every address in a set', onFargate((e) => (e.edge.waf.rules.all = { kind: 'addresses', priority: 33, cidrs: ['0.0.0.0/0'] })), 'edge.waf.rules.all.cidrs[0]', 'waf-networks', /128\.0\.0\.0\/1/],
  ['a worker with the name of the collector', onFargate((e) => (e.workers.collector = e.workers.runner)), 'workers.collector', 'collector-apart', /rename/],
  ['a service on a port of the collector', pinned((service) => (service.port = 4317)), 'services.pinned.port', 'sidecar-ports', /collector of observability\.tracing/],
  ...['default', 'kube-system', 'monitoring', 'kube-mine'].map((namespace): Refused => [`the namespace ${namespace}`, onKubernetes((e) => (e.kubernetes.namespace = namespace)), 'kubernetes.namespace', 'kubernetes-namespace', /there already/]),
  ['a service with the name of a service account', onKubernetes((e) => { e.services.default = e.services.pinned; delete e.services.pinned; delete e.services.api.environment.PINNED; }), 'services.default', 'kubernetes-service-account', /rename/],
  ['a session with access to the cluster', onKubernetes((e) => (e.kubernetes.viewers = ['arn:aws:sts::123456789012:assumed-role/a/b'])), 'kubernetes.viewers[0]', 'kubernetes-principals', /role or user/],
  ['private networks of a public API', onKubernetes((e) => Object.assign(e.kubernetes, { endpoint: 'public', publicAccessCidrs: ['10.0.0.0/8'] })), 'kubernetes.publicAccessCidrs[0]', 'kubernetes-public-networks', /privateAccessCidrs/],
  ['forty-one networks of a public API', onKubernetes((e) => Object.assign(e.kubernetes, { endpoint: 'public', publicAccessCidrs: Array.from({ length: 41 }, (_, index) => `203.0.${index}.0/24`) })), 'kubernetes.publicAccessCidrs', 'kubernetes-public-networks', /at most 40/],
  ['subnets without blocks for pods', onKubernetes(subnets(27)), 'network.subnets.private[0]', 'kubernetes-subnet-size', /\/26/],
  ...['/tmp', '/root/x', '/etc', '/data/postgres', '/usr/local/shop', '/opt', '/home//'].map((directory): Refused => [`the application in ${directory}`, onHost((e) => (e.box.applicationDirectory = directory)), 'box.applicationDirectory', 'box-directory', /\/opt\/shop/]),
  ['a weekly backup with a daily alarm', onHost((e) => (e.box.backup.schedule = '0 2 * * 1')), 'box.backup.alarmAfterHours', 'box-backup-alarm', /more than 168/],
  ['a monthly restore test with a weekly alarm', onHost((e) => (e.box.backup.drillSchedule = '0 5 1 * *')), 'box.backup.drillAlarmAfterHours', 'box-backup-alarm', /more than 744/],
  ['a network of an office twice', onHost((e) => (e.box.sshCidrs = ['203.0.113.7/32', '203.0.113.7/32'])), 'box.sshCidrs', 'box-ssh-once', /once/],
];

export const ACCEPTED_LIMITS: readonly Accepted[] = [
  ['as many tags as AWS takes', changed((e) => (e.tags = many(46, (index) => [`t${index}`, 'a b_.:/=+-@'])))],
  ['a system that only looks reserved', renamed('internals')],
  ['zones by letter where each account sees others', changed((e) => zonesOf(e, 'us-west-1', ['a', 'c']))],
  ['two zones of Tokyo', changed((e) => zonesOf(e, 'ap-northeast-1', 2))],
  ['a project with a space', changed((e) => (e.backend = { kind: 'cloud', organization: 'acme', project: 'Shop and more' }))],
  ['every placeholder', changed((e) => grant(e, 'arn:aws:ses:{region}:{account}:identity/shop.example'))],
  ['a function with an alias', changed((e) => rotate(e, 'arn:aws:lambda:eu-west-1:123456789012:function:rotate:live'))],
  ['different patterns', changed(delivered(['/api/*'], ['/assets/*']))],
  ['six wildcards', changed((e) => (e.services.api.routes = [{ priority: 1, paths: ['/*a*b*c*', '/?d*'] }]))],
  ['a service on a port of the collector without one', changed((e) => (e.services.api.port = 4317))],
  ['a namespace of its own', onKubernetes((e) => (e.kubernetes.namespace = 'shop-default'))],
  ['subnets with blocks for pods', onKubernetes(subnets(26))],
  ['small subnets without prefixes', onKubernetes((e) => (subnets(27)(e), (e.kubernetes.prefixDelegation = false)))],
  ['a directory of its own', onHost((e) => (e.box.applicationDirectory = '/home/ec2-user/shop'))],
  ['a weekly backup with a weekly alarm', onHost((e) => weekly(e))],
  ['CAA records for the authority of a single host', onHost((e) => (e.domain.certificateAuthorities = ['letsencrypt.org']))],
];

function zonesOf(e: Json, region: string, zones: unknown): void {
  e.region = region;
  e.network.zones = zones;
  e.backend = { kind: 's3', store: { ...e.backend.store, region } };
}

function grant(e: Json, resource: string): void {
  e.services.api.permissions = [{ actions: ['ses:SendEmail'], resources: [resource] }];
}

function rotate(e: Json, functionArn: string): void {
  e.secrets.stripe.rotation = { afterDays: 30, functionArn };
  e.backend.store.singletons = { cloudTrail: 'create' };
}

function weekly(e: Json): void {
  e.box.backup.schedule = '0 2 * * 1';
  e.box.backup.alarmAfterHours = 169;
}

const protect: Change = (e) => {
  e.protect = true;
  e.database.multiAz = true;
  e.cache.replicas = 1;
  e.network.nat = 'per-az';
};

const alarm =
  (kind: string, settings: object): Change =>
  (e) => {
    e.observability.alarms = { [kind]: settings };
  };

/** Legal, and most likely a mistake: the rule, the change that it warns of, and a change next to it that has no warning. */
// prettier-ignore
export const ADVICE: readonly (readonly [rule: string, path: string, change: Change, without: Change])[] = [
  ['secret-unread', 'secrets.lonely', (e) => (e.secrets.lonely = { description: 'nobody' }), (e) => (e.secrets.lonely = { description: 'somebody', readers: ['api'] })],
  ['secret-unread', 'secrets.lonely', (e) => (e.secrets.lonely = { description: 'x' }, e.services.api.permissions = [{ secretPath: 'lonely-other', access: 'read' }]), (e) => (e.secrets.lonely = { description: 'x' }, e.services.api.permissions = [{ secretPath: 'lonely', access: 'read' }])],
  ['secret-unread', 'secrets.lonely', (e) => (e.secrets.lonely = { description: 'x' }), (e) => (e.secrets.lonely = { description: 'x' }, e.observability.tracing = { endpoint: 'https://traces.example', headers: { team: { secret: 'lonely' } } })],
  ['bucket-unversioned', 'buckets.uploads.versioning', (e) => (protect(e), (e.buckets.uploads.versioning = false)), (e) => (e.buckets.uploads.versioning = false)],
  ['cache-unprotected', 'cache.snapshotRetentionDays', (e) => (protect(e), (e.cache.snapshotRetentionDays = 0)), (e) => (e.cache.snapshotRetentionDays = 0)],
  ['cache-unprotected', 'cache.replicas', (e) => (protect(e), (e.cache.replicas = 0)), protect],
  ['bucket-minimum-storage', 'buckets.uploads.transitions[0]', (e) => (e.buckets.uploads = { transitions: [{ afterDays: 10, storageClass: 'GLACIER' }], expireAfterDays: 99 }), (e) => (e.buckets.uploads = { transitions: [{ afterDays: 10, storageClass: 'GLACIER' }], expireAfterDays: 100 })],
  ['bucket-dots', 'buckets.uploads.name', (e) => (e.buckets.uploads.name = 'a.shop.example'), (e) => (e.buckets.uploads.name = 'a-shop-example')],
  ['alarm-period-short', 'observability.alarms.service-cpu.periodSeconds', alarm('service-cpu', { periodSeconds: 10 }), alarm('service-cpu', { periodSeconds: 60 })],
  ['alarm-percentage-small', 'observability.alarms.service-cpu.threshold', alarm('service-cpu', { threshold: 0.8 }), alarm('service-cpu', { threshold: 80 })],
  ['job-outlasts-interval', 'jobs.sync.timeoutSeconds', (e) => Object.assign(e.jobs.sync, { schedule: '*/5 * * * *', timeoutSeconds: 301 }), (e) => Object.assign(e.jobs.sync, { schedule: '*/5 * * * *', timeoutSeconds: 300 })],
  ['image-moving', 'services.api.image.pinned', (e) => (e.services.api.image = { pinned: 'registry.example:5000/acme/api:latest' }), (e) => (e.services.api.image = { pinned: 'registry.example:5000/acme/api:1.2' })],
  ['image-moving', 'services.api.sidecars.proxy.image.pinned', (e) => (e.services.api.sidecars = { proxy: { image: { pinned: 'acme/proxy' }, vcpu: 0.1, memoryMib: 64 } }), (e) => (e.services.api.sidecars = { proxy: { image: { pinned: 'acme/proxy:1.2' }, vcpu: 0.1, memoryMib: 64 } })],
  ['image-moving', 'services.api.image.pinned', (e) => (e.services.api.image = { pinned: 'acme/api' }), (e) => (e.services.api.image = { pinned: `acme/api@sha256:${'a'.repeat(64)}` })],
  ['route-count', 'services', routes(101), routes(100)],
  ['cdn-hides-frontend', 'edge.cdn.servicePaths[0]', delivered(['/*']), delivered(['/api/*'])],
];

function routes(count: number): Change {
  return (e) => {
    e.services.api.routes = Array.from({ length: count }, (_, index) => ({ priority: index + 1, paths: [`/p${index}`] }));
  };
}

/** A VPC of Docker's addresses, on the host. */
export const VPC_OF_DOCKER: Json = onHost((e) => (e.network.cidr = '172.17.0.0/16'));
export const VPC_BESIDE_DOCKER: Json = onHost((e) => (e.network.cidr = '172.20.0.0/16'));
