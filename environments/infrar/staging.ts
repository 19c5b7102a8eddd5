/** infrar-staging: "AWS Account: infrar-staging, us-east-1"; one task, one small database; about $84 a month. */
import { defineEnvironment } from '../../src/config';
import { bucketVariables, buckets, database, databaseVariables, platform } from './system';

export default defineEnvironment({
  system: 'infrar',
  name: 'infrar-staging',
  region: 'us-east-1',
  tier: 'fargate',
  protect: false,
  backend: {
    kind: 's3',
    // Assumption: the bucket's name. A store of its own, because staging has an account of its own.
    store: { name: 'infrar-staging', region: 'us-east-1', bucket: 'infrar-staging-terraform-state' },
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
  database: {
    ...database,
    instanceClass: 'db.t3.micro',
    storageGb: 20,
    multiAz: false,
    // "Daily snapshots, 7-day retention".
    backupRetentionDays: 7,
  },
  // Choice: neither the drawing nor the cost table of staging has a Redis, so there is none.
  buckets: buckets('staging'),
  images: { platform: {} },
  services: {
    platform: {
      ...platform,
      // "1 ECS task (0.5 vCPU, 1GB RAM)".
      vcpu: 0.5,
      memoryMib: 1024,
      replicas: { min: 1, max: 1 },
      environment: { ENVIRONMENT: 'staging', ...databaseVariables, ...bucketVariables },
    },
  },
});
