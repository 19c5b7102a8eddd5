/** Infrar: what is the same in staging and production. Source: its document "Infrastructure & Resource Placement Strategy". */
import { defineSystem, type Bucket, type EmulatedInput } from '../../src/config';

/** Uploads and artifacts, named `infrar-<stage>-<bucket>` and with the lifecycles of the document. */
export const bucketsOf = (stage: 'prod' | 'staging' | 'local') =>
  ({
    uploads: { name: `infrar-${stage}-uploads`, encryption: 'sse-s3', versioning: true, expireAfterDays: 90 },
    artifacts: {
      name: `infrar-${stage}-artifacts`,
      encryption: 'sse-s3',
      versioning: false,
      transitions: [{ afterDays: 30, storageClass: 'GLACIER' }],
    },
  }) satisfies EmulatedInput['buckets'];

/** The same with the bucket that access logs go to. */
export const buckets = (stage: 'prod' | 'staging') => ({
  ...bucketsOf(stage),
  // Assumption: the logs are those that load balancer and buckets write; services log to CloudWatch.
  logs: { name: `infrar-${stage}-logs`, encryption: 'sse-s3', expireAfterDays: 30, purpose: 'logs' } satisfies Bucket,
});

/** DATABASE_HOST, DATABASE_PASSWORD are the document's. Assumption: the other names, made like them. */
export const databaseVariables = {
  DATABASE_HOST: { from: 'database.host' },
  DATABASE_PORT: { from: 'database.port' },
  DATABASE_NAME: { from: 'database.name' },
  DATABASE_USER: { databaseRole: 'app', key: 'username' },
  DATABASE_PASSWORD: { databaseRole: 'app', key: 'password' },
} as const;

/** Assumption: the names of these two variables. */
export const bucketVariables = {
  UPLOADS_BUCKET: { from: 'bucket.uploads.name' },
  ARTIFACTS_BUCKET: { from: 'bucket.artifacts.name' },
} as const;

/** "Configure billing alerts" (Step 1), for each of the two accounts, in addition to the budget of each environment. */
export const costAnomalies = { kind: 'create' as const, emails: ['ops@infrar.io'] };

export const infrar = defineSystem({
  system: 'infrar',
  tier: 'fargate',
  frontends: {
    // Cloudflare Pages, "select infrar-web repository; build command npm run build; output directory out; root directory /".
    // Choice: `npm run build` of the setup steps, not `npm run build && npm run export`: Next.js 14 has no `export` any more.
    // Choice: Pages of the final recommendation, not Vercel.
    web: {
      kind: 'cloudflare-pages',
      // Assumption: the owner of the repository.
      repository: { owner: 'infrar', name: 'infrar-web' },
      buildCommand: 'npm run build',
      output: 'out',
      rootDirectory: '/',
    },
  },
  // PostgreSQL 15, as in the document's Compose file. Assumption: the database's name without its suffix for development.
  database: { placement: 'managed', version: '15', name: 'infrar' },
  observability: {
    // Assumption: the document names no address.
    notifications: { emails: ['ops@infrar.io'] },
    // "Alarms (error rates, latency)", "Dashboards". Choice: the document has no figures, so they are Terrace's.
    alarms: { 'error-rate': {}, latency: {} },
  },
  services: {
    // The API. The container's own check and its timings are in the document's task definition.
    platform: {
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
    },
  },
});
