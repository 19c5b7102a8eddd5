/** One running copy of a system: the whole of what a person says. */
import { z } from 'zod';
import { REGIONS } from '../tables/regions';
import { backendSchema } from './backend';
import { cacheSchema } from './cache';
import { databaseSchema } from './database';
import { domainSchema } from './domain';
import { edgeSchema } from './edge';
import { frontendSchema } from './frontends';
import { networkSchema } from './network';
import { observabilitySchema } from './observability';
import { days, helped, key, LOG_RETENTION_DAYS } from './primitives';
import { TIER_SECTIONS, tierSchema } from './tiers';
import { bucketSchema, fileSystemSchema, imageSchema, queueSchema, secretSchema } from './storage';
import { builderSchema, jobSchema, serviceSchema, workerSchema } from './workloads';

/** `<system>-<short name>`: what everything of an environment is named by. */
export const environmentName = helped(z.string().regex(/^[a-z](?:[a-z0-9-]{1,26}[a-z0-9])$/), {
  allowed: 'lower-case letters, digits and hyphens, 3 to 28 characters, starting with the system and a hyphen',
  fix: 'for example "webrana-growth": longer names do not fit AWS limits',
});

export const environmentSchema = z.strictObject({
  /** The product. Part of secret and parameter paths: changing it replaces them. */
  system: key,
  /** `<system>-<short name>`. Names everything: changing it makes another environment. */
  name: environmentName,
  region: z.enum(REGIONS),
  /** The twelve digits of the AWS account; plans against any other are refused. Left out, a warning is printed. */
  account: helped(z.string().regex(/^\d{12}$/), {
    allowed: 'the twelve digits of an AWS account, as a string',
    fix: 'run `aws sts get-caller-identity --query Account`',
  }).optional(),
  /** What serves. Changing it adds the new tier and leaves network, domain and data as they are. */
  tier: tierSchema,
  /** A second tier that is built beside the first and waits. */
  nextTier: tierSchema.optional(),
  /** Deletion protection, final snapshots, `prevent_destroy`, a key of one's own, versioned buckets. Cannot be turned on later without replacing the database. */
  protect: z.boolean(),
  /** Rules that are knowingly not followed: rule id to the reason. @default {} */
  acknowledge: z.record(z.string(), z.string().min(10)).default({}),
  /** Further tags on everything. @default {} */
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).default({}),
  backend: backendSchema,
  network: networkSchema,
  domain: domainSchema.optional(),
  database: databaseSchema.optional(),
  cache: cacheSchema.optional(),
  /** @default {} */
  buckets: z.record(key, bucketSchema).default({}),
  /** @default {} */
  fileSystems: z.record(key, fileSystemSchema).default({}),
  /** @default {} */
  queues: z.record(key, queueSchema).default({}),
  /** @default {} */
  secrets: z.record(key, secretSchema).default({}),
  /** @default {} */
  images: z.record(key, imageSchema).default({}),
  /** @default {} */
  services: z.record(key, serviceSchema).default({}),
  /** @default {} */
  workers: z.record(key, workerSchema).default({}),
  /** @default {} */
  jobs: z.record(key, jobSchema).default({}),
  /** @default {} */
  builders: z.record(key, builderSchema).default({}),
  logs: z
    .strictObject({
      /** @default 30 */
      retentionDays: z.literal(LOG_RETENTION_DAYS).default(30),
      /** One group for all services. @default a group each */
      group: z.string().min(1).max(512).optional(),
      /** `kms` uses the environment's key and so needs `protect`. @default 'aws' */
      encryption: z.enum(['aws', 'kms']).default('aws'),
    })
    .prefault({}),
  /** Daily and monthly copies of database and file systems by AWS Backup, in a vault of their own. @default none */
  backups: z
    .strictObject({
      /** @default 35 */
      dailyRetentionDays: days(1, 36500).default(35),
      /** @default no monthly copies */
      monthlyRetentionDays: days(90, 36500).optional(),
    })
    .optional(),
  /** What stands before the services: CDN, firewalls, Cloudflare's rules, health checks, the switch of tiers. @default DNS records alone */
  edge: edgeSchema.prefault({}),
  /** Where the frontend comes from, by name. @default {} */
  frontends: z.record(key, frontendSchema).default({}),
  /** Alarms, dashboard, budget, traces. @default alarms and a dashboard of everything there is, and nobody told */
  observability: observabilitySchema.prefault({}),
  ...TIER_SECTIONS,
});

/** What a person writes in an environment file. */
export type EnvironmentInput = z.input<typeof environmentSchema>;

/** The same after parsing: literal defaults filled, rules across sections not yet checked. */
export type ParsedEnvironment = z.output<typeof environmentSchema>;
