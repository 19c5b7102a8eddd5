/** Inputs about what an environment keeps that are refused and accepted: each a change of the rich example. */
import type { Accepted, Refused } from '../../support/refusals';
import { changed, type Change, type Json } from '../../support/rich';
import { pooled, protect } from './refused-inputs';

const LOCK = { mode: 'governance', days: 30 };
const reason = 'a reason of ten letters';

/** The bucket `uploads`, protected and locked, keeping objects for ever. */
function locked(e: Json, lock: Json = LOCK, bucket: Json = {}): void {
  protect(e);
  e.buckets.uploads = { objectLock: lock, ...bucket };
}

const cors = (e: Json, rule: Json): Json =>
  (e.buckets.uploads.cors = [{ origins: ['https://shop.example'], methods: ['PUT'], ...rule }]);
const notify = (e: Json, ...notifications: readonly Json[]): Json =>
  (e.buckets.uploads.notifications = notifications.map((one) => ({ queue: 'work', ...one })));
const mail = (e: Json, changes: Json = {}): Json => (e.email = { domain: 'shop.example', dmarc: { policy: 'none' }, ...changes });
const send = (e: Json, ...emailFrom: readonly string[]): Json => (e.services.api.permissions = [{ emailFrom }]);
const move = (e: Json, ...transitions: readonly (readonly [number, string])[]): Json =>
  (e.buckets.uploads = { transitions: transitions.map(([afterDays, storageClass]) => ({ afterDays, storageClass })) });

