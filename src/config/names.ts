/**
 * Every name that is derived, once: what resolves an environment, what checks it and what builds it agree on them. Pure.
 *
 * Names of AWS resources are `<environment>-<thing>`, shortened with a hash where AWS's limit is shorter.
 */
import { createHash } from 'node:crypto';

/** AWS's limits on the length of names, in characters. Source: the service quotas pages of each service. */
export const NAME_LIMITS = {
  loadBalancer: 32,
  targetGroup: 32,
  cacheReplicationGroup: 40,
  cloudFront: 64,
  codeBuildProject: 150,
  database: 63,
  databaseSubnetGroup: 255,
  // 60 characters for the delivery of its logs, whose name ends with `-cdn`.
  distribution: 56,
  efsAccessPoint: 128,
  // The creation token of a restored file system.
  efsRestore: 64,
  eventRule: 64,
  iamPolicy: 128,
  iamRole: 64,
  lambdaFunction: 64,
  logGroup: 512,
  queue: 80,
  repository: 256,
  restoreTestingPlan: 50,
  s3Bucket: 63,
  scheduler: 64,
  securityGroup: 255,
  stateMachine: 80,
  webAcl: 128,
} as const;

const HASH_LENGTH = 6;

/** The first characters of a hash over the text: distinguishes names that were shortened at the same position. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, HASH_LENGTH);
}

/** The SNS topic of an environment's notices, in each region where something is monitored. */
export function noticesTopicName(environment: string): string {
  return `${environment}-notices`;
}

/** The SNS topic to which a cluster's Alertmanager reports that it works. */
export function watchdogTopicName(environment: string): string {
  return `${environment}-watchdog`;
}

/** The restore testing plan of one resource. AWS Backup admits letters, digits and underscores. */
export function restoreTestingPlanName(environment: string, resource: string): string {
  return resourceName(environment, resource, 'restoreTestingPlan').replaceAll('-', '_');
}

/** The state machine that validates what a drill has restored, the cluster of its containers, and their task definitions. */
export function restoreDrillName(environment: string): string {
  return resourceName(environment, 'restore-drill', 'stateMachine');
}

/** The private DNS zone in which the containers of an environment find its services. ICANN reserves `internal` for such zones. */
export function serviceZone(environment: string): string {
  return `${environment}.internal`;
}

/** The host name of a service in that zone. */
export function serviceHost(environment: string, key: string): string {
  return `${key}.${serviceZone(environment)}`;
}

/** The text itself when it fits, otherwise its head and a hash of the whole. */
export function fitName(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const head = text.slice(0, limit - HASH_LENGTH - 1).replace(/-+$/, '');
  return `${head}-${shortHash(text)}`;
}

/** `<environment>-<thing>`, within the limit of the kind of resource. */
export function resourceName(environment: string, thing: string, kind: keyof typeof NAME_LIMITS): string {
  return fitName(`${environment}-${thing}`, NAME_LIMITS[kind]);
}

/** The environment's name without its system: `prod` of `h2o-prod`. */
export function shortEnvironmentName(system: string, name: string): string {
  return name.startsWith(`${system}-`) ? name.slice(system.length + 1) : name;
}

/** The beginnings of the ids of stacks that belong to no environment: of state stores, and of DNS zones that several share. */
export const SHARED_STACK_PREFIXES = { bootstrap: 'bootstrap-', zone: 'zone-' } as const;

/** The id of the stack that creates a state store. The store's name is last, so that no glob of an environment matches it. */
export function bootstrapStackId(storeName: string): string {
  return `${SHARED_STACK_PREFIXES.bootstrap}${storeName}`;
}

/** Whether a stack belongs to no environment. */
export function isSharedStack(stackId: string): boolean {
  return Object.values(SHARED_STACK_PREFIXES).some((prefix) => stackId.startsWith(prefix));
}

/**
 * A name that keeps its end when it is shortened: the boundaries of apply roles protect roles and policies by these ends.
 * @example shop-prod-terraform-apply
 */
function terraformName(owner: string, end: 'plan' | 'apply' | 'boundary', limit: number): string {
  const suffix = `-terraform-${end}`;
  return `${fitName(owner, limit - suffix.length)}${suffix}`;
}

/** The role that plans with the states of a store. */
export function planRoleName(storeName: string): string {
  return terraformName(storeName, 'plan', NAME_LIMITS.iamRole);
}

/** The role that applies an environment or a shared zone. */
export function applyRoleName(group: string): string {
  return terraformName(group, 'apply', NAME_LIMITS.iamRole);
}

/** The permissions boundary of the roles of an environment or a shared zone, its apply role among them. */
export function boundaryName(group: string): string {
  return terraformName(group, 'boundary', NAME_LIMITS.iamPolicy);
}

/** What the keys of an environment's states begin with: `prod/`. */
export function environmentStatePrefix(shortName: string): string {
  return `${shortName}/`;
}

