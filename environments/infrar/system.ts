/** Infrar: what is the same in staging and production. Source: its document "Infrastructure & Resource Placement Strategy". */
import type { EnvironmentInput } from '../../src/config';

type Buckets = NonNullable<EnvironmentInput['buckets']>;

/** Uploads, artifacts and logs, named `infrar-<stage>-<bucket>` and with the lifecycles of the document. */
export const buckets = (stage: 'prod' | 'staging'): Buckets => ({
  uploads: { name: `infrar-${stage}-uploads`, encryption: 'sse-s3', versioning: true, expireAfterDays: 90 },
  artifacts: {
    name: `infrar-${stage}-artifacts`,
    encryption: 'sse-s3',
    versioning: false,
    transitions: [{ afterDays: 30, storageClass: 'GLACIER' }],
  },
  // Assumption: the logs are those that load balancer and buckets write; services log to CloudWatch.
  logs: { name: `infrar-${stage}-logs`, encryption: 'sse-s3', expireAfterDays: 30, purpose: 'logs' },
});

/** PostgreSQL 15, as in the document's Compose file. Assumption: the database's name without its suffix for development. */
export const database = { placement: 'managed', version: '15', name: 'infrar' } as const;

/** DATABASE_HOST, DATABASE_PASSWORD are the document's. Assumption: the other names, made like them. */
export const databaseVariables = {
  DATABASE_HOST: { from: 'database.host' },
  DATABASE_PORT: { from: 'database.port' },
  DATABASE_NAME: { from: 'database.name' },
  DATABASE_USER: { databaseRole: 'app', key: 'username' },
  DATABASE_PASSWORD: { databaseRole: 'app', key: 'password' },
} as const;

/** The API. The container's own check and its timings stand in the document's task definition. */
export const platform = {
  image: 'platform',
  name: 'infrar-platform',
  port: 8080,
  health: {
    path: '/health',
    intervalSeconds: 30,
    timeoutSeconds: 5,
    unhealthyThreshold: 3,
    startPeriodSeconds: 60,
    command: 'curl -f http://localhost:8080/health || exit 1',
  },
  routes: [{}],
  logGroup: '/ecs/infrar-platform',
  logStreamPrefix: 'ecs',
  permissions: [
    // Assumption: the API takes code in and hands out what was made of it.
    { bucket: 'uploads', access: 'read-write' },
    { bucket: 'artifacts', access: 'read-write' },
  ],
} satisfies Partial<NonNullable<EnvironmentInput['services']>[string]>;

/** Assumption: the names of these two variables. */
export const bucketVariables = {
  UPLOADS_BUCKET: { from: 'bucket.uploads.name' },
  ARTIFACTS_BUCKET: { from: 'bucket.artifacts.name' },
} as const;
