/** Buckets, file systems, queues, secrets, images: what holds data besides the database. */
import { z } from 'zod';
import { arn, count, days, helped, key, seconds } from './primitives';

const bucketName = helped(z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/), {
  allowed: '3 to 63 lower-case letters, digits, dots and hyphens, globally unique',
  fix: 'leave it out to get <environment>-<bucket>-<hash>',
});

export const bucketSchema = z.strictObject({
  /** The bucket's name as a document writes it. Changing it replaces the bucket. @default <environment>-<key> */
  name: bucketName.optional(),
  /** `logs` receives access logs of load balancers and buckets and is encrypted with SSE-S3, as AWS's log delivery asks. @default 'application' */
  purpose: z.enum(['application', 'logs']).default('application'),
  /** Old versions survive an overwrite or delete. @default the environment's `protect` */
  versioning: z.boolean().optional(),
  /** `sse-s3` is AES-256 with keys of S3; `kms` the environment's key. @default 'sse-s3' */
  encryption: z.enum(['sse-s3', 'kms']).default('sse-s3'),
  /** Objects are deleted after so many days. @default never */
  expireAfterDays: days(1, 36500).optional(),
  /** Objects move to colder, cheaper storage. @default none */
  transitions: z
    .array(
      z.strictObject({
        afterDays: days(0, 36500),
        storageClass: z.enum(['STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR', 'GLACIER', 'DEEP_ARCHIVE']),
      }),
    )
    .default([]),
  /** Overwritten versions are deleted after so many days. @default 30 */
  oldVersionsDays: days(1, 36500).default(30),
});

export const fileSystemSchema = z.strictObject({
  /** Files not read for so many days move to infrequent access. @default 30 */
  coldAfterDays: z.literal([1, 7, 14, 30, 60, 90, 180, 270, 365]).default(30),
  /** Files go back to standard storage at the first read. @default true */
  warmOnRead: z.boolean().default(true),
  /** Daily copies by AWS Backup. @default the environment's `protect` */
  backup: z.boolean().optional(),
  /** Directories that services mount, each with an owner of its own. */
  accessPoints: z.record(
    key,
    z.strictObject({
      /** The directory inside the file system. */
      path: z.string().regex(/^\/[A-Za-z0-9._/-]*$/),
      /** POSIX user that all access is done as. @default 1000 */
      userId: count(0, 65534).default(1000),
      /** @default 1000 */
      groupId: count(0, 65534).default(1000),
      /** @default '750' */
      permissions: z
        .string()
        .regex(/^[0-7]{3,4}$/)
        .default('750'),
    }),
  ),
});

export const queueSchema = z.strictObject({
  /** How long a received message stays hidden; longer than the work takes. @default 300 */
  visibilityTimeoutSeconds: seconds(0, 43200).default(300),
  /** @default 4 */
  retentionDays: days(1, 14).default(4),
  /** Receives before a message goes to the dead-letter queue. @default 5 */
  maxReceives: count(1, 1000).default(5),
  /** First in, first out, exactly once. Changing it replaces the queue. @default false */
  fifo: z.boolean().default(false),
});

export const secretSchema = z.strictObject({
  /** The Secrets Manager name. @default /<system>/<environment>/<key> */
  name: z.string().min(1).max(512).optional(),
  /** What it is for; shown in the console. */
  description: z.string().min(1).max(2048),
  /** The JSON keys it holds. Without keys the secret is one plain string. */
  keys: z.array(z.string().min(1)).min(1).optional(),
  /** `manual`: a person puts the value, Terraform never sees it. `generated`: random at creation, write-only, not in state. @default 'manual' */
  value: z.enum(['manual', 'generated']).default('manual'),
  /** Services, workers and jobs that may read it at run time with the AWS SDK (injection into variables needs no entry). @default [] */
  readers: z.array(key).default([]),
  /** Rotation by a function of yours. @default none */
  rotation: z.strictObject({ afterDays: days(1, 1000), functionArn: arn }).optional(),
});

export const imageSchema = z.strictObject({
  /** How many images the repository keeps. @default 30 */
  keepLast: count(1, 1000).default(30),
  /** A tag cannot be pushed twice. @default true */
  immutableTags: z.boolean().default(true),
  /** Vulnerability scan at each push. @default true */
  scanOnPush: z.boolean().default(true),
  /** The image that the first deployment runs, before a release has written the parameter. @default <repository>:initial */
  initialImage: z.string().min(1).optional(),
});