/** The key of the state of a stack: `prod/network/terraform.tfstate`. @param kind of the stack */
export function environmentStateKey(shortName: string, kind: string): string {
  return `${environmentStatePrefix(shortName)}${kind}/terraform.tfstate`;
}

/** What the keys of a shared zone's states begin with: `zone-shop-example/`. */
export function zoneStatePrefix(zone: string): string {
  return `${zoneStackName(zone)}/`;
}

/** The alias of the KMS key that encrypts the states of a store. */
export function stateKeyAlias(storeName: string): string {
  return `alias/${storeName}-terraform-state`;
}

/** The bucket of the audit trail, where the store's bootstrap stack creates it. */
export function auditBucketName(stateBucket: string): string {
  return fitName(`${stateBucket}-audit`, NAME_LIMITS.s3Bucket);
}

/** The account's audit trail and the alias of its key, where the store's bootstrap stack creates them. */
export function auditTrailName(storeName: string): string {
  return `${storeName}-audit`;
}

/** Monitor and subscription of the account's cost anomalies, where the store's bootstrap stack creates them. */
export function costAnomaliesName(storeName: string): string {
  return `${storeName}-cost-anomalies`;
}

/** The DynamoDB table of a store's locks, where the store does not name one. */
export function lockTableName(storeName: string): string {
  return `${storeName}-terraform-locks`;
}

/** An environment as its file names it. */
export interface EnvironmentName {
  readonly system: string;
  /** With the system: `h2o-prod`. */
  readonly name: string;
}

/** What secrets, image parameters and log groups of an environment are below: `/h2o/prod`. */
export function environmentPath({ system, name }: EnvironmentName): string {
  return `/${system}/${shortEnvironmentName(system, name)}`;
}

/** The largest number of a pull request that can have a preview: names with more digits do not fit the limits of AWS. */
export const LARGEST_PREVIEW_NUMBER = 99_999;

/** What the names of a preview have in common: `pr-12`. It is the kind of its stack, and the first label of its host names. */
export function previewLabel(number: number): `pr-${number}` {
  return `pr-${number}`;
}

/** Whether a name could be that of a preview, or begins like the names of its resources. */
export function looksLikePreview(name: string): boolean {
  return /^pr-\d/.test(name);
}

/** The name that begins the names of a preview's resources: `shop-dev-pr-12`. */
export function previewName(environment: string, number: number): string {
  return `${environment}-${previewLabel(number)}`;
}

/** A host name of a preview: `pr-12.api.dev.shop.example`. */
export function previewHost(number: number, host: string): string {
  return `${previewLabel(number)}.${host}`;
}

/** The database of a preview on the server of its environment, a PostgreSQL identifier: `pr_12`. */
export function previewDatabase(number: number): string {
  return `pr_${number}`;
}

/** Whether a database or a login could be that of a preview, with which it would be dropped. */
export function looksLikePreviewDatabase(name: string): boolean {
  return /^pr_\d/.test(name);
}

/** PostgreSQL cuts longer identifiers off. */
const IDENTIFIER_LENGTH = 63;

/**
 * A login of a preview, as roles belong to the whole server: `pr_12_app`. A longer one ends with a hash, so that no two become the
 * same.
 */
export function previewRole(number: number, role: string): string {
  const name = `${previewDatabase(number)}_${role}`;
  if (name.length <= IDENTIFIER_LENGTH) return name;
  return `${name.slice(0, IDENTIFIER_LENGTH - HASH_LENGTH - 1)}_${shortHash(name)}`;
}

/** The keys of the states of an environment's previews. */
export function previewStateKeys(shortName: string): RegExp {
  return new RegExp(`^${shortName}/pr-(\\d+)/terraform\\.tfstate$`);
}

/** The Secrets Manager name of a secret that a person sets once for all previews of an environment. */
export function previewSecretName(environment: EnvironmentName, key: string): string {
  return `${environmentPath(environment)}/previews/${key}`;
}

/** The job in every environment with a managed database that creates the logins of applications. */
export const DATABASE_INIT_KEY = 'database-init';

/** The annotation of a CronJob that holds, as JSON, the ExternalSecret with the master's login: it exists during a run only. */
export const LOGIN_ANNOTATION = 'terrace/login';

/** The job in every preview with a database that drops its database and logins. */
export const DATABASE_DROP_KEY = 'database-drop';

/**
 * The family of copies of a job's task definition with another image. With an underscore, which no name of a job has: otherwise it
 * could be the family of another job.
 */
export function imageRunFamily(family: string): string {
  return `${family}_release`;
}

/** The Step Functions state machine that runs a job on Fargate. */
export function jobStateMachineName(environment: string, job: string): string {
  return resourceName(environment, `${job}-job`, 'stateMachine');
}

/** The state machines that switch an environment off and on. */
export function sleepStateMachineNames(environment: string): { readonly sleep: string; readonly wake: string } {
  return {
    sleep: resourceName(environment, 'sleep', 'stateMachine'),
    wake: resourceName(environment, 'wake', 'stateMachine'),
  };
}

