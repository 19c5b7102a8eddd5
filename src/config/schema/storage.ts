/** Buckets, file systems, queues, secrets, images: what holds data besides the database. */
import { z } from 'zod';
import { bucketNotification, corsRule, objectLock } from './bucket-settings';
import { arn, count, days, helped, imageReference, key, keyOf, seconds, secretName } from './primitives';

const bucketName = helped(z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/), {
  allowed: '3 to 63 lower-case letters, digits, dots and hyphens, globally unique',
  fix: 'omit it for <environment>-<bucket>',
});

export const bucketSchema = z.strictObject({
  /**
   * Name of the bucket in S3, where a document prescribes one. @default `<environment>-<key>` @example 'shop-prod-uploads'
   * @danger Changing it replaces the bucket; the objects stay behind, or are deleted without `protect`.
   */
  name: bucketName.optional(),
  /**
   * `application` holds data of the application. `logs` receives the access logs of load balancers, CloudFront and, under
   * `protect`, of the other buckets; one bucket at most. @default 'application'
   */
  purpose: z.enum(['application', 'logs']).default('application'),
  /**
   * Whether overwritten and deleted objects are kept as old versions, for `oldVersionsDays`. Turning it off suspends it;
   * existing versions expire. @default the environment's `protect`
   */
  versioning: z.boolean().optional(),
  /**
   * `sse-s3` encrypts with keys of S3. `kms` encrypts with the environment's key (under `protect`), otherwise with the
   * AWS-managed key; readers outside Terrace then need `kms:Decrypt`. A bucket for logs must use `sse-s3`. @default 'sse-s3'
   */
  encryption: z.enum(['sse-s3', 'kms']).default('sse-s3'),
  /**
   * Age at which objects are deleted. @unit days @default never
   * @danger Every object older than this is deleted, including existing ones.
   */
  expireAfterDays: days(1, 36500).optional(),
  /**
   * Moves to cheaper storage classes, in ascending order of age, each class once. Objects under 128 KB are not moved.
   * @default [] @example [{ afterDays: 30, storageClass: 'STANDARD_IA' }, { afterDays: 90, storageClass: 'GLACIER' }]
   * @price STANDARD costs $0.023 per GB and month, STANDARD_IA $0.0125, GLACIER $0.0036 (S3, us-east-1, 2026-11).
   */
  transitions: z
    .array(
      z.strictObject({
        /** Age at which an object moves, below `expireAfterDays`; at least 30 for the classes that end in `_IA`. @unit days */
        afterDays: days(0, 36500),
        /**
         * Storage class that objects move to, as S3 names it. Objects in `GLACIER` and `DEEP_ARCHIVE` have to be restored
         * before they can be read, which takes minutes to hours.
         * @price `GLACIER` charges $0.03 per 1,000 objects moved (S3, us-east-1, 2026-11).
         */
        storageClass: z.enum(['STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR', 'GLACIER', 'DEEP_ARCHIVE']),
      }),
    )
    .default([]),
  /** How long an old version is kept after it was overwritten or deleted. @unit days @default 30 */
  oldVersionsDays: days(1, 36500).default(30),
  /**
   * Pages of which origins may use the bucket from a browser, with presigned URLs: it opens nothing by itself. @default []
   * @example [{ origins: ['https://shop.example'], methods: ['PUT'], headers: ['content-type'] }]
   */
  cors: z.array(corsRule).max(100).default([]),
  /**
   * Time for which no version of an object can be deleted or overwritten; with it, the bucket is versioned. Only under `protect`.
   * @default none @example { mode: 'governance', days: 30 }
   * @price None of its own; every version is stored until its time is over: $0.023 per GB and month (S3, us-east-1, 2026-11).
   * @danger S3 never takes it off a bucket: without this field new objects are not locked, and versioning has to stay on.
   */
  objectLock: objectLock.optional(),
  /**
   * Messages about objects, into queues of the environment. A message is sent within seconds, at least once and in no order.
   * @default [] @example [{ queue: 'uploaded', prefix: 'photos/' }]
   * @price S3 charges nothing; each message costs a request of SQS, $0.40 per million (SQS, us-east-1, 2026-11).
   */
  notifications: z.array(bucketNotification).max(100).default([]),
});

/** Source: Amazon EFS API reference, RootDirectory: at most 100 characters and four subdirectories. */
const accessPointPath = helped(
  z
    .string()
    .max(100)
    .regex(/^\/(?:[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+){0,3})?$/),
  {
    allowed: 'an absolute path such as "/uploads", at most four levels and 100 characters: letters, digits and . _ -',
    fix: 'shorten it; a container can use a directory below the access point',
  },
);

