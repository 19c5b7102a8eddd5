/** H2O Allegiant: what is the same in every environment. Source: its document "AWS Infrastructure (Terraform)". */
import { defineSystem } from '../../src/config';

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

export const h2o = defineSystem({
  system: 'h2o',
  region: 'us-east-1',
  tier: 'fargate',
  // One store for both environments: bucket, table and region as the document's backend.tf writes them.
  backend: {
    kind: 's3',
    store: {
      name: 'h2o',
      region: 'us-east-1',
      bucket: 'h2o-terraform-state',
      // The document's backend names this table. `both`: a lock file as well, because `dynamodb_table` is deprecated.
      lockTable: 'terraform-locks',
      lock: 'both',
      // "Automatic rotation": containers are restarted by an event of CloudTrail. Assumption: the account has no trail yet.
      singletons: { cloudTrail: 'create' },
    },
  },
  // "CloudFront (CDN)" in front of both "AWS Amplify (Frontend)" and "ALB (Public)": one distribution with all names, because a
  // name can be on one only. The path decides: what follows goes to the backend, everything else to the frontend.
  // Assumption: the backend's paths; the document names /health only.
  // "ALB (Public)", in the public subnets ("Public: ALB, NAT Gateway"): not the internal load balancer of the default.
  edge: { cdn: { originAccess: 'prefix-list', servicePaths: ['/api/*', '/health'] } },
  frontends: {
    // Each environment builds a separate branch.
    web: {
      kind: 'amplify',
      // Assumption: the repository's address, a build by npm into dist, and which of its files have names that change with them.
      repository: 'https://github.com/h2o-allegiant/h2o-frontend',
      buildSpec: [
        'version: 1',
        'frontend:',
        '  phases:',
        '    preBuild: { commands: [npm ci] }',
        '    build: { commands: [npm run build] }',
        "  artifacts: { baseDirectory: dist, files: ['**/*'] }",
        '  cache: { paths: [node_modules/**/*] }',
        '',
      ].join('\n'),
      cachedPaths: ['/assets/*'],
    },
  },
  database: {
    placement: 'managed',
    // Assumption: the document says PostgreSQL without a version, database name or storage.
    version: '16',
    name: 'h2o',
    storageGb: 20,
    backupRetentionDays: 7,
    // "Slow queries: > 1s".
    slowStatementMilliseconds: 1000,
    // The function that rotates logins needs the master's in a secret of the environment. Assumption: its interval, too.
    credentials: { kind: 'rotated-secret', rotateAfterDays: 90 },
    // Choice: "automatic rotation enabled" (security) excludes the "connection string in Secrets Manager" (troubleshooting),
    // because a rotation does not rewrite a URL; so containers read the parts of the login one by one.
    // Assumption: a rotation a quarter; the document gives no days.
    roles: { app: { privileges: 'owner', rotateAfterDays: 90 } },
  },
  buckets: {
    pdfs: {
      // "Lifecycle policies" without figures. Assumption: after 90 days a PDF is rarely read.
      transitions: [{ afterDays: 90, storageClass: 'STANDARD_IA' }],
    },
  },
  // "API keys" in Secrets Manager, which the task role may read.
  secrets: {
    'api-keys': {
      // Assumption: one secret holds all keys; the document names none of them.
      description: 'Keys of the APIs that the backend calls, as one JSON object',
      readers: ['backend'],
    },
  },
  images: { backend: {} },
  // "High CPU (ECS) > 80% for 5 min", "High Memory (ECS) > 85% for 5 min", "High Error Rate > 1% for 5 min", "RDS Connections
  // > 80 connections", "Slow Queries > 1s average". The last is the mean of all statements, by Performance Insights.
  observability: {
    // Assumption: the document names no address.
    notifications: { emails: ['ops@h2o.example'] },
    alarms: {
      'service-cpu': { threshold: 80, periodSeconds: 300, periods: 1 },
      'service-memory': { threshold: 85, periodSeconds: 300, periods: 1 },
      'error-rate': { threshold: 1, periodSeconds: 300, periods: 1 },
      // Assumption: five minutes, as for the others.
      'database-connections': { threshold: 80, periodSeconds: 300, periods: 1 },
      'database-query-time': { threshold: 1, periodSeconds: 300, periods: 1 },
    },
  },
  services: {
    // "2 vCPU, 4 GB RAM, 6 workers", health check at /health, rolling deployment that rolls back by itself.
    backend: {
      image: 'backend',
      vcpu: 2,
      memoryMib: 4096,
      // Assumption: uvicorn's and gunicorn's usual port.
      port: 8000,
      // The path is the document's. Assumption: the timings, which are Terrace's defaults.
      health: { path: '/health' },
      routes: [{}],
      // "Based on CPU/Memory". Assumption: the targets, which are below the alarms at 80 and 85 percent.
      scaling: { cpuPercent: 70, memoryPercent: 75 },
      // Six workers are the document's. Assumption: gunicorn's and uvicorn's variable for them.
      environment: { ...environment, WEB_CONCURRENCY: '6' },
      permissions: [{ bucket: 'pdfs', access: 'read-write' }],
    },
  },
  jobs: {
    // "alembic upgrade head", with the backend's image. Assumption: before each release, besides on demand.
    migrate: {
      image: 'backend',
      command: ['alembic', 'upgrade', 'head'],
      before: 'release',
      // Assumption: a migration waits for the database more than it computes.
      vcpu: 0.5,
      memoryMib: 1024,
      environment,
    },
  },
});

/** "Application Metrics: API latency, error rates, AI generation duration". Assumption: their names in the application. */
export const applicationMetrics = {
  'api-latency': { name: 'http.server.request.duration', title: 'API latency', statistic: 'p95' },
  'error-rate': { name: 'http.server.errors', title: 'Errors', statistic: 'Sum' },
  'generation-time': { name: 'ai.generation.duration', title: 'AI generation time', statistic: 'p95' },
} as const;