/** The container of the OpenTelemetry collector in a task. */
export const COLLECTOR_KEY = 'collector';

/** The container of PgBouncer in a task. */
export const POOLER_KEY = 'pooler';

/** The name that AWS shows of a service, worker or job. */
export function containerName(environment: string, key: string, given?: string): string {
  return given ?? `${environment}-${key}`;
}

/** What decides about the log group of a container, besides its own field. */
export interface LogSettings extends EnvironmentName {
  readonly logs: { readonly group?: string };
}

/**
 * The log group of a container, or of another thing that writes logs.
 * @param given the container's own `logGroup`
 */
export function logGroupName(environment: LogSettings, key: string, given?: string): string {
  return given ?? environment.logs.group ?? `${environmentPath(environment)}/${key}`;
}

/** The log group of the host itself: nginx, system, backups. */
export function hostLogGroupName(environment: LogSettings): string {
  return logGroupName(environment, 'host');
}

/** The id of a log group inside its stack: its name without what an id cannot contain. */
export function logGroupId(name: string): string {
  return name
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .toLowerCase();
}

/** The bucket for access logs, where the environment declares none of purpose `logs`. */
export const ACCESS_LOGS_BUCKET_KEY = 'access-logs';

/** The bucket that the host pulls its configuration from. */
export const CONFIGURATION_BUCKET_KEY = 'box-configuration';

/** The key of its only object, the bundle: JSON `{ "files": [{ "path", "mode", "content" }] }`. */
export const CONFIGURATION_KEY = 'configuration.json';

/** The name of a bucket, which is unique among all of AWS. */
export function bucketName(environment: string, key: string, given?: string): string {
  return given ?? resourceName(environment, key, 's3Bucket');
}

/** The Secrets Manager name of a declared secret. */
export function secretName(environment: EnvironmentName, key: string, given?: string): string {
  return given ?? `${environmentPath(environment)}/${key}`;
}

/** The login that is not an application's: only `database-init` reads it. */
export const MASTER_LOGIN = 'master';

/** The Secrets Manager name of a database login: of an application's role, or `MASTER_LOGIN`. */
export function loginSecretName(environment: EnvironmentName, role: string, given?: string): string {
  return secretName(environment, `database/${role}`, given);
}

/**
 * The secret with the first master password of a database, which is useless once it is rotated. Every plan has to read it, so
 * the plan role may read exactly these secrets.
 * @param login the name of the secret of the master login
 */
export function seedSecretName(login: string): string {
  return `${login}-seed`;
}

/** The ECR repository of an image: `h2o/prod/api`. */
export function repositoryName(environment: EnvironmentName, image: string): string {
  return `${environmentPath(environment).slice(1)}/${image}`;
}

/** The key of the copy of PgBouncer's image. */
export const PGBOUNCER_KEY = 'pgbouncer';

/** The ECR repository of a copy of a third-party image: `h2o/prod/mirror/pgbouncer`. */
export function mirrorRepositoryName(environment: EnvironmentName, image: string): string {
  return `${environmentPath(environment).slice(1)}/mirror/${image}`;
}

/** The SSM parameter that says which image runs: `/h2o/prod/images/api`. */
export function imageParameterName(environment: EnvironmentName, image: string): string {
  return `${environmentPath(environment)}/images/${image}`;
}

/**
 * A zone as part of the id of a stack. Dots become hyphens and hyphens double, so that no two zones get the same id.
 * @example zone-shop-example
 */
export function zoneStackName(zone: string): string {
  return `zone-${zone.replaceAll('-', '--').replaceAll('.', '-')}`;
}

/** The name of a single host in a shared zone at Cloudflare, where records that change their type would be missing meanwhile. */
export function hostRecordName(environment: string, zone: string): string {
  return `${environment}.${zone}`;
}

/** The name under which CloudFront asks for the services: it follows the tier, while the public name stays with CloudFront. */
export function originName(firstDomainName: string): string {
  return `origin.${firstDomainName}`;
}

/** Where containers with packages meet: on the network of the host. */
const LOOPBACK = '127.0.0.1';

/** Host names of data stores on the box. Containers of one Compose project reach each other by service name. */
const HOST_NAMES = {
  containers: { database: 'postgres', cache: 'redis' },
  packages: { database: LOOPBACK, cache: LOOPBACK },
} as const;

/**
 * Under which names containers on the box reach a database and a cache that are on the same host.
 * @param dataStores how they run there
 */
export function hostNames(dataStores: keyof typeof HOST_NAMES): { readonly database: string; readonly cache: string } {
  return HOST_NAMES[dataStores];
}

/** Under which name containers on the box reach a service. */
export function containerHost(dataStores: keyof typeof HOST_NAMES, key: string): string {
  return dataStores === 'packages' ? LOOPBACK : key;
}
