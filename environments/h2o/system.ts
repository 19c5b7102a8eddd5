/** H2O Allegiant: what is the same in every environment. Source: its document "AWS Infrastructure (Terraform)". */
import type { EnvironmentInput } from '../../src/config';

/** One store for both environments: bucket, table and region as the document's backend.tf writes them. */
export const backend: EnvironmentInput['backend'] = {
  kind: 's3',
  store: { name: 'h2o', region: 'us-east-1', bucket: 'h2o-terraform-state', lockTable: 'terraform-locks' },
};

/** "API keys" in Secrets Manager, which the task role may read. */
export const secrets: EnvironmentInput['secrets'] = {
  'api-keys': {
    // Assumption: one secret holds all keys; the document names none of them.
    description: 'Keys of the APIs that the backend calls, as one JSON object',
    readers: ['backend'],
  },
};

export const buckets: EnvironmentInput['buckets'] = {
  pdfs: {
    // "Lifecycle policies" without figures. Assumption: after 90 days a PDF is seldom read.
    transitions: [{ afterDays: 90, storageClass: 'STANDARD_IA' }],
  },
};

/**
 * Logins of the application.
 * Choice: "automatic rotation enabled" (security) excludes the "connection string in Secrets Manager" (troubleshooting),
 * because a rotation rewrites only the password; so the parts of the login are handed over one by one.
 */
export const roles = {
  // Assumption: a rotation a quarter; the document gives no days.
  app: { privileges: 'owner', rotateAfterDays: 90 },
} as const;

/** Assumption: the names of all variables but the port's; the document names none. */
const environment = {
  DATABASE_HOST: { from: 'database.host' },
  DATABASE_PORT: { from: 'database.port' },
  DATABASE_NAME: { from: 'database.name' },
  DATABASE_USER: { databaseRole: 'app', key: 'username' },
  DATABASE_PASSWORD: { databaseRole: 'app', key: 'password' },
  REDIS_URL: { from: 'cache.url' },
  PDF_BUCKET: { from: 'bucket.pdfs.name' },
} as const;

/** "2 vCPU, 4 GB RAM, 6 workers", health check at /health, rolling deployment that takes itself back. */
export const backendService = {
  image: 'backend',
  vcpu: 2,
  memoryMib: 4096,
  // Assumption: uvicorn's and gunicorn's usual port.
  port: 8000,
  // The path is the document's. Assumption: the timings, which are Terrace's defaults.
  health: { path: '/health' },
  routes: [{}],
  // "Based on CPU/Memory". Assumption: the targets, which lie below the alarms at 80 and 85 percent.
  scaling: { cpuPercent: 70, memoryPercent: 75 },
  // Six workers are the document's. Assumption: gunicorn's and uvicorn's variable for them.
  environment: { ...environment, WEB_CONCURRENCY: '6' },
  permissions: [{ bucket: 'pdfs', access: 'read-write' }],
} satisfies Partial<NonNullable<EnvironmentInput['services']>[string]>;

/** "alembic upgrade head", run on demand with the backend's image. */
export const migrate = {
  image: 'backend',
  command: ['alembic', 'upgrade', 'head'],
  // Assumption: a migration waits for the database more than it computes.
  vcpu: 0.5,
  memoryMib: 1024,
  environment,
} satisfies NonNullable<EnvironmentInput['jobs']>[string];
