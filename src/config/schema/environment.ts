/** The schema of an environment file: one running copy of a system. */
import { z } from 'zod';
import { REGIONS } from '../tables/regions';
import { acknowledgementsSchema } from './acknowledgements';
import { backendSchema } from './backend';
import { builderSchema } from './builders';
import { cacheSchema } from './cache';
import { databaseSchema } from './database';
import { deliverySchema } from './delivery';
import { domainSchema } from './domain';
import { edgeSchema } from './edge';
import { emailSchema } from './email';
import { encryptionSchema } from './encryption';
import { frontendSchema } from './frontends';
import { networkSchema } from './network';
import { observabilitySchema } from './observability';
import { previewSchema } from './preview';
import { days, environmentName, helped, key, LOG_RETENTION_DAYS } from './primitives';
import { restoreDrillSchema } from './restore-drill';
import { sleepSchema } from './sleep';
import { TIER_SECTIONS, tierSchema } from './tiers';
import { bucketSchema, fileSystemSchema, imageSchema, queueSchema, secretSchema } from './storage';
import { usageSchema } from './usage';
import type { DeepReadonly } from './written';
import { jobSchema, serviceSchema, workerSchema } from './workloads';

/** The words also for those who write the name of a variable. */
const secretName = helped(key, {
  allowed:
    'lower-case letters, digits and hyphens; starts with a letter; at most 30 characters. Variables such as STRIPE_KEY are listed in `secrets` of a container',
  fix: 'rename it, for example "stripe-key"',
});

