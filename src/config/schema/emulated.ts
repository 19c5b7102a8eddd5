/**
 * An environment on a developer's machine: an emulator of AWS for buckets and secrets, containers for the rest. It has a
 * separate schema, because it has no network, no tier and no account.
 */
import { z } from 'zod';
import { PORTS } from '../tables/ports';
import { REGIONS } from '../tables/regions';
import { environmentName, helped, imageReference, key, withElsewhere } from './primitives';
import { bucketSchema, secretSchema } from './storage';
import type { DeepReadonly } from './written';

/** Where the emulator listens. Its credentials are fixed and fake, so that a wrong address cannot reach an account. */
const target = z.strictObject({
  /** Marks the environment as one on an emulator. */
  kind: z.literal('emulator'),
  /**
   * Address of the emulator, the same for all AWS services. LocalStack, MiniStack and moto can be used.
   * @default 'http://localhost:4566'
   */
  endpoint: helped(
    z
      .string()
      .regex(/^https?:\/\/[A-Za-z0-9.-]+(?::\d+)?\/?$/)
      .refine((url) => !/\.(?:amazonaws\.com(?:\.cn)?|api\.aws)(?::|\/|$)/i.test(url)),
    {
      allowed: 'the URL of an emulator, such as "http://localhost:4566"',
      fix: 'an environment on AWS has no `target`: omit it',
    },
  ).default('http://localhost:4566'),
  /** Image of the emulator in the generated docker-compose.yml. @default 'localstack/localstack:4' */
  image: imageReference.default('localstack/localstack:4'),
});

const containerName = helped(z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/), {
  allowed: 'lower-case letters, digits and underscores, not starting with a digit; at most 63 characters',
  fix: 'use underscores instead of hyphens',
});

/** PostgreSQL next to the emulator, reachable from this machine only. */
const database = z.strictObject({
  /** Tag of the image `postgres`. @example '16' */
  version: z.string().min(1),
  /** Name of the database. @example 'shop_dev' */
  name: containerName,
  /** Name of the database user. @example 'shop' */
  user: containerName,
  /**
   * Password of the user, visible in the generated docker-compose.yml. It protects only the container on this machine.
   * @example 'devpassword'
   */
  password: z.string().min(1),
  /** Port on this machine. @unit port number @default 5432 */
  port: z.number().int().min(1024).max(65535).default(PORTS.postgres),
});

const cache = withElsewhere(
  z.strictObject({
    /** Tag of the image `redis`. @example '7-alpine' */
    version: z.string().min(1),
    /** Port on this machine. @unit port number @default 6379 */
    port: z.number().int().min(1024).max(65535).default(PORTS.redis),
  }),
  { engine: 'remove it: the container is Redis, whose protocol and commands are those of Valkey' },
);

export const emulatedSchema = z.strictObject({
  /** Name of the product, as in its other environments. @example 'shop' */
  system: key,
  /** Name of the environment: the system, a hyphen and a short name. @example 'shop-local' */
  name: environmentName,
  /** Region that names and ARNs show. The emulator does not depend on it. @example 'us-east-1' */
  region: z.enum(REGIONS),
  /**
   * The emulator. Its credentials are fixed and invalid at AWS, so that no plan can reach an account.
   * @example { kind: 'emulator' }
   */
  target,
  /** Further tags on every resource. @default {} @example { team: 'web' } */
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).default({}),
  /**
   * S3 buckets by name, as in other environments, but never for logs and never with a KMS key. @default {}
   * @example { uploads: {} }
   */
  buckets: z
    .record(
      key,
      withElsewhere(
        bucketSchema.omit({ purpose: true, objectLock: true, notifications: true }).extend({
          /** Encryption with keys of S3; an emulated environment has no other. @default 'sse-s3' */
          encryption: z.literal('sse-s3').default('sse-s3'),
        }),
        {
          objectLock:
            'remove it: an environment on an emulator is not protected, and its buckets are emptied when they are deleted',
          notifications: 'remove it: an environment on an emulator has no queues; let the application send the message itself',
        },
      ),
    )
    .default({}),
  /**
   * Secrets by name, as in other environments. @default {}
   * @example { jwt: { description: 'Signs sessions', value: 'generated' } }
   * @danger Everyone who reaches the emulator can read them: use no real values.
   */
  secrets: z.record(key, secretSchema.omit({ readers: true, rotation: true })).default({}),
  /**
   * PostgreSQL in a container, not an emulated RDS. @default none
   * @example { version: '16', name: 'shop_dev', user: 'shop', password: 'devpassword' }
   */
  database: database.optional(),
  /** Redis in a container, not an emulated ElastiCache. @default none @example { version: '7-alpine' } */
  cache: cache.optional(),
});

/** What a person writes in the file of such an environment. */
export type EmulatedInput = DeepReadonly<z.input<typeof emulatedSchema>>;

/** The same after parsing. */
export type ParsedEmulated = z.output<typeof emulatedSchema>;
