/** Inputs that are refused, accepted, and accepted with a warning: each a change of the rich example. */
import type { Accepted, Refused } from '../../support/refusals';
import { changed, type Change, type Json } from '../../support/rich';

const pooler = { maxClientConnections: 100, poolSize: 25, reservePoolSize: 5 };
const second = (e: Json): Json => (e.services.web = { ...structuredClone(e.services.api), routes: [] });

// prettier-ignore
const REFUSED_CHANGES: readonly (readonly [name: string, change: Change, path: string, rule: string | undefined, words: RegExp])[] = [
  // The schema.
  ['an unknown section', (e) => (e.databse = {}), 'databse', undefined, /did you mean "database"/],
  ['an unknown field deep inside', (e) => (e.services.api.memoryMiB = 512), 'services.api.memoryMiB', undefined, /did you mean "memoryMib"/],
  ['a missing field', (e) => delete e.services.api.replicas.min, 'services.api.replicas.min', undefined, /add `min`/],
  ['a missing section', (e) => delete e.network, 'network', undefined, /add `network`/],
  ['a number in quotes', (e) => (e.services.api.port = '8080'), 'services.api.port', undefined, /without quotes/],
  ['a number that is too large', (e) => (e.services.api.port = 70000), 'services.api.port', undefined, /1 to 65535.*lower it/],
  ['a misspelt region', (e) => (e.region = 'eu-west-11'), 'region', undefined, /did you mean "eu-west-1"/],
  ['a misspelt tier', (e) => (e.tier = 'fargat'), 'tier', undefined, /did you mean "fargate"/],
  ['a backend of no kind', (e) => (e.backend = {}), 'backend.kind', undefined, /"s3", "cloud", "local".*add `kind`/],
  ['a host inside a network', (e) => (e.network.cidr = '10.0.0.1/16'), 'network.cidr', undefined, /host bits zero/],
  ['four zones', (e) => (e.network.zones = 4), 'network.zones', undefined, /from 1 to 3/],
  ['an account that is no account', (e) => (e.account = '12345'), 'account', undefined, /twelve digits.*get-caller-identity/],
  ['a name too long for AWS', (e) => (e.name = 'shop-' + 'x'.repeat(30)), 'name', undefined, /3 to 28 characters/],
  ['a key in capitals', (e) => (e.queues.Work = {}), 'queues.Work', undefined, /lower-case.*rename/],
  ['a role with a hyphen', (e) => (e.database.roles['my-app'] = {}), 'database.roles.my-app', undefined, /underscores/],
  ['a variable that is a number', (e) => (e.services.api.environment.PORT = 8080), 'services.api.environment.PORT', undefined, /as strings/],
  ['a misspelt fact', (e) => (e.services.api.environment.H = { from: 'database.hots' }), 'services.api.environment.H.from', undefined, /did you mean "database.host"/],
  ['an access that queues do not have', (e) => (e.services.api.permissions = [{ queue: 'work', access: 'read' }]), 'services.api.permissions[0].access', undefined, /"send", "consume"/],
  ['a cron line of four fields', (e) => (e.jobs.sync.schedule = '0 2 * *'), 'jobs.sync.schedule', undefined, /five cron fields.*has 4 fields; write five/],
  ['an hour that no day has', (e) => (e.jobs.sync.schedule = '0 25 * * *'), 'jobs.sync.schedule', undefined, /hour "25" cannot be read; it may hold 0-23/],
  ['two restricted days', (e) => (e.jobs.sync.schedule = '0 2 1 * 1'), 'jobs.sync.schedule', undefined, /restricts the day of the month and the day of the week/],
  ['an acknowledgement with too short a reason', (e) => (e.acknowledge = { 'single-nat': { 'network.nat': 'ok' } }), 'acknowledge.single-nat["network.nat"]', undefined, /at least 10 characters/],
  // Identity.
  ['a name without its system', (e) => (e.name = 'store-test'), 'name', 'name-prefix', /"shop-"/],
  ['a name that begins like a shared stack', (e) => Object.assign(e, { system: 'zone', name: 'zone-test' }), 'name', 'name-reserved', /bootstrap-, zone-/],
  ['a minimum of requests of an alarm that counts none', (e) => (e.observability.alarms = { latency: { minimumRequests: 10 } }), 'observability.alarms.latency.minimumRequests', 'alarm-requests', /error-rate and edge-error-rate/],
  ['a move to the same tier', (e) => (e.nextTier = 'fargate'), 'nextTier', 'next-tier-differs', /a tier other than "fargate"/],
  ['a tag with the prefix that AWS reserves', (e) => (e.tags = { 'aws:team': 'x' }), 'tags.aws:team', 'tag-names', /aws:/],
  ['a tag with the tier', (e) => (e.tags = { tier: 'fargate' }), 'tags.tier', 'tag-names', /any name but/],
  ['an acknowledgement with a reason of blanks', (e) => (e.acknowledge = { 'single-nat': { 'network.nat': ' '.repeat(12) } }), 'acknowledge.single-nat["network.nat"]', undefined, /at least 10 characters/],
  ['an acknowledgement of a whole rule', (e) => (e.acknowledge = { 'single-nat': 'one is enough here' }), 'acknowledge.single-nat', undefined, /paths of its findings.*next to the path/],
  ['an acknowledgement whose reason was not filled in', (e) => (e.acknowledge = { 'single-nat': { 'network.nat': '<reason>' } }), 'acknowledge.single-nat["network.nat"]', undefined, /at least 10 characters/],
  ['an acknowledgement of a path without a finding', (e) => (e.acknowledge = { 'single-nat': { 'network.nat': 'one is enough here' } }), 'acknowledge.single-nat["network.nat"]', 'acknowledge-found', /finds nothing here.*remove/],
  ['an acknowledgement of a path with a slip', (e) => { protect(e); e.acknowledge = { 'single-nat': { 'netwrok.nat': 'one is enough here' } }; }, 'acknowledge.single-nat["netwrok.nat"]', 'acknowledge-found', /did you mean "network.nat"/],
  ['an acknowledgement of a value that has changed since', (e) => { e.services.api.permissions = [{ secretPath: '*', access: 'read' }]; e.acknowledge = { 'task-role-wildcard': { 'services.api.permissions[0].secretPath = users/*': 'users bring their own secrets' } }; }, 'services.api.permissions[0].secretPath', 'task-role-wildcard', /exact names/],
  ['an acknowledged rule that does not exist', (e) => (e.acknowledge = { 'single-nta': { 'network.nat': 'one is enough here' } }), 'acknowledge.single-nta', 'acknowledge-known', /did you mean "single-nat"/],
  ['an acknowledged refusal', (e) => (e.acknowledge = { 'vpc-size': { 'network.cidr': 'we like it large' } }), 'acknowledge.vpc-size', 'acknowledge-known', /cannot be acknowledged/],
  ['state in another part of the world', (e) => (e.backend.store.region = 'us-east-1'), 'backend.store.region', 'residency', /acknowledge: \{ 'residency'/],
  // Delivery.
  ['a runner that is no label', (e) => (e.delivery = { runner: ['${{ github.token }}'] }), 'delivery.runner[0]', undefined, /label of a runner/],
  ['an approver that is no login', (e) => (e.delivery = { approval: { kind: 'dispatch', approvers: ['@alice'] } }), 'delivery.approval.approvers[0]', undefined, /without '@'/],
  ['an approval by dispatch without approvers', (e) => (e.delivery = { approval: { kind: 'dispatch', approvers: [] } }), 'delivery.approval.approvers', undefined, /./],
  ['plans without a cluster where there is none', (e) => (e.delivery = { planInPullRequests: 'without-cluster' }), 'delivery.planInPullRequests', 'delivery-without-cluster', /"all" or "none"/],
  ['settings of workflows with local state', (e) => Object.assign(e, { backend: { kind: 'local' }, delivery: { planInPullRequests: 'none' } }), 'delivery', 'delivery-local-state', /remove `delivery`/],
  ['a runner for runs in Terraform Cloud', (e) => Object.assign(e, { backend: { kind: 'cloud', organization: 'acme' }, delivery: { runner: ['self-hosted'] } }), 'delivery.runner', 'delivery-cloud-runner', /agent pool/],
  // The network.
  ['a VPC larger than AWS allows', (e) => (e.network.cidr = '10.0.0.0/8'), 'network.cidr', 'vpc-size', /\/16 to \/28/],
  ['a VPC too small to be carved', (e) => (e.network.cidr = '10.0.0.0/24'), 'network.cidr', 'vpc-carvable', /\/22.*network\.subnets/],
  ['a VPC of public addresses', (e) => (e.network.cidr = '8.8.0.0/16'), 'network.cidr', 'vpc-private-range', /10\.0\.0\.0\/8/],
  ['a zone that the region does not have', (e) => (e.network.zones = ['a', 'f']), 'network.zones[1]', 'zones-known', /a, b, c/],
  ['a zone twice', (e) => (e.network.zones = ['a', 'a']), 'network.zones', 'zones-known', /once/],
  ['a load balancer and a database in one zone', (e) => (e.network.zones = 1), 'network.zones', 'two-zones', /the load balancer, the database, the cache/],
  ['fewer subnets than zones', (e) => (e.network.subnets = subnets(1)), 'network.subnets.private', 'subnet-count', /2 CIDRs/],
  ['a subnet outside the VPC', (e) => (e.network.subnets = { ...subnets(2), public: ['10.0.1.0/24', '10.9.2.0/24'] }), 'network.subnets.public[1]', 'subnets-inside-vpc', /inside 10\.0\.0\.0\/16/],
  ['overlapping subnets', (e) => (e.network.subnets = { ...subnets(2), isolated: ['10.0.11.128/25', '10.0.22.0/24'] }), 'network.subnets.isolated[0]', 'subnets-disjoint', /network\.subnets\.private\[0\]/],
  ['a subnet smaller than AWS allows', (e) => (e.network.subnets = { ...subnets(2), isolated: ['10.0.21.0/29', '10.0.22.0/24'] }), 'network.subnets.isolated[0]', 'subnet-size', /\/28/],
  ["a replica network in the environment's own region", (e) => (e.network.replicaNetworks = { 'eu-west-1': { cidr: '10.1.0.0/24' } }), 'network.replicaNetworks.eu-west-1', 'replica-network-region', /a region other than eu-west-1/],
  ['a replica network that overlaps the VPC', (e) => (e.network.replicaNetworks = { 'eu-central-1': { cidr: '10.0.4.0/24' } }), 'network.replicaNetworks.eu-central-1.cidr', 'replica-networks-disjoint', /10\.0\.0\.0\/16/],
  ['a replica network too small to split', (e) => (e.network.replicaNetworks = { 'eu-central-1': { cidr: '10.1.0.0/28' } }), 'network.replicaNetworks.eu-central-1.cidr', 'replica-network-size', /\/27/],
  ['private tasks that cannot reach ECR', (e) => (e.network.nat = 'none'), 'network.interfaceEndpoints', 'private-endpoints', /"ecr\.api"/],
  ['injected secrets where tasks cannot reach Secrets Manager', (e) => noNat(e, 'ecr.api', 'ecr.dkr', 'logs'), 'network.interfaceEndpoints', 'private-endpoints', /"secretsmanager".*services\.api\.environment/],
  ['a public image where tasks cannot reach its registry', (e) => (noNat(e, 'ecr.api', 'ecr.dkr', 'logs', 'secretsmanager'), (e.jobs.sync.image = { pinned: 'alpine:3' })), 'jobs.sync.image', 'private-images', /private ECR/],
  ['rotation where its function cannot reach Secrets Manager', (e) => (noNat(e), (e.database.credentials = { kind: 'rotated-secret', rotateAfterDays: 90 })), 'database.credentials.kind', 'rotation-network', /secretsmanager/],
  ['an endpoint twice', (e) => (e.network.interfaceEndpoints = ['ecr.api', 'ecr.api']), 'network.interfaceEndpoints', 'endpoints-once', /second "ecr\.api"/],
  // Names in DNS and routes.
  ['a name outside the zone', (e) => (e.domain.names = ['shop.other']), 'domain.names[0]', 'domain-names-in-zone', /"shop\.example" or a name below/],
  ['a delegated zone that is not below', (e) => (e.domain = { ...e.domain, delegatedZone: 'other.example', names: ['other.example'] }), 'domain.delegatedZone', 'delegated-zone-below', /below "shop\.example"/],
  ['a name outside the delegated zone', (e) => (e.domain.delegatedZone = 'app.shop.example'), 'domain.names[0]', 'domain-names-in-zone', /app\.shop\.example/],
  ['a Cloudflare account that is not used', (e) => (e.domain.cloudflareAccountId = 'a'.repeat(32)), 'domain.cloudflareAccountId', 'cloudflare-account', /remove it/],
  ['a created Cloudflare zone without an account', (e) => Object.assign(e.domain, { provider: 'cloudflare', zoneSource: 'create' }), 'domain.cloudflareAccountId', 'cloudflare-account', /add it/],
  ['a public service without a domain', (e) => delete e.domain, 'services.api.routes', 'public-needs-domain', /add `domain`/],
  ['a route to a host without certificate', (e) => (e.services.api.routes[0].host = 'shop2.example'), 'services.api.routes[0].host', 'route-host-known', /did you mean "shop\.example"/],
  ['two routes of one priority', (e) => (second(e).routes = [{ priority: 10, paths: ['/web/*'] }]), 'services.web.routes[0].priority', 'route-priorities', /services\.api\.routes\[0\]/],
  ['an idle timeout that is shorter than that of a load balancer', (e) => (e.edge = { idleTimeoutSeconds: 30 }), 'edge.idleTimeoutSeconds', undefined, /60 to 4000/],
  ['two defaults', (e) => (second(e).routes = [{}]), 'services.web.routes[0]', 'route-default', /already the default/],
  ['one path for two services', (e) => (second(e).routes = [{ priority: 20, paths: ['/api/*'] }]), 'services.web.routes[0].paths[0]', 'route-unique', /services\.api\.routes\[0\]/],
  ['a priority without conditions', (e) => (e.services.api.routes = [{ priority: 5 }]), 'services.api.routes[0]', 'route-conditions', /host or paths/],
  // Database and cache.
  ['a managed database without an instance class', (e) => delete e.database.instanceClass, 'database.instanceClass', undefined, /db\.t4g\.micro.*add `instanceClass`/],
  ['a managed cache without a node type', (e) => delete e.cache.nodeType, 'cache.nodeType', undefined, /cache\.t4g\.micro.*add `nodeType`/],
  ['a database on the host where there is none', (e) => (e.database = { placement: 'host', version: '16', name: 'shop', roles: e.database.roles }), 'database.placement', 'host-placement', /only the box/],
  ['a database without a placement', (e) => delete e.database.placement, 'database.placement', undefined, /"managed", "host".*add `placement`/],
  ['a misspelt placement', (e) => (e.cache.placement = 'manged'), 'cache.placement', undefined, /did you mean "managed"/],
  ['replicas of a database whose password RDS manages', (e) => (e.database.replicas = { reader: {} }), 'database.credentials.kind', 'rds-managed-replicas', /rotated-secret/],
  ['a replica in a region without a network', (e) => (withReplica(e), (e.network.replicaNetworks = {})), 'database.replicas.reader.region', 'replica-network-missing', /replicaNetworks: \{ 'eu-central-1'/],
  ['a replica in another part of the world', (e) => (withReplica(e, 'us-east-1'), (e.network.replicaNetworks = { 'us-east-1': { cidr: '10.1.0.0/24' } })), 'database.replicas.reader.region', 'residency', /region of the EU.*acknowledge/],
  ['replicas without backups', (e) => (withReplica(e), (e.database.backupRetentionDays = 0)), 'database.backupRetentionDays', 'replica-backups', /1 to 35/],
  ['a multi-AZ database in one zone', (e) => ((e.network.zones = 1), (e.database.multiAz = true)), 'database.multiAz', 'multi-az-zones', /at least 2 zones/],
  ['a protected database without backups', (e) => (protect(e), (e.database.backupRetentionDays = 0)), 'database.backupRetentionDays', 'protected-backups', /under `protect`/],
  ['a protected database in one zone', (e) => (protect(e), (e.database.multiAz = false)), 'database.multiAz', 'single-zone-database', /acknowledge: \{ 'single-zone-database'/],
  ['a limit of storage that RDS refuses', (e) => Object.assign(e.database, { storageGb: 100, maxStorageGb: 109 }), 'database.maxStorageGb', 'storage-growth', /at least 110, or storageGb \(100\)/],
  ['a secret with the name of the first master password, which pull requests can read', (e) => (rotating(e), (e.secrets.seed = { description: 'a wallet', name: '/shop/test/database/master-seed' })), 'database.credentials.secretName', 'secret-names', /a name that secrets\.seed\.name does not have/],
  ['the id of a GitHub owner without that of the repository', (e) => (e.backend.store.github = { owner: 'acme', repository: 'shop', ownerId: '1' }), 'backend.store.github.repositoryId', 'github-ids', /next to `ownerId` gh api repos\/acme\/shop/],
  ['a role that rotates where RDS keeps the master', (e) => (rotating(e), (e.database.credentials = { kind: 'rds-managed' })), 'database.credentials.kind', 'rotating-credentials', /"rotated-secret" while database\.roles\.reports rotates/],
  ['a role with the name of a clone', (e) => (e.database.roles.app_clone = {}), 'database.roles.app_clone', 'clone-names', /does not end with _clone/],
  ['a role whose clone has no room', (e) => { rotating(e); e.database.roles['a'.repeat(58)] = { rotateAfterDays: 30 }; }, `database.roles.${'a'.repeat(58)}`, 'clone-names', /at most 57/],
  ['a login by token where none is accepted', (e) => (e.database.roles.reports.login = 'iam'), 'database.roles.reports.login', 'token-logins', /set database\.iamAuthentication/],
  ['a token in a secret', (e) => { byToken(e); e.database.roles.reports.secretName = 'shop/reports'; }, 'database.roles.reports.secretName', 'token-logins', /no secretName/],
  ['a token that rotates', (e) => { rotating(e); byToken(e); }, 'database.roles.reports.rotateAfterDays', 'token-logins', /no rotation/],
  ['the password of a login by token', (e) => { byToken(e); e.services.api.environment.P = { databaseRole: 'reports', key: 'password' }; }, 'services.api.environment.P.key', 'token-login-user', /has no password/],
  ['a pooler that logs in by token', (e) => { byToken(e); pooled(e, { USER: { databaseRole: 'reports', key: 'username' } }); delete e.services.api.environment.DATABASE_PASSWORD; }, 'services.api.pooler', 'pooler-role', /PgBouncer cannot create IAM tokens/],
  ['the password of a role that rotates without its user', (e) => { rotating(e); e.services.api.environment.P = { databaseRole: 'reports', key: 'password' }; }, 'services.api.environment.P', 'rotating-user', /alternates between reports and reports_clone/],
  ['a restore drill that is due before it comes again', (e) => (e.backups = { restoreDrill: { alarmAfterHours: 168 } }), 'backups.restoreDrill.alarmAfterHours', undefined, /169/],
  ['backups during maintenance', (e) => (e.database.backupWindow = '03:30-04:30'), 'database.maintenanceWindow', 'database-windows', /does not overlap/],
  ['a backup window past midnight that meets maintenance', (e) => Object.assign(e.database, { backupWindow: '23:30-00:30', maintenanceWindow: 'mon:00:00-mon:01:00' }), 'database.maintenanceWindow', 'database-windows', /does not overlap/],
  ['an hour that does not exist', (e) => (e.database.backupWindow = '25:00-26:00'), 'database.backupWindow', 'database-windows', /00-23/],
  ['a role that RDS reserves', (e) => (e.database.roles.rdsadmin = {}), 'database.roles.rdsadmin', 'database-names', /not reserved/],
  ['a login of a role that is not declared', (e) => (e.services.api.environment.P = { databaseRole: 'ap', key: 'password' }), 'services.api.environment.P.databaseRole', 'database-role-known', /did you mean "app"/],
  ['the URL of a role that rotates', (e) => rotatingUrl(e), 'services.api.environment.URL.key', 'rotating-url', /reports\.rotateAfterDays/],
  ['a URL past the pooler', (e) => pooled(e, { URL: { databaseRole: 'app', key: 'url' } }), 'services.api.environment.URL.key', 'pooler-url', /"database\.host" and "database\.port"/],
  ['a pooler without a database', (e) => (pooled(e), delete e.database), 'services.api.pooler', 'pooler-database', /declare `database`/],
  ['a container on the port of its pooler', (e) => (pooled(e), (e.services.api.port = 6432)), 'services.api.port', 'pooler-database', /any port but 6432/],
  ['a pooler that cannot log in', (e) => (pooled(e), delete e.services.api.environment.DATABASE_PASSWORD), 'services.api.pooler', 'pooler-role', /exactly one/],
  ['more pooled connections than the class takes', (e) => (pooled(e), (e.services.api.replicas.max = 4)), 'services.api.pooler.poolSize', 'pooler-connections', /112.*db\.t4g\.micro/],
  // Storage, secrets and logs.
  ['a bucket name that S3 reserves', (e) => (e.buckets.uploads.name = 'xn--uploads'), 'buckets.uploads.name', 'bucket-names', /S3 reserves/],
  ['two buckets of one name', (e) => (e.buckets.copies = { name: 'shop-test-uploads' }), 'buckets.copies.name', 'bucket-names-unique', /buckets\.uploads/],
  ['the state bucket used for data', (e) => (e.buckets.uploads.name = 'shop-terraform-state'), 'buckets.uploads.name', 'bucket-names-unique', /backend\.store\.bucket/],
  ['two buckets for logs', (e) => (e.buckets.more = { purpose: 'logs' }), 'buckets.more.purpose', 'one-logs-bucket', /buckets\.logs/],
  ['the name of the bucket for access logs', (e) => (e.buckets = { uploads: {}, 'access-logs': {} }), 'buckets.access-logs', 'one-logs-bucket', /another key/],
  ['a logs bucket with a key', (e) => (e.buckets.logs.encryption = 'kms'), 'buckets.logs.encryption', 'logs-bucket-encryption', /sse-s3/],
  ['objects that are deleted before they move', (e) => (e.buckets.uploads.transitions = [{ afterDays: 90, storageClass: 'GLACIER' }]), 'buckets.uploads.expireAfterDays', 'bucket-lifecycle', /more than 90/],
  ['infrequent access before 30 days', (e) => (e.buckets.uploads.transitions = [{ afterDays: 7, storageClass: 'STANDARD_IA' }]), 'buckets.uploads.transitions[0].afterDays', 'bucket-lifecycle', /at least 30/],
  ['logs encrypted with a key that does not exist', (e) => Object.assign(e, { logs: { encryption: 'kms' }, encryption: { key: 'aws-managed' } }), 'logs.encryption', 'logs-encryption-key', /aws-managed/],
  ['a secret that is not declared', (e) => (e.services.api.environment.S = { secret: 'strip' }), 'services.api.environment.S.secret', 'secret-known', /did you mean "stripe"/],
  ['a variable as the name of a secret', (e) => (e.secrets.RAILS_MASTER_KEY = { description: 'credentials' }), 'secrets.RAILS_MASTER_KEY', undefined, /`secrets` of a container.*rename it to "rails-master-key"/],
  ['a name in camel case', (e) => (e.queues.pricingSync = {}), 'queues.pricingSync', undefined, /rename it to "pricing-sync"/],
  ['a name that only looks like a variable in `secrets`', (e) => (e.services.api.secrets = ['stripe-key']), 'services.api.secrets[0]', undefined, /in capitals.*`environment`/],
  ['a variable too long for the name of a secret', (e) => (e.services.api.secrets = ['A'.repeat(31)]), 'services.api.secrets[0]', undefined, /at most 30 characters.*its-name/],
  ['a variable that ends with an underscore in `secrets`', (e) => (e.services.api.secrets = ['STRIPE_']), 'services.api.secrets[0]', undefined, /not ending with an underscore/],
  ['a variable twice in `secrets`', (e) => (e.services.api.secrets = ['STRIPE_KEY', 'STRIPE_KEY']), 'services.api.secrets', 'secret-variables', /second "STRIPE_KEY"/],
  ['a variable with a value and in `secrets`', (e) => ((e.services.api.secrets = ['LEVEL']), (e.services.api.environment.LEVEL = 'info')), 'services.api.environment.LEVEL', 'secret-variables', /injects the secret level.*here or there/],
  ['a secret of several keys in `secrets`', (e) => (e.services.api.secrets = ['JWT_KEY'], e.secrets['jwt-key'] = { description: 'x', keys: ['signing-key', 'refresh-key'] }), 'services.api.environment.JWT_KEY.key', 'secret-known', /which of the keys/],
  ['a JSON key that is not declared', (e) => (e.services.api.environment.JWT.key = 'signing'), 'services.api.environment.JWT.key', 'secret-known', /signing-key, refresh-key/],
  ['a secret with keys read as a whole', (e) => delete e.services.api.environment.JWT.key, 'services.api.environment.JWT.key', 'secret-known', /which of the keys/],
  ['a key of a plain secret', (e) => (e.services.api.environment.STRIPE.key = 'x'), 'services.api.environment.STRIPE.key', 'secret-known', /plain string/],
  ['a reader that is no workload', (e) => (e.secrets.jwt.readers = ['apii']), 'secrets.jwt.readers[0]', 'secret-readers', /did you mean "api"/],
  ['a JSON key twice', (e) => (e.secrets.jwt.keys = ['signing-key', 'signing-key']), 'secrets.jwt.keys', 'secret-keys', /second "signing-key"/],
  ['two secrets of one name', (e) => (e.secrets.stripe.name = '/shop/test/jwt'), 'secrets.stripe.name', 'secret-names', /secrets\.jwt/],
  ['a secret name with a space', (e) => (e.secrets.stripe.name = 'my stripe'), 'secrets.stripe.name', undefined, /letters, digits/],
  ['a password in plain text', (e) => (e.services.api.environment.SMTP_PASSWORD = 'hunter2'), 'services.api.environment.SMTP_PASSWORD', 'plain-secret', /declare it under `secrets`/],
  ['a credential under any name', (e) => (e.services.api.environment.LEVEL = 'postgres://app:hunter2@db/app'), 'services.api.environment.LEVEL', 'plain-secret', /secret: 'level'.*set_secret_level/],
  ['a secret in a command', (e) => (e.jobs.sync.command = ['app', '--db-password=hunter2']), 'jobs.sync.command', 'plain-secret', /variable of `environment`/],
  ['a secret in a health command', (e) => (e.services.api.health.command = 'redis-cli --token abcdef ping'), 'services.api.health.command', 'plain-secret', /variable of `environment`/],
  ['a secret of a builder', (e) => (e.builders = { web: { source: { kind: 'github', url: 'https://github.com/acme/shop' }, images: ['api'], environment: { NPM_TOKEN: 'abcdef' } } }), 'builders.web.environment.NPM_TOKEN', 'plain-secret', /secretPath/],
  ['a secret as a tag', (e) => (e.tags = { token: 'abcdef' }), 'tags.token', 'plain-secret', /remove it/],
  ['a secret of a site', (e) => (e.frontends = { web: { kind: 'amplify', repository: 'https://github.com/acme/web', branch: 'main', buildSpec: 'version: 1', environment: { API_KEY: 'abcdef' } } }), 'frontends.web.environment.API_KEY', 'plain-secret', /visitors download/],
  ['a secret in a build specification', (e) => (e.frontends = { web: { kind: 'amplify', repository: 'https://github.com/acme/web', branch: 'main', buildSpec: 'a: git clone https://x:hunter2@github.com/acme/web' } }), 'frontends.web.buildSpec', 'plain-secret', /visitors download/],
  ['a secret in a build command', (e) => (e.frontends = { web: { kind: 'cloudflare-pages', project: 'web', repository: { owner: 'acme', name: 'web' }, buildCommand: 'NPM_TOKEN=abcdef npm ci', output: 'dist', domains: ['www.shop.example'] } }), 'frontends.web.buildCommand', 'plain-secret', /visitors download/],
  ['a secret next to an invalid section', (e) => ((e.tags = { token: 'abcdef' }), (e.network = {})), 'tags.token', 'plain-secret', /remove it/],
  // Paths, images and addresses that are written into files, lists and commands.
  ['a health path that nginx reads', (e) => (e.services.api.health.path = '/h;}location/x{'), 'services.api.health.path', undefined, /percent-encoded/],
  ['a health path that curl expands', (e) => (e.services.api.health.path = '/[1-9999]'), 'services.api.health.path', undefined, /percent-encoded/],
  ['an image with a space', (e) => (e.jobs.sync.image = { pinned: 'my image:1' }), 'jobs.sync.image.pinned', undefined, /docker pull/],
  ['an image in upper case', (e) => (e.images.api = { initialImage: 'Acme/API:1' }), 'images.api.initialImage', undefined, /lower case/],
  ['an image with a scheme', (e) => (e.images.api = { initialImage: 'https://acme/api:1' }), 'images.api.initialImage', undefined, /no scheme/],
  ['a key with a quote', (e) => (e.secrets.jwt.keys = ["a'b"]), 'secrets.jwt.keys[0]', undefined, /without spaces/],
  ['a key with a tab', (e) => (e.secrets.jwt.keys = ['a\tb']), 'secrets.jwt.keys[0]', undefined, /without spaces/],
  ['a name of the master secret with a space', (e) => (e.database.credentials = { kind: 'rotated-secret', rotateAfterDays: 30, secretName: 'my master' }), 'database.credentials.secretName', undefined, /letters, digits/],
  // Containers.
  ['a CPU and memory pair that Fargate does not sell', (e) => (e.services.api.memoryMib = 512), 'services.api.memoryMib', 'fargate-size', /1024, 2048, 3072, 4096/],
  ['a vCPU count that Fargate does not sell', (e) => (e.jobs.sync.vcpu = 3), 'jobs.sync.vcpu', 'fargate-size', /0\.25, 0\.5, 1, 2, 4, 8, 16/],
  ['one name for a service and a job', (e) => (e.jobs.api = structuredClone(e.jobs.sync)), 'jobs.api', 'workload-keys', /services\.api/],
  ['a name that Terrace reserves', (e) => (e.jobs['database-init'] = structuredClone(e.jobs.sync)), 'jobs.database-init', 'workload-keys', /Terrace adds/],
  ['one AWS name for two containers', (e) => (e.jobs.sync.name = 'shop-test-api'), 'jobs.sync.name', 'workload-names', /services\.api/],
  ['an image that is not declared', (e) => (e.workers.runner.image = 'apu'), 'workers.runner.image', 'image-known', /did you mean "api"/],
  ['a fact of a missing cache', (e) => delete e.cache, 'services.api.environment.CACHE.from', 'reference-known', /no cache/],
  ['a fact of a missing database', (e) => delete e.database, 'services.api.environment.DATABASE_HOST.from', 'reference-known', /no database/],
  ['a fact of an undeclared bucket', (e) => (e.services.api.environment.UPLOADS.from = 'bucket.upload.name'), 'services.api.environment.UPLOADS.from', 'reference-known', /did you mean "uploads"/],
  ['a fact of an undeclared replica', (e) => (e.services.api.environment.R = { from: 'database.replicas.reader.host' }), 'services.api.environment.R.from', 'reference-known', /database\.replicas/],
  ['a permission on an undeclared queue', (e) => (e.workers.runner.permissions = [{ queue: 'wrok', access: 'consume' }]), 'workers.runner.permissions[0].queue', 'permission-target', /did you mean "work"/],
  ['a wildcard in a task role', (e) => (e.services.api.permissions = [{ secretPath: 'users/*', access: 'read' }]), 'services.api.permissions[0].secretPath', 'task-role-wildcard', /acknowledge/],
  ['the apply role', (e) => grant(e, ['sts:AssumeRole'], 'arn:aws:iam::{account}:role/shop-terraform-apply'), 'services.api.permissions[0].actions[0]', 'task-role-escalation', /act as another role.*acknowledge: \{ 'task-role-escalation'/],
  ['the apply role, by its name', (e) => grant(e, ['sts:AssumeRole'], 'arn:aws:iam::{account}:role/shop-terraform-apply'), 'services.api.permissions[0].resources[0]', 'task-role-reserved', /Terraform's roles/],
  ['a role of anyone else', (e) => grant(e, ['sts:AssumeRole'], 'arn:aws:iam::123456789012:role/partner'), 'services.api.permissions[0].actions[0]', 'task-role-escalation', /act as another role/],
  ['a role that is given to a service', (e) => grant(e, ['iam:PassRole'], 'arn:aws:iam::{account}:role/admin'), 'services.api.permissions[0].actions[0]', 'task-role-escalation', /give a role to a service/],
  ["a change of the task's own role", (e) => grant(e, ['iam:PutRolePolicy'], 'arn:aws:iam::{account}:role/shop-test-api-task'), 'services.api.permissions[0].actions[0]', 'task-role-escalation', /change what itself/],
  ['every action of IAM that begins with Put, in any case', (e) => grant(e, ['iam:pUt*'], 'arn:aws:iam::{account}:role/shop-test-api-task'), 'services.api.permissions[0].actions[0]', 'task-role-escalation', /change what itself/],
  ['a grant of a key', (e) => grant(e, ['kms:CreateGrant'], 'arn:aws:kms:{region}:{account}:key/1'), 'services.api.permissions[0].actions[0]', 'task-role-escalation', /use of a key/],
  ["Terraform's state", (e) => grant(e, ['s3:GetObject'], 'arn:aws:s3:::shop-terraform-state/*'), 'services.api.permissions[0].resources[0]', 'task-role-reserved', /Terraform's state/],
  ["one object of Terraform's state", (e) => grant(e, ['s3:GetObject'], 'arn:aws:s3:::shop-terraform-state/test/data/terraform.tfstate'), 'services.api.permissions[0].resources[0]', 'task-role-reserved', /Terraform's state/],
  ["Terraform's locks", (e) => grant(e, ['dynamodb:PutItem'], 'arn:aws:dynamodb:{region}:{account}:table/shop-terraform-locks'), 'services.api.permissions[0].resources[0]', 'task-role-reserved', /Terraform's locks/],
  ['the master login', (e) => grant(e, ['secretsmanager:GetSecretValue'], 'arn:aws:secretsmanager:{region}:{account}:secret:/shop/test/database/master-AbCdEf'), 'services.api.permissions[0].resources[0]', 'task-role-reserved', /master login/],
  ["Terraform's state by a variable", (e) => grant(e, ['s3:GetObject'], 'arn:aws:s3:::shop-terraform-${aws:PrincipalTag/what}/*'), 'services.api.permissions[0].resources[0]', 'task-role-reserved', /Terraform's state/],
  ['the master login that RDS keeps', (e) => grant(e, ['secretsmanager:GetSecretValue'], 'arn:aws:secretsmanager:{region}:{account}:secret:rds!db-*'), 'services.api.permissions[0].resources[0]', 'task-role-reserved', /master login/],
  ['the master login by a path', (e) => (e.services.api.permissions = [{ secretPath: 'database/*', access: 'read' }]), 'services.api.permissions[0].secretPath', 'task-role-reserved', /master login/],
  ['a secret of another environment', (e) => (e.services.api.permissions = [{ secretPath: '/shop/production/stripe', access: 'read' }]), 'services.api.permissions[0].secretPath', 'task-role-reserved', /secrets of others/],
  ['every action of four services on everything', (e) => grant(e, ['secretsmanager:*', 's3:*', 'kms:*', 'sts:AssumeRole'], '*'), 'services.api.permissions[0].actions[1]', 'task-role-wildcard', /exact names/],
  ['everything for an action that AWS can narrow', (e) => grant(e, ['ecr:GetAuthorizationToken', 'sns:Publish'], '*'), 'services.api.permissions[0].resources[0]', 'task-role-wildcard', /exact names/],
  ['metrics of any namespace', (e) => grant(e, ['cloudwatch:PutMetricData'], '*'), 'services.api.permissions[0].resources[0]', 'task-role-wildcard', /exact names/],
  ['an undeclared file system', (e) => (e.services.api.mounts[0].fileSystem = 'file'), 'services.api.mounts[0].fileSystem', 'mount-known', /did you mean "files"/],
  ['an undeclared access point', (e) => (e.services.api.mounts[0].accessPoint = 'x'), 'services.api.mounts[0].accessPoint', 'mount-known', /uploads/],
  ['two mounts at one path', (e) => e.services.api.mounts.push({ ...e.services.api.mounts[0] }), 'services.api.mounts[1].path', 'mount-paths', /mounts\[0\]/],
  ['a shell on a read-only root', (e) => Object.assign(e.services.api, { exec: true, writableRoot: false }), 'services.api.writableRoot', 'exec-writable-root', /exec/],
  ['more disk than a task can have', (e) => (e.services.api.ephemeralStorageGib = 201), 'services.api.ephemeralStorageGib', undefined, /1 to 200/],
  ['more disk than the nodes have', (e) => (kubernetes(e), (e.jobs.sync.ephemeralStorageGib = 27)), 'jobs.sync.ephemeralStorageGib', 'pod-storage', /at most 26 on nodes with a disk of 30 GB.*kubernetes\.nodes\.diskGb/],
  ['more disk than the nodes of its group have', (e) => (grouped(e), (e.workers.runner.ephemeralStorageGib = 50)), 'workers.runner.ephemeralStorageGib', 'pod-storage', /kubernetes\.nodeGroups\.reports\.diskGb/],
  ['a sidecar with the name of its container', (e) => sidecar(e, {}, 'api'), 'services.api.sidecars.api', 'sidecar-names', /different names/],
  ['a sidecar with the name of the collector', (e) => sidecar(e, {}, 'collector'), 'services.api.sidecars.collector', 'sidecar-names', /api, pooler, collector/],
  ['a sidecar on the port of its container', (e) => sidecar(e, { ports: [4318, 8080] }), 'services.api.sidecars.proxy.ports[1]', 'sidecar-ports', /services\.api\.port/],
  ['a sidecar on the port of the pooler', (e) => { pooled(e); sidecar(e, { ports: [6432] }); }, 'services.api.sidecars.proxy.ports[0]', 'sidecar-ports', /services\.api\.pooler/],
  ['a sidecar on a port of the collector', (e) => { e.observability.tracing = 'xray'; sidecar(e, { ports: [4318] }); }, 'services.api.sidecars.proxy.ports[0]', 'sidecar-ports', /collector of observability\.tracing/],
  ['a wait for the health of a sidecar without a check', (e) => sidecar(e, { waitFor: 'healthy' }), 'services.api.sidecars.proxy.waitFor', 'sidecar-health', /add health/],
  ['a sidecar as large as its task', (e) => sidecar(e, { memoryMib: 1024 }), 'services.api.memoryMib', 'fargate-sidecar-size', /more than the 1024 of its sidecars/],
  ['sidecars with all vCPUs of their task', (e) => sidecar(e, { vcpu: 0.5 }), 'services.api.vcpu', 'fargate-sidecar-size', /more than the 0\.5/],
  ['an undeclared image of a sidecar', (e) => sidecar(e, { image: 'apy' }), 'services.api.sidecars.proxy.image', 'image-known', /did you mean "api"/],
  ['an undeclared secret of a sidecar', (e) => sidecar(e, { environment: { S: { secret: 'strip' } } }), 'services.api.sidecars.proxy.environment.S.secret', 'secret-known', /did you mean "stripe"/],
  ['a secret of a sidecar in plain text', (e) => sidecar(e, { environment: { API_TOKEN: 'hunter2' } }), 'services.api.sidecars.proxy.environment.API_TOKEN', 'plain-secret', /declare it under `secrets`/],
  ['a login of the database in a sidecar', (e) => sidecar(e, { environment: { P: { databaseRole: 'app', key: 'password' } } }), 'services.api.sidecars.proxy.environment.P.databaseRole', undefined, /belongs to a container/],
  ['a sidecar of a job', (e) => (e.jobs.sync.sidecars = {}), 'jobs.sync.sidecars', undefined, /inside the container of the job/],
  ['a sidecar that runs as root in a pod', (e) => { kubernetes(e); sidecar(e, { user: '0' }); }, 'services.api.sidecars.proxy.user', 'pod-user', /non-root/],
  ['a pod that does not fit because of its sidecar', (e) => { kubernetes(e); Object.assign(e.services.api, { vcpu: 1.4, memoryMib: 2850 }); sidecar(e); }, 'services.api.memoryMib', 'pod-size', /lower it/],
  ['a public image of a sidecar where tasks cannot reach its registry', (e) => { noNat(e, 'ecr.api', 'ecr.dkr', 'logs', 'secretsmanager'); sidecar(e); }, 'services.api.sidecars.proxy.image', 'private-images', /private ECR/],
  ['a time to stop that Fargate does not give', (e) => (e.services.api.stopTimeoutSeconds = 121), 'services.api.stopTimeoutSeconds', 'fargate-stop-timeout', /at most 120.*protects its task/],
  ['a status that load balancers do not know', (e) => (e.services.api.health.matcher = '100-299'), 'services.api.health.matcher', undefined, /from 200 to 499/],
  ['a range of statuses that ends before it begins', (e) => (e.services.api.health.matcher = '299-200'), 'services.api.health.matcher', undefined, /"200-299"/],
  ['an error status that the kubelet would not take for healthy', (e) => (kubernetes(e), (e.services.api.health.matcher = '200,401')), 'services.api.health.matcher', 'pod-health', /200 to 399.*without a login/],
  ['a health check that outlasts its interval', (e) => Object.assign(e.services.api.health, { intervalSeconds: 10, timeoutSeconds: 10 }), 'services.api.health.timeoutSeconds', 'health-timing', /less than intervalSeconds \(10\)/],
  ['a log group that CloudWatch refuses', (e) => (e.services.api.logGroup = 'my logs'), 'services.api.logGroup', 'log-group-names', /letters, digits/],
  ['log groups that differ in punctuation only', (e) => ((e.services.api.logGroup = '/a/b'), (e.jobs.sync.logGroup = '/a-b')), 'jobs.sync.logGroup', 'log-group-names', /differs from \/a\/b/],
  ['a minimum of tasks above the maximum', (e) => (e.services.api.replicas = { min: 3, max: 2 }), 'services.api.replicas.min', 'replicas-range', /at most replicas\.max \(2\)/],
  ['a service with a minimum of zero', (e) => (e.services.api.replicas.min = 0), 'services.api.replicas.min', 'scale-from-zero', /at least 1/],
  ['a worker with a minimum of zero without a queue', (e) => delete e.workers.runner.scaling, 'workers.runner.replicas.min', 'scale-from-zero', /queue/],
  ['a misspelt time zone', (e) => (e.jobs.sync.timezone = 'Europe/Berln'), 'jobs.sync.timezone', undefined, /did you mean "Europe\/Berlin"/],
  ['a time zone in lower case', (e) => (e.jobs.sync.timezone = 'asia/tokyo'), 'jobs.sync.timezone', undefined, /did you mean "Asia\/Tokyo"/],
  ['the abbreviation of a time zone', (e) => (e.jobs.sync.timezone = 'CEST'), 'jobs.sync.timezone', undefined, /exact spelling/],
  ['scaling on a Redis list on Fargate', (e) => (e.workers.runner.scaling = { redisList: 'queue:default' }), 'workers.runner.scaling', 'redis-list-tier', /KEDA.*cpuPercent.*SQS/],
  ['scaling on a Redis list of a cache that the worker does not use', (e) => (e.workers.runner.scaling = { redisList: 'queue:default' }), 'workers.runner.scaling.redisList', 'redis-list-cache', /REDIS_URL/],
  ['a Redis list with a space', (e) => (e.workers.runner.scaling = { redisList: 'queue default' }), 'workers.runner.scaling.redisList', undefined, /queue:default/],
  ['messages of a Redis list', (e) => (e.workers.runner.scaling = { redisList: 'queue:default', messagesPerTask: 2 }), 'workers.runner.scaling.messagesPerTask', undefined, /entriesPerTask/],
  ['scaling on an undeclared queue', (e) => (e.workers.runner.scaling.queue = 'wrok'), 'workers.runner.scaling.queue', 'scaling-queue', /did you mean "work"/],
  ['a cool-down of a queue that is shorter than its metrics need', (e) => (e.workers.runner.scaling.scaleInCooldownSeconds = 60), 'workers.runner.scaling.scaleInCooldownSeconds', undefined, /from 300 to 3600/],
  ['a time zone that is an offset', (e) => (e.jobs.sync.timezone = '+02:00'), 'jobs.sync.timezone', undefined, /Europe\/Berlin/],
  ['a time zone of a job without a schedule', (e) => (e.jobs.sync = { ...e.jobs.sync, schedule: undefined, timezone: 'Europe/Berlin' }), 'jobs.sync.timezone', 'job-timezone', /add `schedule`/],
  ['a job before the release of an image that no release changes', (e) => (e.jobs.sync = { ...e.jobs.sync, schedule: undefined, image: { pinned: 'postgres:16.4' }, before: 'release' }), 'jobs.sync.before', 'job-before-release', /under `images`/],
  ['a job before releases that also has a schedule', (e) => (e.jobs.sync.before = 'release'), 'jobs.sync.before', 'job-before-release', /two jobs/],
  ['a job before something else', (e) => (e.jobs.sync.before = 'deployment'), 'jobs.sync.before', undefined, /"release"/],
  ['scaling without a target', (e) => (e.services.api.scaling = {}), 'services.api.scaling', 'scaling-target', /cpuPercent/],
  ['scaling on requests without a load balancer', (e) => Object.assign(e.services.api, { routes: [], scaling: { requestsPerTarget: 100 } }), 'services.api.scaling.requestsPerTarget', 'scaling-target', /routes/],
  ['a singleton of two tasks', (e) => Object.assign(e.services.api, { singleton: true, scaling: undefined }), 'services.api.replicas', 'singleton-settings', /min: 1, max: 1.*remove `singleton`/],
  ['a singleton that scales', (e) => Object.assign(e.workers.runner, { singleton: true }), 'workers.runner.scaling', 'singleton-settings', /always one/],
  ['a singleton with percentages of a release', (e) => singleton(e, { deployment: { minimumHealthyPercent: 50 } }), 'services.api.deployment', 'singleton-settings', /ends before the new one starts/],
  ['a singleton on two tiers', (e) => { singleton(e); kubernetes(e); e.tier = 'fargate'; e.nextTier = 'kubernetes'; }, 'services.api.singleton', 'singleton-next-tier', /one runs on fargate and one on kubernetes.*acknowledge: \{ 'singleton-next-tier'/],
  ['a release that can neither start nor stop a task', (e) => (e.services.api.deployment = { maximumPercent: 150 }), 'services.api.deployment.maximumPercent', 'deployment-deadlock', /at least 200/],
  ['a builder of an image that is not declared', (e) => (e.builders = builder({ images: ['app'] })), 'builders.images.images[0]', 'image-known', /did you mean "api"/],
  ['a builder with an undeclared source bucket', (e) => (e.builders = builder({ source: { kind: 'bucket', bucket: 'code', path: 'a.zip' } })), 'builders.images.source.bucket', 'builder-source', /uploads/],
  ['a builder that finds its commands in a bucket by default', (e) => (e.builders = builder({ source: fromBucket })), 'builders.images.buildspec', 'builder-commands', /kind: 'inline'/],
  ['a builder that takes its commands from a bucket', (e) => (e.builders = builder({ source: fromBucket, buildspec: { kind: 'source' } })), 'builders.images.buildspec', 'builder-source-commands', /acknowledge: \{ 'builder-source-commands'/],
  ['commands that are no build specification', (e) => (e.builders = builder({ buildspec: { kind: 'inline', text: 'docker build .' } })), 'builders.images.buildspec.text', undefined, /`version` and `phases`/],
  // Kubernetes.
  ['a Kubernetes version that EKS no longer supports', (e) => kubernetes(e, { version: '1.29' }), 'kubernetes.version', 'kubernetes-version', /"1\.35" \(until 2027-03-27\)/],
  ['an identity with two kinds of access to the cluster', (e) => kubernetes(e, { administrators: ['arn:aws:iam::123456789012:role/a'], viewers: ['arn:aws:iam::123456789012:role/a'] }), 'kubernetes.viewers[0]', 'kubernetes-access-once', /kubernetes\.administrators\[0\] does not have/],
  ['a Kubernetes version with its patch', (e) => kubernetes(e, { version: '1.35.2' }), 'kubernetes.version', undefined, /without the patch/],
  ['a protected cluster with an open API', (e) => { protect(e); kubernetes(e, { endpoint: 'public' }); }, 'kubernetes.publicAccessCidrs', 'kubernetes-endpoint-open', /under `protect`.*acknowledge: \{ 'kubernetes-endpoint-open'/],
  ['a protected cluster whose API names the whole internet', (e) => { protect(e); kubernetes(e, { endpoint: 'public', publicAccessCidrs: ['0.0.0.0/0'] }); }, 'kubernetes.publicAccessCidrs', 'kubernetes-endpoint-open', /not the whole internet/],
  ['networks for an API that is private', (e) => kubernetes(e, { publicAccessCidrs: ['198.51.100.0/24'] }), 'kubernetes.publicAccessCidrs', 'kubernetes-endpoint', /`privateAccessCidrs`/],
  ['nodes without egress', (e) => { kubernetes(e); noNat(e); }, 'network.nat', 'kubernetes-nat', /"instance"/],
  ['a cluster in one zone', (e) => (kubernetes(e), (e.network.zones = 1)), 'network.zones', 'two-zones', /the cluster/],
  ['a mount on Kubernetes', (e) => (kubernetes(e), (e.services.api.mounts = [{ fileSystem: 'files', accessPoint: 'uploads', path: '/data' }])), 'services.api.mounts', 'kubernetes-mounts', /bucket/],
  ['a minimum of nodes above the maximum', (e) => kubernetes(e, { nodes: { min: 4, max: 3 } }), 'kubernetes.nodes.min', 'node-count', /at most max \(3\)/],
  ['a minimum of Spot nodes above the maximum', (e) => kubernetes(e, { spot: { instanceTypes: ['t3.large'], min: 2, max: 1 } }), 'kubernetes.spot.min', 'node-count', /at most max \(1\)/],
  ['nodes of a type of unknown size', (e) => kubernetes(e, { nodes: { instanceTypes: ['t3.nano'] } }), 'kubernetes.nodes.instanceTypes[0]', 'node-type', /from medium to 2xlarge/],
  ['types of different sizes in one group', (e) => kubernetes(e, { nodes: { instanceTypes: ['t3.medium', 't3.large'] } }), 'kubernetes.nodes.instanceTypes[1]', 'node-types-alike', /of t3\.medium/],
  ['types of two architectures in one group', (e) => kubernetes(e, { spot: { instanceTypes: ['t3.medium', 't4g.medium'], max: 2 } }), 'kubernetes.spot.instanceTypes[1]', 'node-types-alike', /architecture of t3\.medium/],
  ['x86_64 images on Graviton nodes', (e) => kubernetes(e, { nodes: { instanceTypes: ['t4g.medium'] } }), 'workers.runner.architecture', 'node-architecture', /"arm64"/],
  ['a pod with more vCPUs than a node', (e) => (kubernetes(e), Object.assign(e.services.api, { vcpu: 2, memoryMib: 2048 })), 'services.api.vcpu', 'pod-size', /at most 1\.45 on a t3\.medium.*larger/],
  ['a pod with more memory than a node', (e) => (kubernetes(e), Object.assign(e.jobs.sync, { memoryMib: 4096 })), 'jobs.sync.memoryMib', 'pod-size', /on a t3\.medium/],
  ['a pod that its pooler makes too large', (e) => (kubernetes(e), pooled(e), Object.assign(e.services.api, { vcpu: 1.4 })), 'services.api.vcpu', 'pod-size', /at most 1\.35/],
  ['root in a pod', (e) => (kubernetes(e), (e.jobs.sync.user = '0:0')), 'jobs.sync.user', 'pod-user', /other than 0.*1000/],
  ['requests as the only load of pods', (e) => (kubernetes(e), (e.services.api.scaling = { requestsPerTarget: 100 })), 'services.api.scaling', 'pod-scaling', /add cpuPercent/],
  ['more pods than addresses without prefixes', (e) => (kubernetes(e, { prefixDelegation: false, nodes: { min: 2, max: 2 } }), (e.workers.runner.replicas.max = 10)), 'kubernetes.nodes.max', 'pod-count', /hold 22.*prefixDelegation/],
  ['a node group with the name of the default one', (e) => kubernetes(e, { nodeGroups: { spot: { instanceTypes: ['t3.large'], max: 1 } } }), 'kubernetes.nodeGroups.spot', 'node-group-name', /after what runs on it/],
  ['an undeclared node group', (e) => { grouped(e); e.jobs.sync.nodeGroup = 'report'; }, 'jobs.sync.nodeGroup', 'node-group-known', /did you mean "reports"/],
  ['a node group where there are none', (e) => (kubernetes(e), (e.services.api.nodeGroup = 'reports')), 'services.api.nodeGroup', 'node-group-known', /kubernetes\.nodeGroups/],
  ['a Spot share in a node group', (e) => { grouped(e); e.workers.runner.spotPercent = 50; }, 'workers.runner.spotPercent', 'node-group-spot', /`capacity` to 'spot'/],
  ['a pod larger than the nodes of its group', (e) => { grouped(e); e.workers.runner.memoryMib = 16384; }, 'workers.runner.memoryMib', 'pod-size', /on a r7i\.large.*kubernetes\.nodeGroups\.reports\.instanceTypes/],
  ['a pod of another group that is larger than the default nodes', (e) => { grouped(e); e.services.api.memoryMib = 8192; }, 'services.api.memoryMib', 'pod-size', /on a t3\.medium/],
  ['an x86_64 image on a Graviton group', (e) => { grouped(e, ['r7g.large']); }, 'workers.runner.architecture', 'node-architecture', /kubernetes\.nodeGroups\.reports \(r7g\.large\)/],
  ['more pods than a group has addresses', (e) => { grouped(e); e.kubernetes.prefixDelegation = false; e.workers.runner.replicas.max = 30; }, 'kubernetes.nodeGroups.reports.max', 'pod-count', /for 30 pods.*hold 23/],
  ['a reserved label of nodes', (e) => { grouped(e); e.kubernetes.nodeGroups.reports.labels = { 'eks.amazonaws.com/nodegroup': 'x' }; }, 'kubernetes.nodeGroups.reports.labels["eks.amazonaws.com/nodegroup"]', undefined, /prefix that you own/],
  ['a node image of another version', (e) => kubernetes(e, { nodeRelease: '1.34.9-20261112' }), 'kubernetes.nodeRelease', 'node-release', /Kubernetes 1\.35/],
  ['metrics without Prometheus', (e) => (kubernetes(e), (e.workers.runner.metrics = { port: 9090 })), 'workers.runner.metrics', 'pod-metrics', /"container-insights".*"prometheus"/],
  // Monitoring.
  ['an unknown alarm', (e) => (e.observability.alarms = { 'service-cpi': {} }), 'observability.alarms.service-cpi', undefined, /did you mean "service-cpu"/],
  ['an alarm on a missing cache', (e) => { delete e.cache; delete e.services.api.environment.CACHE; e.observability.alarms = { 'cache-memory': {} }; }, 'observability.alarms.cache-memory', 'alarm-subject', /needs a managed cache/],
  ['an alarm on missing replicas', (e) => (e.observability.alarms = { 'replica-lag': { threshold: 30 } }), 'observability.alarms.replica-lag', 'alarm-subject', /needs a database with replicas/],
  ['an alarm on a missing host', (e) => (e.observability.alarms = { 'host-cpu': {} }), 'observability.alarms.host-cpu', 'alarm-subject', /needs a box/],
  ['an alarm on a NAT instance where there is a gateway', (e) => (e.observability.alarms = { 'nat-instance': {} }), 'observability.alarms.nat-instance', 'alarm-subject', /needs a NAT instance/],
  ['an alarm on backups without a backup plan', (e) => (e.observability.alarms = { 'backup-age': {} }), 'observability.alarms.backup-age', 'alarm-subject', /needs a backup plan/],
  ['an alarm on restores without a drill', (e) => (e.observability.alarms = { 'restore-age': {} }), 'observability.alarms.restore-age', 'alarm-subject', /needs a restore drill/],
  ['an alarm on a missing CDN', (e) => (e.observability.alarms = { 'edge-error-rate': {} }), 'observability.alarms.edge-error-rate', 'alarm-subject', /edge\.cdn/],
  ['a percentage that is never crossed', (e) => (e.observability.alarms = { 'service-cpu': { threshold: 100 } }), 'observability.alarms.service-cpu.threshold', 'alarm-threshold', /below 100/],
  ['more connections than the class takes', (e) => (e.observability.alarms = { 'database-connections': { threshold: 112 } }), 'observability.alarms.database-connections.threshold', 'alarm-threshold', /fewer than the 112.*db\.t4g\.micro/],
  ['an alarm that evaluates two days', (e) => (e.observability.alarms = { latency: { periodSeconds: 1800, periods: 96 } }), 'observability.alarms.latency.periods', 'alarm-span', /at most 48 periods/],
  ['a period that CloudWatch does not have', (e) => (e.observability.alarms = { latency: { periodSeconds: 90 } }), 'observability.alarms.latency.periodSeconds', undefined, /multiple of 60/],
  ['an address that is no address', (e) => (e.observability.notifications.emails = ['ops at shop']), 'observability.notifications.emails[0]', undefined, /e-mail address/],
  ['a phone number without its country', (e) => (e.observability.notifications.smsNumbers = ['0812345678']), 'observability.notifications.smsNumbers[0]', undefined, /country code/],
  ['an address twice', (e) => (e.observability.notifications.emails = ['ops@shop.example', 'Ops@shop.example']), 'observability.notifications.emails', 'notified-once', /remove the second/],
  ['an average of tasks of a service that does not exist', (e) => (e.usage = { averageTasks: { apo: 1 } }), 'usage.averageTasks.apo', 'usage-tasks', /a service or worker: api/],
  ['an average of more tasks than there may be', (e) => (e.usage = { averageTasks: { api: 99 } }), 'usage.averageTasks.api', 'usage-tasks', /as `replicas` allow/],
  ['a usage below zero', (e) => (e.usage = { natGb: -1 }), 'usage.natGb', undefined, /a number of 0 or more/],
  ['a budget of zero', (e) => (e.observability.budget = { monthlyUsd: 0 }), 'observability.budget.monthlyUsd', undefined, /above 0/],
  ['a negative budget', (e) => (e.observability.budget = { monthlyUsd: -5 }), 'observability.budget.monthlyUsd', undefined, /above 0/],
  ['metrics of the application without a collector', (e) => (e.observability.applicationMetrics = { latency: { name: 'api.latency', title: 'Latency' } }), 'observability.applicationMetrics', 'application-metrics-collected', /tracing: "xray"/],
  ['traces to an endpoint that containers cannot reach', (e) => (e.observability.tracing = { endpoint: 'https://otlp.example.net:4318' }), 'observability.tracing.endpoint', undefined, /port 443 only/],
  ['traces to an endpoint without TLS', (e) => (e.observability.tracing = { endpoint: 'http://otlp.example.net' }), 'observability.tracing.endpoint', undefined, /HTTPS/],
  ['credentials of an endpoint in clear text', (e) => (e.observability.tracing = { endpoint: 'https://otlp.example.net', headers: { authorization: 'Bearer abc' } }), 'observability.tracing.headers.authorization', undefined, /under `secrets`/],
  ['credentials of an endpoint from an undeclared secret', (e) => (e.observability.tracing = { endpoint: 'https://otlp.example.net', headers: { authorization: { secret: 'strip' } } }), 'observability.tracing.headers.authorization.secret', 'tracing-secret', /did you mean "stripe"/],
  ['credentials of an endpoint from a whole JSON object', (e) => (e.observability.tracing = { endpoint: 'https://otlp.example.net', headers: { authorization: { secret: 'jwt' } } }), 'observability.tracing.headers.authorization.key', 'tracing-secret', /which of the keys/],
  ['traces to an endpoint from a tier without a collector', (e) => { kubernetes(e); e.observability.tracing = { endpoint: 'https://otlp.example.net' }; }, 'observability.tracing', 'tracing-tier', /a sidecar on Kubernetes/],
  ['traces where the collector cannot be pulled', (e) => (noNat(e, 'ecr.api', 'ecr.dkr', 'logs', 'secretsmanager'), (e.observability.tracing = 'xray')), 'observability.tracing', 'tracing-tier', /public registry/],
];

export function subnets(zones: number): Json {
  const list = (start: number) => [`10.0.${start + 1}.0/24`, `10.0.${start + 2}.0/24`].slice(0, zones);
  return { public: ['10.0.1.0/24', '10.0.2.0/24'], private: list(10), isolated: ['10.0.21.0/24', '10.0.22.0/24'] };
}

function noNat(e: Json, ...endpoints: readonly string[]): void {
  Object.assign(e.network, { nat: 'none', interfaceEndpoints: endpoints });
}

function withReplica(e: Json, region = 'eu-central-1'): void {
  e.database.credentials = { kind: 'rotated-secret', rotateAfterDays: 90 };
  e.database.replicas = { reader: { region } };
  e.network.replicaNetworks = { [region]: { cidr: '10.1.0.0/24' } };
}

/** The environment on Kubernetes, where containers mount no file system. */
export function kubernetes(e: Json, settings: Json = {}): void {
  Object.assign(e, { tier: 'kubernetes', kubernetes: settings });
  e.services.api.mounts = [];
}

/** The worker on the nodes of a named group. */
export function grouped(e: Json, instanceTypes: readonly string[] = ['r7i.large']): void {
  kubernetes(e, { nodeGroups: { reports: { instanceTypes, max: 1 } } });
  e.workers.runner.nodeGroup = 'reports';
}

export function protect(e: Json): void {
  e.protect = true;
  e.cache.replicas = 1;
  e.database.multiAz = true;
}

function sidecar(e: Json, changes: Json = {}, name = 'proxy'): void {
  e.services.api.sidecars = {
    [name]: { image: { pinned: 'docker.io/envoyproxy/envoy:v1.35.0' }, vcpu: 0.1, memoryMib: 128, ...changes },
  };
}

function singleton(e: Json, changes: Json = {}): void {
  Object.assign(e.services.api, { singleton: true, scaling: undefined, replicas: { min: 1, max: 1 } }, changes);
}

export function pooled(e: Json, variables: Json = {}): void {
  e.services.api.pooler = pooler;
  Object.assign(e.services.api.environment, variables);
}

export function rotating(e: Json): void {
  e.database.credentials = { kind: 'rotated-secret', rotateAfterDays: 90 };
  e.database.roles.reports.rotateAfterDays = 30;
}

function byToken(e: Json): void {
  e.database.iamAuthentication = true;
  e.database.roles.reports.login = 'iam';
}

function rotatingUrl(e: Json): void {
  rotating(e);
  e.services.api.environment.URL = { databaseRole: 'reports', key: 'url' };
}

function grant(e: Json, actions: readonly string[], ...resources: readonly string[]): void {
  e.services.api.permissions = [{ actions, resources }];
}

const fromBucket = { kind: 'bucket', bucket: 'uploads', path: 'builds/' };

function builder(changes: Json): Json {
  return { images: { source: { kind: 'github', url: 'https://github.com/shop/shop' }, images: ['api'], ...changes } };
}

// prettier-ignore
const ACCEPTED_CHANGES: readonly (readonly [name: string, change: Change])[] = [
  ['the unchanged environment', () => undefined],
  ['explicit subnets', (e) => (e.network.subnets = subnets(2))],
  ['a small VPC with explicit subnets', (e) => Object.assign(e.network, { cidr: '10.0.0.0/25', zones: 2, subnets: { public: ['10.0.0.0/27', '10.0.0.32/27'], private: ['10.0.0.64/28', '10.0.0.80/28'], isolated: ['10.0.0.96/28', '10.0.0.112/28'] } })],
  ['zones by letter', (e) => (e.network.zones = ['a', 'c'])],
  ['one zone for what needs no more', (e) => { e.network.zones = 1; delete e.database; delete e.cache; delete e.domain; delete e.workers; e.services = {}; e.secrets = {}; }],
  ['a replica in the same region', (e) => { e.database.credentials = { kind: 'rotated-secret', rotateAfterDays: 90 }; e.database.replicas = { reader: {} }; e.services.api.environment.R = { from: 'database.replicas.reader.host' }; }],
  ['a replica in another region of the same part of the world', (e) => withReplica(e)],
  ['a replica elsewhere, acknowledged', (e) => { withReplica(e, 'us-east-1'); e.acknowledge = { residency: { 'database.replicas.reader.region = us-east-1': 'the document places it there' } }; }],
  ['no NAT with every endpoint that is needed', (e) => noNat(e, 'ecr.api', 'ecr.dkr', 'logs', 'secretsmanager')],
  ['a runner that reaches Terraform Enterprise', (e) => Object.assign(e, { backend: { kind: 'cloud', hostname: 'tfe.acme.example', organization: 'acme' }, delivery: { runner: ['self-hosted'] } })],
  ['a delegated zone', (e) => (e.domain = { ...e.domain, delegatedZone: 'app.shop.example', names: ['app.shop.example'] })],
  ['a Cloudflare zone that is created', (e) => Object.assign(e.domain, { provider: 'cloudflare', zoneSource: 'create', cloudflareAccountId: 'a'.repeat(32) })],
  ['a job before releases, on demand besides', (e) => (e.jobs.sync = { ...e.jobs.sync, schedule: undefined, before: 'release' })],
  ['root on Fargate', (e) => (e.jobs.sync.user = '0:0')],
  ['a user other than root in a pod', (e) => (kubernetes(e), (e.jobs.sync.user = '70:70'))],
  ['an internal service without a domain', (e) => { delete e.domain; e.services.api.routes = []; }],
  ['a default for each host', (e) => { e.domain.names.push('www.shop.example'); second(e).routes = [{ host: 'www.shop.example' }]; }],
  ['no default at all', (e) => (e.services.api.routes = [{ priority: 10, paths: ['/api/*'] }])],
  ['a pooler that fits', (e) => pooled(e)],
  ['a URL read by a job while a service has a pooler', (e) => { pooled(e); e.jobs.sync.environment = { URL: { databaseRole: 'app', key: 'url' } }; }],
  ['a protected environment', (e) => protect(e)],
  ['a protected database in one zone, acknowledged', (e) => { protect(e); e.database.multiAz = false; e.acknowledge = { 'single-zone-database': { 'database.multiAz': 'the document says single-AZ' } }; }],
  ['protected logs with a key', (e) => { protect(e); e.logs = { encryption: 'kms' }; }],
  ['a weekly window that ends in the next week', (e) => Object.assign(e.database, { backupWindow: '02:00-03:00', maintenanceWindow: 'sun:23:30-mon:00:30' })],
  ['transitions before expiry', (e) => (e.buckets.uploads.transitions = [{ afterDays: 30, storageClass: 'STANDARD_IA' }, { afterDays: 60, storageClass: 'GLACIER' }])],
  ['a wildcard, acknowledged', (e) => { e.services.api.permissions = [{ secretPath: 'users/*', access: 'read' }]; e.acknowledge = { 'task-role-wildcard': { 'services.api.permissions[0].secretPath = users/*': 'users bring their own secrets' } }; }],
  ['everything for an action without a resource', (e) => grant(e, ['ecr:GetAuthorizationToken', 'textract:AnalyzeDocument'], '*')],
  ['an exact role of the environment', (e) => grant(e, ['sts:AssumeRole'], 'arn:aws:iam::{account}:role/shop-test-reports')],
  ['a secret of the environment by its path', (e) => (e.services.api.permissions = [{ secretPath: 'partners/acme', access: 'read-write' }])],
  ['what IAM lists', (e) => grant(e, ['iam:ListAccountAliases', 'iam:GetRole'], 'arn:aws:iam::{account}:role/shop-test-api-task')],
  ['an object of a bucket whose name only begins like that of the state', (e) => grant(e, ['s3:GetObject'], 'arn:aws:s3:::shop-terraform-state-reports/latest.json')],
  ['a role of a partner, acknowledged', (e) => { grant(e, ['sts:AssumeRole'], 'arn:aws:iam::210987654321:role/partner'); e.acknowledge = { 'task-role-escalation': { 'services.api.permissions[0].actions[0] = sts:AssumeRole on arn:aws:iam::210987654321:role/partner': 'the partner opens this role to orders only' } }; }],
  ['a setting that only sounds like a secret', (e) => (e.services.api.environment.TOKEN_LIFETIME_SECONDS = '3600')],
  ['a shell', (e) => (e.services.api.exec = true)],
  ['a singleton', (e) => singleton(e)],
  ['a singleton that says nothing of replicas', (e) => { singleton(e); delete e.services.api.replicas; }],
  ['a service on two tiers that is no singleton', (e) => { kubernetes(e); e.tier = 'fargate'; e.nextTier = 'kubernetes'; }],
  ['variables that are secrets', (e) => ((e.services.api.secrets = ['STRIPE_KEY', 'RAILS_MASTER_KEY']), (e.workers.runner.secrets = ['STRIPE_KEY']), (e.jobs.sync.secrets = ['STRIPE_KEY']))],
  ['a variable that is a declared secret', (e) => ((e.services.api.secrets = ['API_KEY']), (e.secrets['api-key'] = { description: 'partners', value: 'generated' }))],
  ['a sidecar', (e) => sidecar(e, { ports: [4318], waitFor: 'healthy', health: { command: 'true' }, secrets: ['PROXY_KEY'] })],
  ['a sidecar in a pod', (e) => { kubernetes(e); sidecar(e, { environment: { HOST: { from: 'cache.host' } } }); }],
  ['traces to an endpoint', (e) => (e.observability.tracing = { endpoint: 'https://otlp.example.net/otlp', headers: { 'x-team': { secret: 'stripe' } } })],
  ['the most disk of a task', (e) => (e.services.api.ephemeralStorageGib = 200)],
  ['disk that just fits on the nodes', (e) => (kubernetes(e), (e.jobs.sync.ephemeralStorageGib = 26))],
  ['disk that fits on the nodes of its group', (e) => { grouped(e); e.kubernetes.nodeGroups.reports.diskGb = 100; e.workers.runner.ephemeralStorageGib = 50; }],
  ['the longest time to stop on Fargate', (e) => (e.services.api.stopTimeoutSeconds = 120)],
  ['a longer time to stop in a pod', (e) => (kubernetes(e), (e.services.api.stopTimeoutSeconds = 600))],
  ['an error status that counts as healthy on Fargate', (e) => (e.services.api.health.matcher = '200,401')],
  ['redirects that count as healthy in a pod', (e) => (kubernetes(e), (e.services.api.health.matcher = '200-399'))],
  ['half the tasks at a time', (e) => { e.services.api.replicas.min = 2; e.services.api.deployment = { minimumHealthyPercent: 50, maximumPercent: 100 }; }],
  ['a builder', (e) => (e.builders = builder({}))],
  ['a builder of what a bucket holds, with its commands', (e) => (e.builders = builder({ source: fromBucket, buildspec: { kind: 'inline', text: 'version: 0.2\nphases: {}\n' } }))],
  ['a builder that takes its commands from a bucket, acknowledged', (e) => { e.builders = builder({ source: fromBucket, buildspec: { kind: 'source' } }); e.acknowledge = { 'builder-source-commands': { 'builders.images.buildspec': 'only our own CI writes there' } }; }],
  ['the same on Kubernetes', (e) => kubernetes(e)],
  ['Kubernetes that waits behind Fargate', (e) => { kubernetes(e); e.tier = 'fargate'; e.nextTier = 'kubernetes'; }],
  ['a protected cluster that an office reaches', (e) => { protect(e); kubernetes(e, { endpoint: 'public', publicAccessCidrs: ['198.51.100.7/32'] }); }],
  ['a protected cluster with an open API, acknowledged', (e) => { protect(e); kubernetes(e, { endpoint: 'public' }); e.acknowledge = { 'kubernetes-endpoint-open': { 'kubernetes.publicAccessCidrs': 'runners without fixed addresses' } }; }],
  ['an unprotected cluster with an open API', (e) => kubernetes(e, { endpoint: 'public' })],
  ['a pod that just fits', (e) => { kubernetes(e); Object.assign(e.services.api, { vcpu: 1.4, memoryMib: 2850 }); }],
  ['as many pods with prefixes', (e) => { kubernetes(e, { nodes: { min: 2, max: 2 } }); e.workers.runner.replicas.max = 10; }],
  ['Graviton nodes for images that are built for them', (e) => { kubernetes(e, { nodes: { instanceTypes: ['t4g.medium'] } }); for (const c of [e.services.api, e.workers.runner, e.jobs.sync]) c.architecture = 'arm64'; }],
  ['types of the same size of two families', (e) => kubernetes(e, { nodes: { instanceTypes: ['t3.medium', 't3a.medium'] } })],
  ['a node image of the same version', (e) => kubernetes(e, { nodeRelease: '1.35.2-20261112' })],
  ['metrics where Prometheus reads them', (e) => { kubernetes(e, { monitoring: 'prometheus' }); e.services.api.metrics = { port: 9090, path: '/actuator/prometheus' }; e.workers.runner.metrics = { port: 9090 }; }],
  ['a pod that fits on the nodes of its group only', (e) => { grouped(e); e.workers.runner.memoryMib = 8192; }],
  ['an image for the architecture of its group', (e) => { grouped(e, ['r7g.large']); e.workers.runner.architecture = 'arm64'; }],
  ['labels of nodes', (e) => { grouped(e); e.kubernetes.nodeGroups.reports.labels = { 'example.com/team': 'data', empty: '' }; }],
  ['sizes that Fargate does not sell', (e) => { kubernetes(e); Object.assign(e.services.api, { vcpu: 0.3, memoryMib: 700 }); }],
  ['alarms with other figures', (e) => (e.observability.alarms = { 'service-cpu': { threshold: 70, periodSeconds: 60, periods: 5 }, 'cache-memory': {}, 'database-connections': { threshold: 100 }, latency: false })],
  ['no alarms and no recipient', (e) => (e.observability = { alarms: 'none' })],
  ['a budget', (e) => (e.observability.budget = { monthlyUsd: 92.5, scope: 'environment' })],
  ['traces and metrics of the application', (e) => Object.assign(e.observability, { tracing: 'xray', applicationMetrics: { latency: { name: 'api.latency', title: 'Latency', statistic: 'p95', alarmAbove: 2 } } })],
  ['rotation where the account has a trail', (e) => { e.backend.store.singletons = { cloudTrail: 'existing' }; rotating(e); }],
  ['the whole login of a role that rotates', (e) => { e.backend.store.singletons = { cloudTrail: 'existing' }; rotating(e); Object.assign(e.services.api.environment, { U: { databaseRole: 'reports', key: 'username' }, P: { databaseRole: 'reports', key: 'password' } }); }],
  ['the user of a login by token', (e) => { byToken(e); e.services.api.environment.U = { databaseRole: 'reports', key: 'username' }; }],
  ['storage that does not grow', (e) => Object.assign(e.database, { storageGb: 100, maxStorageGb: 100 })],
];

/** Inputs that are refused. */
export const REFUSED: readonly Refused[] = REFUSED_CHANGES.map(([name, change, ...answer]) => [name, changed(change), ...answer]);

/** Inputs that are accepted; each is close to one that is refused. */
export const ACCEPTED: readonly Accepted[] = ACCEPTED_CHANGES.map(([name, change]) => [name, changed(change)]);

/** The rule that warns, and the change that it warns of. */
export const WARNED: readonly (readonly [rule: string, change: Change])[] = [
  ['account-unpinned', (e) => delete e.account],
  ['github-names', (e) => (e.backend.store.github = { owner: 'acme', repository: 'shop' })],
  [
    'rotation-role',
    (e) => (
      rotating(e),
      (e.backend.store.singletons = { cloudTrail: 'existing' }),
      (e.backend.store.github = {
        owner: 'acme',
        repository: 'shop',
        ownerId: '1',
        repositoryId: '2',
        applyEnvironments: ['shop-test'],
      })
    ),
  ],
  ['local-state', (e) => (e.backend = { kind: 'local' })],
  ['single-nat', (e) => protect(e)],
  ['unprotected-backups', (e) => (e.database.backupRetentionDays = 0)],
  ['replica-network-unused', (e) => (e.network.replicaNetworks = { 'eu-central-1': { cidr: '10.1.0.0/24' } })],
  ['queue-visibility', (e) => (e.queues.work.visibilityTimeoutSeconds = 60)],
  [
    'cloudflare-idle',
    (e) => {
      e.domain.provider = 'cloudflare';
      e.edge = { idleTimeoutSeconds: 300, cloudflare: { plan: 'free' } };
    },
  ],
  ['waf-rate-low', (e) => (e.edge = { waf: { rules: { rate: { kind: 'rate', priority: 1, requests: 299 } } } })],
  ['singleton-spot', (e) => singleton(e, { spotPercent: 50 })],
  ['scaling-missing', (e) => delete e.services.api.scaling],
  ['pooler-connections-deploying', (e) => pooled(e)],
  ['alarms-unheard', (e) => (e.observability.notifications = {})],
  ['rotation-trail', (e) => rotating(e)],
  ['database-apply-immediately', (e) => (protect(e), (e.network.nat = 'per-az'), (e.database.applyImmediately = true))],
  ['pod-scaling-requests', (e) => (kubernetes(e), (e.services.api.scaling = { cpuPercent: 70, requestsPerTarget: 100 }))],
  ['pod-spot', (e) => (kubernetes(e), (e.services.api.spotPercent = 50))],
  [
    'kubernetes-builders',
    (e) => {
      kubernetes(e);
      e.builders = { images: { source: { kind: 'github', url: 'https://github.com/shop/shop' }, images: ['api'] } };
    },
  ],
  [
    'pod-metrics-public',
    (e) => {
      kubernetes(e, { monitoring: 'prometheus' });
      e.services.api.metrics = { port: e.services.api.port };
    },
  ],
  ['kubernetes-endpoint-example', (e) => kubernetes(e, { endpoint: 'public', publicAccessCidrs: ['203.0.113.0/24'] })],
  ['node-group-unused', (e) => kubernetes(e, { nodeGroups: { reports: { instanceTypes: ['r7i.large'], max: 1 } } })],
  [
    'node-capacity',
    (e) => {
      kubernetes(e, { nodes: { min: 1, max: 3 } });
      e.workers.runner.replicas.max = 12;
    },
  ],
];