// prettier-ignore
const REFUSED_CHANGES: readonly (readonly [name: string, change: Change, path: string, rule: string | undefined, words: RegExp])[] = [
  // Buckets.
  ['an origin with a path', (e) => cors(e, { origins: ['https://shop.example/'] }), 'buckets.uploads.cors[0].origins[0]', undefined, /no slash at the end/],
  ['an origin without a scheme', (e) => cors(e, { origins: ['shop.example'] }), 'buckets.uploads.cors[0].origins[0]', undefined, /https:\/\/shop\.example/],
  ['a method that S3 does not answer', (e) => cors(e, { methods: ['PATCH'] }), 'buckets.uploads.cors[0].methods[0]', undefined, /"GET", "HEAD", "PUT"/],
  ['a wildcard of response headers', (e) => cors(e, { exposedHeaders: ['*'] }), 'buckets.uploads.cors[0].exposedHeaders[0]', undefined, /no wildcard here/],
  ['pages of any site', (e) => cors(e, { origins: ['*'] }), 'buckets.uploads.cors[0].origins[0]', 'bucket-cors-any-origin', /acknowledge: \{ 'bucket-cors-any-origin'/],
  ['a lock without a time', (e) => locked(e, { mode: 'governance' }), 'buckets.uploads.objectLock.days', undefined, /or `years` instead/],
  ['a lock with two times', (e) => locked(e, { mode: 'governance', days: 1, years: 1 }), 'buckets.uploads.objectLock.years', undefined, /in days or in years/],
  ['a lock without protection', (e) => (e.buckets.uploads = { objectLock: LOCK }), 'buckets.uploads.objectLock', 'object-lock', /under `protect`.*protect: true/],
  ['a lock without versions', (e) => locked(e, LOCK, { versioning: false }), 'buckets.uploads.versioning', 'object-lock', /omit it/],
  ['a lock on a bucket for logs', (e) => { protect(e); e.buckets.logs.objectLock = LOCK; }, 'buckets.logs.objectLock', 'object-lock', /no access logs/],
  ['objects that expire before their lock ends', (e) => locked(e, { mode: 'governance', days: 365 }, { expireAfterDays: 90 }), 'buckets.uploads.expireAfterDays', 'object-lock', /at least 335/],
  ['a lock that no one can lift', (e) => locked(e, { mode: 'compliance', years: 1 }), 'buckets.uploads.objectLock.mode', 'object-lock-compliance', /acknowledge: \{ 'object-lock-compliance'/],
  ['messages to a queue that is not declared', (e) => notify(e, { queue: 'wrok' }), 'buckets.uploads.notifications[0].queue', 'bucket-notification-queue', /did you mean "work"/],
  ['messages to a FIFO queue', (e) => { e.queues.work.fifo = true; notify(e, {}); }, 'buckets.uploads.notifications[0].queue', 'bucket-notification-queue', /without `fifo`/],
  ['a misspelt event', (e) => notify(e, { events: ['s3:ObjectCreated:Putt'] }), 'buckets.uploads.notifications[0].events[0]', undefined, /did you mean "s3:ObjectCreated:Put"/],
  ['a prefix with a wildcard', (e) => notify(e, { prefix: 'photos/*' }), 'buckets.uploads.notifications[0].prefix', undefined, /no wildcard here/],
  ['an event that another includes', (e) => notify(e, { events: ['s3:ObjectCreated:*', 's3:ObjectCreated:Put'] }), 'buckets.uploads.notifications[0].events', 'bucket-notification-events', /remove one of the two/],
  ['prefixes of which one begins with the other', (e) => notify(e, { prefix: 'photos/' }, { prefix: 'photos/2026/' }), 'buckets.uploads.notifications[1]', 'bucket-notifications-apart', /notifications\[0\] does not have/],
  ['all objects and some', (e) => notify(e, {}, { suffix: '.jpg', events: ['s3:ObjectCreated:Put'] }), 'buckets.uploads.notifications[1]', 'bucket-notifications-apart', /./],
  ['a move to a warmer class', (e) => move(e, [30, 'GLACIER'], [90, 'STANDARD_IA']), 'buckets.uploads.transitions[1].storageClass', 'bucket-lifecycle', /down this list: STANDARD_IA/],
  ['a move 15 days after one to infrequent access', (e) => move(e, [30, 'STANDARD_IA'], [45, 'GLACIER']), 'buckets.uploads.transitions[1].afterDays', 'bucket-lifecycle', /at least 60/],
  // Database.
  ['MySQL', (e) => (e.database.engine = 'mysql'), 'database.engine', undefined, /PostgreSQL is the only database.*root module of your own/],
  ['MySQL on the host', (e) => (e.database = { placement: 'host', engine: 'mysql', version: '16', name: 'shop' }), 'database.engine', undefined, /PostgreSQL is the only database/],
  ['a version with its minor one', (e) => (e.database.version = '17.4'), 'database.version', undefined, /"17" or "18".*the minor one/],
  ['a version that is no text', (e) => (e.database.version = 17), 'database.version', undefined, /./],
  ['a misspelt class', (e) => (e.database.instanceClass = 'db.t4g.mirco'), 'database.instanceClass', 'instance-class-unknown', /did you mean "db\.t4g\.micro"/],
  ['a size that a family does not have', (e) => (e.database.instanceClass = 'db.t4g.4xlarge'), 'database.instanceClass', 'instance-class-unknown', /acknowledge: \{ 'instance-class-unknown'/],
  ['a misspelt class of a replica', (e) => { e.database.credentials = { kind: 'rotated-secret', rotateAfterDays: 90 }; e.database.replicas = { reader: { instanceClass: 'db.t4g.smal' } }; }, 'database.replicas.reader.instanceClass', 'instance-class-unknown', /did you mean "db\.t4g\.small"/],
  ['a misspelt node type', (e) => (e.cache.nodeType = 'cache.t4g.smal'), 'cache.nodeType', 'instance-class-unknown', /did you mean "cache\.t4g\.small"/],
  ['a reserved word as the name of a database', (e) => (e.database.name = 'order'), 'database.name', 'database-names', /reserved word.*order_data/],
  ['a word that only RDS reserves', (e) => (e.database.name = 'catalog'), 'database.name', 'database-names', /reserved word/],
  ['TLS that is not forced', (e) => (e.database.parameters = { 'rds.force_ssl': '0' }), 'database.parameters["rds.force_ssl"]', 'database-parameters', /TLS is forced in any case/],
  ['connections in words', (e) => (e.database.parameters = { max_connections: 'many' }), 'database.parameters.max_connections', 'database-parameters', /a number such as "200"/],
  ['a parameter that is no name', (e) => (e.database.parameters = { 'work mem': '8192' }), 'database.parameters["work mem"]', 'database-parameters', /in lower case/],
  // Cache.
  ['an engine that is misspelt', (e) => (e.cache.engine = 'valky'), 'cache.engine', undefined, /did you mean "valkey"/],
  ['a version of Redis with Valkey', (e) => (e.cache.version = '7.1'), 'cache.version', 'cache-version', /7\.2, 8\.0, 8\.1, 8\.2 with engine "valkey".*engine: 'redis'/],
  ['a version of Valkey with Redis', (e) => Object.assign(e.cache, { engine: 'redis', version: '8.0' }), 'cache.version', 'cache-version', /6\.2, 7\.0, 7\.1 with engine "redis".*engine: 'valkey'/],
  ['Valkey on a host', (e) => (e.cache = { placement: 'host', engine: 'valkey' }), 'cache.engine', undefined, /"redis" on the host.*placement: 'managed'/],
  ['a queue whose jobs may be evicted', (e) => Object.assign(e.cache, { purpose: 'queue', evictionPolicy: 'allkeys-lru' }), 'cache.evictionPolicy', 'cache-queue-eviction', /acknowledge: \{ 'cache-queue-eviction'/],
  // E-mail.
  ['e-mail without a decision on DMARC', (e) => (e.email = { domain: 'shop.example' }), 'email.dmarc', undefined, /add `dmarc`/],
  ['a policy of DMARC that does not exist', (e) => mail(e, { dmarc: { policy: 'rejct' } }), 'email.dmarc.policy', undefined, /did you mean "reject"/],
  ['a MAIL FROM with dots', (e) => mail(e, { mailFrom: 'bounce.shop.example' }), 'email.mailFrom', undefined, /before the domain only/],
  ['e-mail of a domain in another zone', (e) => mail(e, { domain: 'mail.example' }), 'email.domain', 'email-domain', /"shop\.example", or a name below it/],
  ['e-mail without a zone', (e) => { mail(e); delete e.domain; e.services.api.routes = []; }, 'email.domain', 'email-domain', /add `domain`/],
  ['bounces to a name that is served', (e) => { mail(e, { mailFrom: 'www' }); e.domain.names.push('www.shop.example'); }, 'email.mailFrom', 'email-mail-from', /www\.shop\.example is in `domain\.names`/],
  ['e-mail in a region without SES', (e) => { mail(e); e.region = 'ap-east-1'; e.backend.store.region = 'ap-east-1'; }, 'email', 'email-region', /eu-west-1.*another region/],
  ['a sender without e-mail', (e) => send(e, 'orders@shop.example'), 'services.api.permissions[0].emailFrom[0]', 'email-sender', /add `email:/],
  ['a sender of another domain', (e) => { mail(e); send(e, 'orders@shop.exampel'); }, 'services.api.permissions[0].emailFrom[0]', 'email-sender', /did you mean "orders@shop\.example"/],
  ['a sender that is no address', (e) => { mail(e); send(e, '*@shop.example'); }, 'services.api.permissions[0].emailFrom[0]', undefined, /e-mail address/],
];

// prettier-ignore
const ACCEPTED_CHANGES: readonly (readonly [name: string, change: Change])[] = [
  ['pages of named origins', (e) => cors(e, { origins: ['https://shop.example', 'https://*.shop.example', 'http://localhost:3000'], headers: ['*', 'x-amz-*'], exposedHeaders: ['ETag'], maxAgeSeconds: 60 })],
  ['pages of any site, acknowledged', (e) => { cors(e, { origins: ['*'] }); e.acknowledge = { 'bucket-cors-any-origin': { 'buckets.uploads.cors[0].origins[0] = * for PUT': reason } }; }],
  ['a lock in days', (e) => locked(e)],
  ['a lock in years', (e) => locked(e, { mode: 'governance', years: 7 })],
  ['objects that expire when their lock has ended', (e) => locked(e, { mode: 'governance', days: 365 }, { expireAfterDays: 335 })],
  ['a lock that no one can lift, acknowledged', (e) => { locked(e, { mode: 'compliance', days: 30 }); e.acknowledge = { 'object-lock-compliance': { 'buckets.uploads.objectLock.mode = compliance for 30 days': reason } }; }],
  ['messages about different prefixes', (e) => notify(e, { prefix: 'photos/' }, { prefix: 'films/' })],
  ['messages about different suffixes below one prefix', (e) => notify(e, { prefix: 'photos/', suffix: '.jpg' }, { prefix: 'photos/', suffix: '.png' })],
  ['messages about different events', (e) => notify(e, {}, { events: ['s3:ObjectRemoved:*'] })],
  ['moves down the list of classes', (e) => move(e, [30, 'STANDARD_IA'], [60, 'GLACIER_IR'], [61, 'GLACIER'], [180, 'DEEP_ARCHIVE'])],
  ...(['14', '15', '16', '17', '18'] as const).map((version) => [`PostgreSQL ${version}`, (e: Json) => (e.database.version = version)] as const),
  ['a class that is newer than the table, acknowledged', (e) => { e.database.instanceClass = 'db.m9g.large'; e.acknowledge = { 'instance-class-unknown': { 'database.instanceClass = db.m9g.large': reason } }; }],
  ['a name that contains a reserved word', (e) => (e.database.name = 'orders')],
  ['parameters of extensions', (e) => (e.database.parameters = { 'rds.force_ssl': '1', 'pg_stat_statements.max': '5000', work_mem: '8192' })],
  ['connections by the formula of RDS, with a pooler', (e) => { pooled(e); e.database.parameters = { max_connections: 'LEAST({DBInstanceClassMemory/9531392},5000)' }; }],
  ...(['7.2', '8.0', '8.1', '8.2'] as const).map((version) => [`Valkey ${version}`, (e: Json) => (e.cache.version = version)] as const),
  ...(['6.2', '7.0', '7.1'] as const).map((version) => [`Redis ${version}`, (e: Json) => Object.assign(e.cache, { engine: 'redis', version })] as const),
  ['e-mail of the zone', (e) => { mail(e); send(e, 'orders@shop.example', 'Help@shop.example'); }],
  ['e-mail of a name below the zone, with a DMARC record that exists', (e) => mail(e, { domain: 'mail.shop.example', mailFrom: 'return', dmarc: 'existing' })],
  ['a queue', (e) => (e.cache.purpose = 'queue')],
  ['a cache that evicts any key', (e) => (e.cache.evictionPolicy = 'allkeys-lru')],
];

/** Inputs that are refused. */
export const REFUSED_DATA: readonly Refused[] = REFUSED_CHANGES.map(([name, change, ...answer]) => [
  name,
  changed(change),
  ...answer,
]);

/** Inputs that are accepted; each is close to one that is refused. */
export const ACCEPTED_DATA: readonly Accepted[] = ACCEPTED_CHANGES.map(([name, change]) => [name, changed(change)]);
