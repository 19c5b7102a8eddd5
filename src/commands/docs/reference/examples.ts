/**
 * The examples of the reference pages. The compiler checks them against the schema, and a test parses each one merged into
 * the smallest environment; the pages show their source text.
 */
import type { EmulatedInput } from '../../../config/schema/emulated';
import type { EnvironmentInput } from '../../../config/schema/environment';

/** The smallest environment, which each example is merged into. */
export const SMALLEST: EnvironmentInput = {
  system: 'shop',
  name: 'shop-dev',
  region: 'us-east-1',
  account: '123456789012',
  tier: 'fargate',
  protect: false,
  backend: { kind: 'local' },
  network: { cidr: '10.0.0.0/16', nat: 'single' },
};

/** An example for each page, by its name: what an environment file says of the subject. */
export const EXAMPLES: Readonly<Record<string, Partial<EnvironmentInput>>> = {
  environment: {
    system: 'shop',
    name: 'shop-prod',
    region: 'eu-west-1',
    account: '123456789012',
    tier: 'fargate',
    protect: true,
    tags: { team: 'web' },
    logs: { retentionDays: 90 },
    backups: { dailyRetentionDays: 35, monthlyRetentionDays: 365 },
  },
  backend: {
    backend: {
      kind: 's3',
      store: {
        name: 'shop',
        region: 'us-east-1',
        bucket: 'shop-terraform-state',
        github: {
          owner: 'acme',
          repository: 'infrastructure',
          ownerId: '123456',
          repositoryId: '456789',
          applyEnvironments: ['shop-prod'],
        },
      },
    },
  },
  delivery: {
    backend: { kind: 's3', store: { name: 'shop', region: 'us-east-1', bucket: 'shop-terraform-state' } },
    delivery: {
      runner: ['self-hosted', 'shop-vpc'],
      planInPullRequests: 'all',
      approval: { kind: 'dispatch', approvers: ['alice', 'bob'] },
    },
  },
  previews: {
    domain: { zone: 'shop.example', provider: 'route53', names: ['api.dev.shop.example'] },
    images: { api: {} },
    services: {
      api: {
        image: 'api',
        port: 8080,
        vcpu: 0.25,
        memoryMib: 512,
        replicas: { min: 1, max: 1 },
        health: { path: '/health' },
        routes: [{}],
      },
    },
    jobs: { migrate: { image: 'api', vcpu: 0.25, memoryMib: 512 } },
    preview: { lifetimeDays: 3, images: { api: 'pr-{number}' }, jobs: ['migrate'] },
  },
  network: {
    network: {
      cidr: '10.0.0.0/16',
      zones: 3,
      nat: 'per-az',
      interfaceEndpoints: ['ecr.api', 'ecr.dkr', 'logs', 'secretsmanager'],
      flowLogs: { retentionDays: 90, traffic: 'REJECT' },
    },
  },
  domain: {
    domain: {
      zone: 'shop.example',
      provider: 'route53',
      names: ['shop.example', 'api.shop.example'],
    },
  },
  database: {
    database: {
      placement: 'managed',
      version: '17',
      name: 'shop',
      instanceClass: 'db.t4g.small',
      storageGb: 50,
      maxStorageGb: 200,
      multiAz: true,
      backupRetentionDays: 14,
      credentials: { kind: 'rotated-secret', rotateAfterDays: 90 },
      roles: { app: { privileges: 'owner' }, reports: { privileges: 'read-only', rotateAfterDays: 30 } },
    },
  },
  cache: {
    cache: { placement: 'managed', nodeType: 'cache.t4g.micro', replicas: 1, evictionPolicy: 'allkeys-lru' },
  },
  email: {
    domain: { zone: 'shop.example', provider: 'route53', names: ['shop.example'] },
    email: { domain: 'shop.example', dmarc: { policy: 'quarantine', reports: 'dmarc@shop.example' } },
  },
  storage: {
    buckets: {
      uploads: { versioning: true },
      exports: { transitions: [{ afterDays: 30, storageClass: 'STANDARD_IA' }], expireAfterDays: 365 },
    },
    fileSystems: { files: { accessPoints: { uploads: { path: '/uploads' } } } },
    queues: { jobs: { visibilityTimeoutSeconds: 600, maxReceives: 3 } },
    secrets: {
      stripe: { description: 'Stripe API keys', keys: ['api-key', 'webhook-secret'] },
      jwt: { description: 'Signs sessions', value: 'generated' },
    },
    images: { api: { keepLast: 50 } },
  },
  services: {
    domain: { zone: 'shop.example', provider: 'route53', names: ['api.shop.example'] },
    images: { api: {} },
    queues: { jobs: {} },
    secrets: { stripe: { description: 'Stripe API keys', keys: ['api-key'] } },
    services: {
      api: {
        image: 'api',
        port: 8080,
        vcpu: 0.5,
        memoryMib: 1024,
        replicas: { min: 2, max: 6 },
        scaling: { cpuPercent: 60 },
        health: { path: '/health' },
        routes: [{ host: 'api.shop.example' }],
        environment: {
          LOG_LEVEL: 'info',
          QUEUE_URL: { from: 'queue.jobs.url' },
          STRIPE_KEY: { secret: 'stripe', key: 'api-key' },
        },
        permissions: [{ queue: 'jobs', access: 'send' }],
      },
    },
    workers: {
      mailer: {
        image: 'api',
        command: ['node', 'mailer.js'],
        vcpu: 0.25,
        memoryMib: 512,
        replicas: { min: 0, max: 4 },
        scaling: { queue: 'jobs', messagesPerTask: 10 },
        permissions: [{ queue: 'jobs', access: 'consume' }],
      },
    },
    jobs: {
      cleanup: { image: 'api', command: ['node', 'cleanup.js'], vcpu: 0.25, memoryMib: 512, schedule: '0 2 * * *' },
    },
    builders: {
      images: { source: { kind: 'github', url: 'https://github.com/acme/shop' }, images: ['api'] },
    },
  },
  box: {
    tier: 'box',
    network: { cidr: '10.0.0.0/16', nat: 'none' },
    domain: {
      zone: 'shop.example',
      provider: 'route53',
      names: ['shop.example'],
      certificateAuthorities: ['amazon.com', 'letsencrypt.org'],
    },
    database: { placement: 'host', version: '16', name: 'shop' },
    buckets: { backups: { expireAfterDays: 30 } },
    box: {
      instanceType: 't3.small',
      operatingSystem: 'ubuntu-24.04',
      rootVolumeGb: 12,
      dataVolumeGb: 18,
      applicationDirectory: '/opt/shop',
      certificateEmail: 'ops@shop.example',
      backup: { bucket: 'backups' },
    },
  },
  fargate: {
    fargate: { clusterName: 'shop-cluster', containerInsights: 'enhanced' },
  },
  kubernetes: {
    tier: 'kubernetes',
    kubernetes: {
      version: '1.35',
      endpoint: 'public',
      publicAccessCidrs: ['203.0.113.0/24'],
      administrators: ['arn:aws:iam::123456789012:role/shop-apply'],
      nodes: { instanceTypes: ['t3.medium'], min: 2, max: 4 },
      monitoring: 'container-insights',
    },
  },
  edge: {
    domain: { zone: 'shop.example', provider: 'route53', names: ['shop.example'] },
    frontends: { web: { kind: 'static-site', pages: 'single-page' } },
    edge: {
      cdn: { priceClass: '100' },
      waf: {
        rules: {
          'rate-limit': { kind: 'rate', priority: 10, requests: 2000 },
          core: { kind: 'managed', priority: 20, group: 'AWSManagedRulesCommonRuleSet' },
        },
      },
      healthChecks: { home: { host: 'shop.example', path: '/' } },
    },
  },
  frontends: {
    domain: { zone: 'shop.example', provider: 'cloudflare', names: ['api.shop.example'] },
    frontends: {
      web: {
        kind: 'cloudflare-pages',
        project: 'shop-web',
        repository: { owner: 'acme', name: 'shop-web' },
        buildCommand: 'npm run build',
        output: 'dist',
        domains: ['www.shop.example'],
      },
    },
  },
  observability: {
    observability: {
      notifications: { emails: ['ops@shop.example'] },
      budget: { monthlyUsd: 90, scope: 'environment' },
      dashboard: true,
    },
  },
  usage: {
    services: {
      api: {
        image: { pinned: 'nginx:1.29' },
        port: 80,
        vcpu: 0.5,
        memoryMib: 1024,
        replicas: { min: 1, max: 4 },
        health: { path: '/' },
      },
    },
    usage: { requestsPerMonth: 5_000_000, transferOutGb: 300, averageTasks: { api: 2 } },
  },
};

/** The example of the page about environments on an emulator. */
export const EMULATED_EXAMPLE: EmulatedInput = {
  system: 'shop',
  name: 'shop-local',
  region: 'us-east-1',
  target: { kind: 'emulator' },
  database: { version: '16', name: 'shop_dev', user: 'shop', password: 'devpassword' },
  cache: { version: '7-alpine' },
  buckets: { uploads: {} },
  secrets: { jwt: { description: 'Signs sessions', value: 'generated' } },
};
