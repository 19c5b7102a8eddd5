/** infrar-production: "AWS Account: infrar-production, eu-west-1", the document's final recommendation; about $540-850 a month. */
import { defineEnvironment } from '../../src/config';
import { buildCommands } from './build-commands';
import { apiKeys } from './secrets';
import { buckets, bucketVariables, costAnomalies, databaseVariables, infrar } from './system';

// Assumption: where the API receives source code; the document names no paths.
const codePaths = ['/api/v1/uploads', '/api/v1/transform'];

export default defineEnvironment({
  ...infrar,
  name: 'infrar-production',
  region: 'eu-west-1',
  protect: true,
  acknowledge: {
    'bucket-unversioned': {
      'buckets.artifacts.versioning': 'the document has versions of uploads only; artifacts are built again',
    },
    residency: {
      'database.replicas.us.region = us-east-1':
        'the document asks for a read replica in us-east-1 by name; an explicit figure beats "no data leaves the EU"',
    },
    'task-role-wildcard': {
      'services.platform.permissions[3].secretPath = /infrar/production/users/*':
        'the credentials of users are secrets below users/{project_id}, made while the platform runs',
      'workers.terraform-executor.permissions[3].secretPath = /infrar/production/users/*':
        'a run uses the credentials of its user, which are made while the platform runs',
    },
  },
  backend: {
    kind: 's3',
    // Assumption: the bucket's name. A separate store, because production has a separate account.
    store: {
      name: 'infrar-production',
      region: 'eu-west-1',
      bucket: 'infrar-production-terraform-state',
      // "Audit Logs: CloudTrail enabled for all API calls".
      singletons: { cloudTrail: 'create', costAnomalies },
    },
  },
  network: {
    cidr: '10.0.0.0/16',
    zones: ['a', 'b', 'c'],
    subnets: {
      public: ['10.0.1.0/24', '10.0.2.0/24', '10.0.3.0/24'],
      private: ['10.0.11.0/24', '10.0.12.0/24', '10.0.13.0/24'],
      // Assumption: the document puts the database into the private subnets; here data has subnets without a way out.
      isolated: ['10.0.21.0/24', '10.0.22.0/24', '10.0.23.0/24'],
    },
    // "NAT Gateways: 1 per public subnet (high availability)".
    nat: 'per-az',
    // Assumption: refused connections are worth recording in production; the document is silent.
    flowLogs: {},
    // Assumption: the replica's addresses.
    replicaNetworks: { 'us-east-1': { cidr: '10.100.0.0/24' } },
  },
  domain: {
    // infrar.io and www.infrar.io are Cloudflare's; "Route 53: api.infrar.io -> ALB" is a zone below, delegated to Route 53.
    zone: 'infrar.io',
    provider: 'cloudflare',
    delegatedZone: 'api.infrar.io',
    names: ['api.infrar.io'],
  },
  edge: {
    // "WAF: rate limiting, IP filtering" before the load balancer, and the document's list of rules.
    waf: {
      rules: {
        // "IP filtering". Assumption: AWS's list of addresses with a bad reputation. Geographic restrictions are "optional": none.
        'bad-addresses': { kind: 'managed', priority: 10, group: 'AWSManagedRulesAmazonIpReputationList' },
        // "Rate limiting: 2000 requests/5min per IP".
        'rate-limit': { kind: 'rate', priority: 20, requests: 2000, windowSeconds: 300 },
        'known-bad-inputs': { kind: 'managed', priority: 30, group: 'AWSManagedRulesKnownBadInputsRuleSet' },
        // Source code is the product's input ("Uploaded code"), and code contains SQL and markup: bodies that carry it are exempt.
        'sql-injection': {
          kind: 'managed',
          priority: 40,
          group: 'AWSManagedRulesSQLiRuleSet',
          uploads: { paths: codePaths, priority: 41 },
        },
        // Choice: WAF's own detector and not AWS's core rule set, which also refuses every body above 8 KB.
        'cross-site-scripting': { kind: 'cross-site-scripting', priority: 50, exceptPaths: codePaths },
      },
    },
    // "Free tier is sufficient". The names that Pages serves are Cloudflare's, and their zone is kept from here.
    cloudflare: { plan: 'free' },
    // "Route 53: health checks".
    healthChecks: { api: { host: 'api.infrar.io', path: '/health' } },
  },
  frontends: {
    web: {
      ...infrar.frontends.web,
      project: 'infrar-web',
      domains: ['infrar.io', 'www.infrar.io'],
      environment: { NEXT_PUBLIC_API_URL: 'https://api.infrar.io' },
      // "Preview deployments: automatic for PRs".
      previews: true,
    },
  },
  database: {
    ...infrar.database,
    instanceClass: 'db.t3.medium',
    // 3000 IOPS and 125 MB/s are gp3's own below 400 GB.
    storageGb: 100,
    maxStorageGb: 500,
    multiAz: true,
    backupRetentionDays: 30,
    maintenanceWindow: 'sun:03:00-sun:04:00',
    autoMinorVersionUpgrade: true,
    // Choice: enabled, as the document says. The application logs in with DATABASE_PASSWORD, which the document's PgBouncer needs.
    iamAuthentication: true,
    enhancedMonitoringSeconds: 60,
    performanceInsights: true,
    // "Database passwords: every 90 days", in the document's structure of secrets.
    credentials: { kind: 'rotated-secret', rotateAfterDays: 90, secretName: '/infrar/production/database/master-password' },
    roles: { app: { privileges: 'owner', rotateAfterDays: 90, secretName: '/infrar/production/database/application-password' } },
    replicas: { us: { region: 'us-east-1' } },
  },
  cache: { placement: 'managed', engine: 'redis', nodeType: 'cache.t3.micro', replicas: 1 },
  buckets: buckets('prod'),
  // Assumption: one run takes less than an hour; the document says how many executors there are, not what starts them.
  queues: { 'terraform-runs': { visibilityTimeoutSeconds: 3600 } },
  secrets: apiKeys,
  // Assumption: an image for each part, and a repository for what the container builder builds.
  images: { platform: {}, 'terraform-executor': {}, 'pricing-sync': {}, 'user-applications': {} },
  // "Configure billing alerts"; "Total Cost: ~$540-850/month" is the document's final figure.
  observability: { ...infrar.observability, budget: { monthlyUsd: 850 } },
  services: {
    platform: {
      ...infrar.services.platform,
      vcpu: 1,
      memoryMib: 2048,
      replicas: { min: 2, max: 10 },
      scaling: { cpuPercent: 70, scaleOutCooldownSeconds: 60, scaleInCooldownSeconds: 300 },
      // "Rolling updates: 50% at a time": half may be missing, half may be there twice.
      deployment: { minimumHealthyPercent: 50, maximumPercent: 150 },
      // "Pool mode: transaction, max connections: 100, default pool size: 25, reserve pool size: 5".
      pooler: { mode: 'transaction', maxClientConnections: 100, poolSize: 25, reservePoolSize: 5 },
      environment: {
        ENVIRONMENT: 'production',
        ...databaseVariables,
        REDIS_URL: { from: 'cache.url' },
        ...bucketVariables,
        // Assumption: the variable's name.
        TERRAFORM_RUNS_QUEUE: { from: 'queue.terraform-runs.url' },
      },
      permissions: [
        ...infrar.services.platform.permissions,
        { queue: 'terraform-runs', access: 'send' },
        // Choice: the document's access policy only reads, but users' credentials are also taken in. Assumption: by the API.
        { secretPath: '/infrar/production/users/*', access: 'read-write' },
      ],
    },
  },
  workers: {
    'terraform-executor': {
      image: 'terraform-executor',
      name: 'infrar-terraform-executor',
      vcpu: 2,
      memoryMib: 4096,
      replicas: { min: 0, max: 5 },
      // Assumption: each task does one run at a time, and protects itself from being stopped meanwhile. Three minutes, because a task takes one or two to start.
      scaling: { queue: 'terraform-runs', messagesPerTask: 1, scaleOutCooldownSeconds: 180, scaleInCooldownSeconds: 300 },
      // Assumption: the group, named like the API's; a run is given two minutes to put its state away.
      logGroup: '/ecs/infrar-terraform-executor',
      stopTimeoutSeconds: 120,
      environment: {
        ENVIRONMENT: 'production',
        ...databaseVariables,
        ...bucketVariables,
        TERRAFORM_RUNS_QUEUE: { from: 'queue.terraform-runs.url' },
      },
      permissions: [
        { queue: 'terraform-runs', access: 'consume' },
        { bucket: 'uploads', access: 'read' },
        { bucket: 'artifacts', access: 'read-write' },
        { secretPath: '/infrar/production/users/*', access: 'read' },
      ],
    },
  },
  jobs: {
    'pricing-sync': {
      image: 'pricing-sync',
      name: 'infrar-pricing-sync',
      // "Runs daily at 02:00 UTC".
      schedule: '0 2 * * *',
      // Assumption: the size, and the group, named like the API's.
      vcpu: 0.5,
      memoryMib: 1024,
      logGroup: '/ecs/infrar-pricing-sync',
      environment: { ENVIRONMENT: 'production', ...databaseVariables },
    },
  },
  builders: {
    // "Container Builder: Docker daemon, registry access". Assumption: it builds transformed code from the artifacts bucket;
    // who starts a build names the object to build from, and the tag.
    containers: {
      source: { kind: 'bucket', bucket: 'artifacts', path: 'builds/' },
      // The code is users' own: it gets no say in what runs with the role of the build.
      buildspec: { kind: 'inline', text: buildCommands },
      images: ['user-applications'],
    },
  },
  usage: {
    // "Data Transfer Out: 100GB", "S3 Standard: 100GB", "S3 Glacier: 500GB", "ECR: 10GB storage", "CloudWatch Logs: 10GB".
    transferOutGb: 100,
    storedGb: 100,
    archivedGb: 500,
    imagesGb: 10,
    logsGb: 10,
    // "ECS Fargate (Jobs), on-demand: $20-50". Assumption: the executor runs two hours in five.
    averageTasks: { 'terraform-executor': 0.4 },
  },
});
