/** infrar-staging: "AWS Account: infrar-staging, us-east-1"; one task, one small database; about $84 a month. */
import { defineEnvironment } from '../../src/config';
import { buckets, bucketVariables, costAnomalies, databaseVariables, infrar } from './system';

export default defineEnvironment({
  ...infrar,
  name: 'infrar-staging',
  region: 'us-east-1',
  protect: false,
  // Cost: a customer-managed key is $1 a month, which the cost table of staging does not include.
  encryption: { key: 'aws-managed' },
  backend: {
    kind: 's3',
    // Assumption: the bucket's name. A separate store, because staging has a separate account.
    store: {
      name: 'infrar-staging',
      region: 'us-east-1',
      bucket: 'infrar-staging-terraform-state',
      // "Audit Logs: CloudTrail enabled for all API calls".
      singletons: { cloudTrail: 'create', costAnomalies },
    },
  },
  network: {
    cidr: '10.1.0.0/16',
    zones: 2,
    // Assumption: the cheapest way out, because the cost table of staging has no NAT at all.
    nat: 'instance',
  },
  domain: {
    zone: 'infrar.io',
    provider: 'cloudflare',
    // Assumption: staging.infrar.io is the frontend's, "connected to staging API"; this is the API's.
    delegatedZone: 'api.staging.infrar.io',
    names: ['api.staging.infrar.io'],
  },
  // infrar-production keeps the settings and rules of the zone. The drawing of staging has no WAF.
  edge: { cloudflare: { plan: 'free', zoneRules: 'elsewhere' } },
  frontends: {
    web: {
      ...infrar.frontends.web,
      // Assumption: a separate project, built from the branch staging.
      project: 'infrar-web-staging',
      branch: 'staging',
      domains: ['staging.infrar.io'],
      environment: { NEXT_PUBLIC_API_URL: 'https://api.staging.infrar.io' },
      // Previews of pull requests are the production project's.
      previews: false,
    },
  },
  database: {
    ...infrar.database,
    instanceClass: 'db.t3.micro',
    storageGb: 20,
    multiAz: false,
    // "Daily snapshots, 7-day retention".
    backupRetentionDays: 7,
  },
  // Choice: neither the drawing nor the cost table of staging has a Redis, so there is none.
  buckets: buckets('staging'),
  images: { platform: {} },
  // "Configure billing alerts"; the amount is the total of staging's cost table.
  observability: { ...infrar.observability, budget: { monthlyUsd: 84 } },
  services: {
    platform: {
      ...infrar.services.platform,
      // "1 ECS task (0.5 vCPU, 1GB RAM)".
      vcpu: 0.5,
      memoryMib: 1024,
      replicas: { min: 1, max: 1 },
      environment: { ENVIRONMENT: 'staging', ...databaseVariables, ...bucketVariables },
    },
  },
});