export const fileSystemSchema = z.strictObject({
  /**
   * Time without access after which a file moves to infrequent-access storage. @unit days @default 30
   * @price Standard storage costs $0.30 per GB and month, infrequent access $0.016 (EFS, us-east-1, 2026-11).
   */
  coldAfterDays: z.literal([1, 7, 14, 30, 60, 90, 180, 270, 365]).default(30),
  /** Whether a file moves back to standard storage when it is first read. @default true */
  warmOnRead: z.boolean().default(true),
  /**
   * Daily copies by AWS Backup: in the vault of `backups` where that section is set, otherwise in AWS's own plan, which keeps
   * them for 35 days. @default the environment's `protect`
   * @price $0.05 per GB and month of copies (AWS Backup, us-east-1, 2026-11).
   */
  backup: z.boolean().optional(),
  /**
   * Directories that containers mount, by name, each with its own owner. @example { uploads: { path: '/uploads' } }
   */
  accessPoints: z.record(
    key,
    z.strictObject({
      /**
       * Directory inside the file system; it is created at the first mount. @example '/uploads'
       * @danger Changing it replaces the access point; the files stay in the old directory.
       */
      path: accessPointPath,
      /** POSIX user as which every access is made, and that owns a new directory. @unit user ID @default 1000 */
      userId: count(0, 65534).default(1000),
      /** POSIX group as which every access is made, and that owns a new directory. @unit group ID @default 1000 */
      groupId: count(0, 65534).default(1000),
      /** Mode of a new directory, in octal. An existing directory keeps its mode. @default '750' @example '770' */
      permissions: helped(z.string().regex(/^[0-7]{3,4}$/), {
        allowed: 'three or four octal digits such as "750", in quotes',
        fix: 'each digit is the sum of 4 (read), 2 (write) and 1 (enter): of the user, the group, and everybody else',
      }).default('750'),
    }),
  ),
});

export const queueSchema = z.strictObject({
  /**
   * How long a received message is hidden from other consumers. It must exceed the longest time that processing takes;
   * otherwise a second worker receives the same message. @unit seconds @default 300
   */
  visibilityTimeoutSeconds: seconds(0, 43200).default(300),
  /** How long a message that is not consumed is kept. The dead-letter queue keeps messages for 14 days. @unit days @default 4 */
  retentionDays: days(1, 14).default(4),
  /**
   * Number of times a message is received without being deleted before it moves to the dead-letter queue. @unit receives
   * @default 5
   */
  maxReceives: count(1, 1000).default(5),
  /**
   * First-in-first-out order and exactly-once delivery; messages with the same content within five minutes are dropped.
   * @default false @danger Changing it replaces the queue; messages in it are lost.
   */
  fifo: z.boolean().default(false),
});

/** ECS cannot inject a key with a colon, and commands print keys between quotes. */
const secretKey = helped(z.string().regex(/^[^:'"\\\s]{1,256}$/), {
  allowed: 'a name without spaces, colons, quotes or backslashes',
  fix: 'rename it, for example "api-key"',
});

export const secretSchema = z.strictObject({
  /**
   * Name of the secret in Secrets Manager. @default `/<system>/<short name>/<key>` @example '/shop/prod/stripe'
   * @danger Changing it replaces the secret; its value has to be set again.
   */
  name: secretName.optional(),
  /** Purpose of the secret, shown in the AWS console. It is not secret. @example 'Stripe API keys' */
  description: z.string().min(1).max(2048),
  /**
   * Keys of the JSON object that the secret holds. @default none: the secret is one string @example ['api-key', 'webhook-secret']
   */
  keys: z.array(secretKey).min(1).optional(),
  /**
   * `manual`: a person sets the value with the command in the output `set_secret_<key>`; Terraform never sees it.
   * `generated`: 40 random characters for each key, written once and not kept in the state. @default 'manual'
   */
  value: z.enum(['manual', 'generated']).default('manual'),
  /**
   * Services, workers and jobs that may read the secret at run time with the AWS SDK. Injection into variables needs no entry
   * here. @default [] @example ['api']
   */
  readers: z.array(keyOf<'services' | 'workers' | 'jobs'>()).default([]),
  /** Rotation by a Lambda function of yours. Containers see a new value only after a restart. @default none */
  rotation: z
    .strictObject({
      /** Interval between rotations. @unit days */
      afterDays: days(1, 1000),
      /**
       * ARN of the function that rotates the secret. @example 'arn:aws:lambda:us-east-1:123456789012:function:rotate'
       * @danger The function can read and change the value of the secret.
       */
      functionArn: arn,
    })
    .optional(),
});

export const imageSchema = z.strictObject({
  /**
   * Number of images that the repository keeps; older ones are deleted. It should exceed the number of releases that you may
   * want to roll back. @unit images @default 30 @price $0.10 per GB and month (ECR, us-east-1, 2026-11).
   */
  keepLast: count(1, 1000).default(30),
  /** Whether a tag can be pushed only once, so that a tag always means the same image. @default true */
  immutableTags: z.boolean().default(true),
  /** Whether ECR scans each pushed image for known vulnerabilities. @default true */
  scanOnPush: z.boolean().default(true),
  /**
   * Image that the first deployment runs, before a release has written the image parameter. Later changes have no effect.
   * @default `<repository>:initial` @example 'public.ecr.aws/nginx/nginx:1.29'
   */
  initialImage: imageReference.optional(),
});