export const environmentSchema = z.strictObject({
  /**
   * Name of the product, the same in all of its environments. It is part of the paths of secrets and parameters.
   * @example 'shop' @danger Changing it makes another environment: secrets, parameters and names are replaced.
   */
  system: key,
  /**
   * Name of the environment: the system, a hyphen and a short name. It begins the name of every stack and resource.
   * @example 'shop-prod' @danger Changing it makes another environment; the old one stays until its stacks are destroyed.
   */
  name: environmentName,
  /** AWS region of the environment. @example 'us-east-1' @danger Changing it replaces every resource of the environment. */
  region: z.enum(REGIONS),
  /**
   * AWS account of the environment, twelve digits. Plans with credentials of any other account are refused.
   * @default none, with a warning @example '123456789012'
   */
  account: helped(z.string().regex(/^\d{12}$/), {
    allowed: 'the twelve digits of an AWS account, as a string',
    fix: 'run `aws sts get-caller-identity --query Account`',
  }).optional(),
  /**
   * What runs the containers and serves visitors: one EC2 host, ECS Fargate, or EKS. Network and data are the same on each; a
   * tier with a load balancer has a certificate in domain.
   * @danger Host names move to the new tier when the edge stack is applied. Build the other tier as `nextTier` first: the address lock
   * refuses another tier.
   */
  tier: tierSchema,
  /**
   * A second tier that is built next to the first, on the same data, and serves only the share `edge.nextTierPercent`.
   * @default none @danger Workers and scheduled jobs run on both tiers.
   */
  nextTier: tierSchema.optional(),
  /**
   * Protection of data: deletion protection, final snapshots, `prevent_destroy`, versioned buckets with access logs. It can be
   * turned on and off at any time: nothing is replaced.
   * @danger Without it, a removed database, bucket or file system is deleted with its content.
   */
  protect: z.boolean(),
  /**
   * When everything that is charged by the hour is switched off, on every tier: containers, hosts, nodes and the managed
   * database. Commands of the stack `sleep` switch it off and on at other times. Refused with `protect`.
   * @default never @example { from: '0 20 * * 1-5', until: '0 7 * * 1-5', timezone: 'Europe/Berlin' }
   * @danger Nothing answers while the environment sleeps, and jobs that are due then do not run.
   */
  sleep: sleepSchema.optional(),
  /** Encryption of the data at rest. It is always on; this chooses the KMS key. @default {} @example { key: 'aws-managed' } */
  encryption: encryptionSchema.prefault({}),
  /**
   * Accepted risks and warnings, one finding at a time: the id of the rule, the path of the finding as its message shows it, and
   * the reason in at least ten characters. Refusals cannot be accepted, and an entry that matches no finding is refused.
   * @default {} @example { 'single-zone-database': { 'database.multiAz': 'restoring a backup takes an hour' } }
   * @danger The finding no longer stops a deployment.
   */
  acknowledge: acknowledgementsSchema.default({}),
  /**
   * Further tags on every resource, in addition to `system`, `environment` and `managed-by`. @default {} @example { team: 'web' }
   */
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).default({}),
  /**
   * Where Terraform keeps the states of all stacks of the environment.
   * @danger After a change, the states have to be moved before the next deployment; otherwise Terraform creates everything again.
   */
  backend: backendSchema,
  /** How the GitHub workflows plan and apply the environment. @default {} @example { runner: ['self-hosted', 'shop-vpc'] } */
  delivery: deliverySchema.prefault({}),
  /**
   * Previews: short-lived copies for pull requests, under the names `pr-<number>.<name>`, that share the network, the load balancer,
   * the cluster and the database server of this environment, and have databases, buckets, queues and secrets of their own. Fargate
   * only, and only without `protect`. @default none: `npm run preview` refuses the environment
   * @example { lifetimeDays: 3, images: { api: 'pr-{number}' }, jobs: ['migrate'] }
   * @danger The containers of previews run code before it is reviewed, in the network of this environment.
   */
  preview: previewSchema.optional(),
  /** VPC, subnets, the route to the internet, endpoints, and the networks of replica regions. */
  network: networkSchema,
  /** Host names, their DNS zone and certificates. Everything that the public reaches needs one. @default none */
  domain: domainSchema.optional(),
  /** PostgreSQL, on RDS or on the box. @default none */
  database: databaseSchema.optional(),
  /** Redis, on ElastiCache or on the box. @default none */
  cache: cacheSchema.optional(),
  /**
   * S3 buckets by name: private, encrypted, TLS only. @default {} @example { uploads: { versioning: true } }
   * @price $0.023 per GB and month, $0.005 per 1,000 writes (S3, us-east-1, 2026-11).
   * @danger Without `protect`, removing a bucket deletes its objects.
   */
  buckets: z.record(key, bucketSchema).default({}),
  /**
   * EFS file systems by name, for containers that share files. @default {}
   * @example { files: { accessPoints: { uploads: { path: '/uploads' } } } }
   * @price $0.30 per GB and month, $0.03 per GB read, $0.06 per GB written (EFS, us-east-1, 2026-11).
   * @danger Without `protect`, removing a file system deletes its files.
   */
  fileSystems: z.record(key, fileSystemSchema).default({}),
  /** SQS queues by name, each with a dead-letter queue. @default {} @example { jobs: { visibilityTimeoutSeconds: 600 } } */
  queues: z.record(key, queueSchema).default({}),
  /**
   * Secrets in Secrets Manager by name. Terraform creates them; their values are never in code, plan or state.
   * @default {} @example { jwt: { description: 'Signs sessions', value: 'generated' } }
   * @price $0.40 a month each (Secrets Manager, us-east-1, 2026-11).
   * @danger A removed secret can be restored for 30 days under `protect`, 7 days otherwise.
   */
  secrets: z.record(secretName, secretSchema).default({}),
  /**
   * Container images by name: an ECR repository, and the parameter that holds the image that runs. @default {}
   * @example { api: {} }
   * @danger Without `protect`, removing an entry deletes the repository with its images.
   */
  images: z.record(key, imageSchema).default({}),
  /** Long-running containers with a port, by name. @default {} */
  services: z.record(key, serviceSchema).default({}),
  /** Long-running containers without a port, by name. @default {} */
  workers: z.record(key, workerSchema).default({}),
  /** Containers that run on a schedule or on demand and end, by name. @default {} */
  jobs: z.record(key, jobSchema).default({}),
  /** CodeBuild projects that build images, by name. Fargate only: elsewhere images are built in CI. @default {} */
  builders: z.record(key, builderSchema).default({}),
  /**
   * Logs of the containers in CloudWatch. @default {}
   * @price $0.50 per GB, and $0.03 per GB and month stored (CloudWatch, us-east-1, 2026-11).
   */
  logs: z
    .strictObject({
      /** How long logs are kept. @unit days @default 30 @danger A lower value deletes older logs. */
      retentionDays: z.literal(LOG_RETENTION_DAYS).default(30),
      /** One log group for all containers. @default a log group for each container @example '/shop/prod' */
      group: z.string().min(1).max(512).optional(),
      /**
       * `aws` encrypts with CloudWatch's own key, `kms` with the environment's, which exists with `encryption.key:
       * 'customer-managed'`. @default 'aws'
       */
      encryption: z.enum(['aws', 'kms']).default('aws'),
    })
    .prefault({}),
  /**
   * Copies of the managed database and of file systems with `backup` by AWS Backup, in a vault of the environment.
   * @default none: RDS keeps its point-in-time recovery, file systems with `backup` use AWS's own plan
   * @price $0.095 per GB and month of database copies, $0.05 of file system copies (AWS Backup, us-east-1, 2026-11).
   */
  backups: z
    .strictObject({
      /** How long daily copies are kept. @unit days @default 35 */
      dailyRetentionDays: days(1, 36500).default(35),
      /** How long monthly copies are kept. @unit days @default no monthly copies */
      monthlyRetentionDays: days(90, 36500).optional(),
      /**
       * A weekly restore test of what is copied: AWS Backup restores the newest copy apart from the live resources, a container reads
       * all of it, counts rows and files, and AWS Backup deletes it. @default none @example { weekday: 'sun' }
       * @price An instance of the size of the database for some hours a week: db.t4g.micro about $0.15 a month; $0.30 a month for the
       * metric of each resource (RDS, CloudWatch, us-east-1, 2026-11); and what AWS Backup charges for each test.
       */
      restoreDrill: restoreDrillSchema.optional(),
    })
    .optional(),
  /** What is in front of the services: CloudFront, firewalls, Cloudflare, health checks, the share of `nextTier`. @default {} */
  edge: edgeSchema.prefault({}),
  /**
   * The domain that containers send e-mail from with SES: identity, DKIM, SPF and DMARC records, and alarms on its reputation.
   * @default none @example { domain: 'shop.example', dmarc: { policy: 'quarantine' } }
   * @price $0.10 per 1,000 messages (SES, us-east-1, 2026-11).
   * @danger An account sends to verified addresses only until AWS has granted production access: see `docs/email.md`.
   */
  email: emailSchema.optional(),
  /** Where the frontend is served from, by name; at most one of them serves the names of `domain`. @default {} */
  frontends: z.record(key, frontendSchema).default({}),
  /** Alarms and who is notified, dashboard, budget, traces, metrics of the application. @default {} */
  observability: observabilitySchema.prefault({}),
  /**
   * What a month is expected to use, for the estimate of its cost. It changes no resource. Omitted quantities are assumptions, which
   * `npm run cost` lists. @default {} @example { requestsPerMonth: 5_000_000, transferOutGb: 300 }
   */
  usage: usageSchema.prefault({}),
  ...TIER_SECTIONS,
});

/** What a person writes in an environment file. */
export type EnvironmentInput = DeepReadonly<z.input<typeof environmentSchema>>;

/** The same after parsing: literal defaults filled, rules across sections not yet checked. */
export type ParsedEnvironment = z.output<typeof environmentSchema>;
