/**
 * An environment on a developer's machine: an emulator of AWS for what only AWS has, containers for the rest.
 * A schema of its own, because it has no network, no tier and no account: nothing of those could be said truly.
 */
import { z } from 'zod';
import { PORTS } from '../tables/ports';
import { REGIONS } from '../tables/regions';
import { environmentName } from './environment';
import { helped, key } from './primitives';
import { bucketSchema, secretSchema } from './storage';

/** Where the emulator listens. Its credentials are fixed and fake, so that a wrong address cannot reach an account. */
const target = z.strictObject({
  kind: z.literal('emulator'),
  /** One address for all services. LocalStack, ministack and moto work alike. @default 'http://localhost:4566' */
  endpoint: helped(
    z.url({ protocol: /^https?$/ }).refine((url) => !/\.amazonaws\.com(\.cn)?(:|\/|$)/.test(url)),
    {
      allowed: 'the URL of an emulator, such as "http://localhost:4566"',
      fix: 'an environment on AWS has no `target`: leave it out',
    },
  ).default('http://localhost:4566'),
  /** The emulator's image in the rendered docker-compose.yml. @default 'localstack/localstack:4' */
  image: z.string().min(1).default('localstack/localstack:4'),
});

const containerName = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/);

/** PostgreSQL beside the emulator, reachable from this machine only. */
const database = z.strictObject({
  /** The tag of the image `postgres`. */
  version: z.string().min(1),
  name: containerName,
  user: containerName,
  /** Opens nothing but the container on the developer's own machine; stands in the rendered docker-compose.yml. */
  password: z.string().min(1),
  /** @default 5432 */
  port: z.number().int().min(1024).max(65535).default(PORTS.postgres),
});

const cache = z.strictObject({
  /** The tag of the image `redis`. */
  version: z.string().min(1),
  /** @default 6379 */
  port: z.number().int().min(1024).max(65535).default(PORTS.redis),
});

export const emulatedSchema = z.strictObject({
  /** The product, as in its other environments. */
  system: key,
  /** `<system>-<short name>`, such as `infrar-local`. */
  name: environmentName,
  /** The region that names and ARNs show; the emulator does not care. */
  region: z.enum(REGIONS),
  target,
  /** Further tags on everything. @default {} */
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).default({}),
  /** As elsewhere, but never for logs and never with a key of one's own. @default {} */
  buckets: z
    .record(key, bucketSchema.omit({ purpose: true }).extend({ encryption: z.literal('sse-s3').default('sse-s3') }))
    .default({}),
  /** As elsewhere; whoever reaches the emulator reads them, so nothing real belongs into them. @default {} */
  secrets: z.record(key, secretSchema.omit({ readers: true, rotation: true })).default({}),
  /** A container, not an emulated RDS. @default none */
  database: database.optional(),
  /** A container, not an emulated ElastiCache. @default none */
  cache: cache.optional(),
});

/** What a person writes in the file of such an environment. */
export type EmulatedInput = z.input<typeof emulatedSchema>;

/** The same after parsing. */
export type ParsedEmulated = z.output<typeof emulatedSchema>;
