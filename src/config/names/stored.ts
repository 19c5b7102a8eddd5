/** Names of buckets, secrets and images. Pure. */
import { type EnvironmentName, environmentPath } from './environment';
import { resourceName } from './fitted';

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
