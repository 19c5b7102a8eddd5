/** Services, workers, jobs and builders: the same on every tier. */
import { z } from 'zod';
import { poolerSchema } from './database';
import { count, cron, helped, hostname, key, percent, seconds, variableName, withElsewhere } from './primitives';

/** What a variable can be taken `from`; the value is not secret. */
const reference = helped(
  z.union([
    z.enum([
      'database.host',
      'database.port',
      'database.name',
      'cache.url',
      'cache.host',
      'cache.port',
      'region',
      'environment.name',
    ]),
    z.templateLiteral(['database.replicas.', z.string(), '.host']),
    z.templateLiteral(['bucket.', z.string(), '.name']),
    z.templateLiteral(['queue.', z.string(), '.url']),
  ]),
  {
    allowed:
      '"database.host|port|name", "database.replicas.<name>.host", "cache.url|host|port", "bucket.<name>.name", "queue.<name>.url", "region", "environment.name"',
    fix: 'check the spelling; what it names must be declared in the same environment',
  },
);

/**
 * The value of a variable:
 * a plain string; `{ from }`, a fact of the environment; `{ secret, key }`, (one JSON key of) a declared secret;
 * `{ databaseRole, key }`, the login of an application role. Secrets never appear in Terraform, only their ARNs.
 */
const variableValue = helped(
  z.union([
    z.string(),
    z.strictObject({ from: reference }),
    z.strictObject({ secret: key, key: z.string().min(1).optional() }),
    z.strictObject({ databaseRole: z.string(), key: z.enum(['username', 'password', 'url']) }),
  ]),
  {
    allowed: 'a string, { from: "database.host" }, { secret: "jwt", key: "signing-key" } or { databaseRole: "app", key: "url" }',
    fix: 'numbers and booleans are written as strings, as the container will see them',
  },
);

/** What the container's own AWS role may do; exact resources only. */
const permission = helped(
  z.union([
    z.strictObject({ bucket: key, access: z.enum(['read', 'write', 'read-write']) }),
    z.strictObject({ queue: key, access: z.enum(['send', 'consume']) }),
    /** Secrets below a path that applications make themselves, such as `users/*`; a wildcard, so it asks for an acknowledgement. */
    z.strictObject({ secretPath: z.string().min(1), access: z.enum(['read', 'read-write']) }),
    /** In resources, `{account}` and `{region}` stand for the environment's own. */
    z.strictObject({
      actions: z.array(z.string().regex(/^[a-z0-9-]+:[A-Za-z*]+$/)).min(1),
      resources: z.array(z.string().min(1)).min(1),
    }),
  ]),
  {
    allowed: '{ bucket, access }, { queue, access }, { secretPath, access } or { actions, resources }',
    fix: 'name one of the declared buckets or queues, or write actions with the exact ARNs',
  },
);

const image = helped(z.union([key, z.strictObject({ pinned: z.string().min(1) })]), {
  allowed: 'the name of a declared image, or { pinned: "registry/name:tag" }',
  fix: 'declare it under `images`, or pin a public image by tag or digest',
});

const mount = z.strictObject({
  fileSystem: key,
  accessPoint: key,
  /** Where the container sees it. */
  path: z.string().regex(/^\/[A-Za-z0-9._/-]+$/),
  /** @default false */
  readOnly: z.boolean().default(false),
});

/** What every container says of itself. */
const container = {
  /** A declared image, or a pinned one. */
  image,
  /** vCPUs: 0.25, 0.5, 1, 2, 4, 8 or 16 on Fargate; a limit on the other tiers. */
  vcpu: z.number().positive().max(192),
  /** Memory in MiB; on Fargate one of the sizes sold with `vcpu`. */
  memoryMib: count(64, 786_432),
  /** The name AWS shows (ECS service, task family). @default <environment>-<key> */
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/)
    .optional(),
  /** Replaces the image's CMD. */
  command: z.array(z.string()).min(1).optional(),
  /** Replaces the image's ENTRYPOINT. */
  entryPoint: z.array(z.string()).min(1).optional(),
  /** Variables by name. @default {} */
  environment: z.record(variableName, variableValue).default({}),
  /** @default [] */
  permissions: z.array(permission).default([]),
  /** Directories of file systems. @default [] */
  mounts: z.array(mount).default([]),
  /** `arm64` is cheaper and needs images built for it. @default 'x86_64' */
  architecture: z.enum(['x86_64', 'arm64']).default('x86_64'),
  /** Directories the process may write to although its root file system is read-only. @default ['/tmp'] */
  writablePaths: z.array(z.string().regex(/^\/[A-Za-z0-9._/-]+$/)).default(['/tmp']),
  /** Whether the process may write anywhere in its container. @default false, or true with `exec` */
  writableRoot: z.boolean().optional(),
  /** User (and group) that the process runs as, `uid[:gid]`. @default the image's */
  user: z
    .string()
    .regex(/^\d+(?::\d+)?$/)
    .optional(),
  /** Seconds between SIGTERM and SIGKILL. @default 30 */
  stopTimeoutSeconds: seconds(1, 120).default(30),
  /** CloudWatch log group as a document names it. @default `logs.group`, or /<system>/<environment>/<key> */
  logGroup: z.string().min(1).max(512).optional(),
  /** Log stream prefix. @default the key */
  logStreamPrefix: z.string().min(1).max(256).optional(),
};

/** What every container has, after parsing. */
export type ParsedContainer = z.output<z.ZodObject<typeof container, z.core.$strict>>;

/** How tasks are replaced when something new is released. */
const deployment = z.strictObject({
  /** @default 100 */
  minimumHealthyPercent: percent(0, 100).default(100),
  /** @default 200 */
  maximumPercent: percent(100, 400).default(200),
  /** A release that does not become healthy is taken back. @default true */
  circuitBreaker: z.boolean().default(true),
});

const running = {
  ...container,
  /** A shell inside a running container (ECS Exec, kubectl exec). Excludes a read-only root file system. @default false */
  exec: z.boolean().default(false),
  /** Share of tasks on Spot: cheaper, and stopped with two minutes' notice. @default 0 */
  spotPercent: percent(0, 100).default(0),
  /** PgBouncer beside each task; `database.host` and `database.port` then mean the pooler. */
  pooler: poolerSchema.optional(),
  deployment: deployment.prefault({}),
};

const health = z.strictObject({
  /** Answers 200 when the container can take traffic. */
  path: z.string().regex(/^\/\S*$/),
  /** @default 30 */
  intervalSeconds: seconds(5, 300).default(30),
  /** @default 5 */
  timeoutSeconds: seconds(2, 120).default(5),
  /** @default 2 */
  healthyThreshold: count(2, 10).default(2),
  /** @default 3 */
  unhealthyThreshold: count(2, 10).default(3),
  /** A container that was just started is not judged for so long. @default 60 */
  startPeriodSeconds: seconds(0, 300).default(60),
  /** The load balancer's verdict on a new task is not heeded for so long. @default 60 */
  gracePeriodSeconds: seconds(0, 7200).default(60),
  /** A check run inside the container (a shell line); without one only the load balancer or the kubelet checks. */
  command: z.string().min(1).optional(),
});

const route = z.strictObject({
  /** Lower is matched first; unique in the environment. A route without priority is the default of its host. */
  priority: count(1, 50000).optional(),
  /** One of the domain's names. @default every name */
  host: hostname.optional(),
  /** Path patterns; `*` stands for any characters. @default every path */
  paths: z
    .array(z.string().regex(/^\/[A-Za-z0-9_\-.$/~"'@:+&*?]*$/))
    .min(1)
    .max(5)
    .optional(),
});

/** Tracks a load and adds or removes tasks. */
const scaling = z.strictObject({
  cpuPercent: percent().optional(),
  memoryPercent: percent().optional(),
  /** Requests a minute and task. */
  requestsPerTarget: count(1, 1_000_000).optional(),
  /** @default 60 */
  scaleOutCooldownSeconds: seconds(0, 3600).default(60),
  /** @default 300 */
  scaleInCooldownSeconds: seconds(0, 3600).default(300),
});

const replicas = z.strictObject({
  /** Tasks at rest. */
  min: count(0, 1000),
  /** Tasks at most; the same as `min` for no scaling. */
  max: count(1, 1000),
});

export const serviceSchema = z.strictObject({
  ...running,
  /** The port the container listens on. */
  port: count(1, 65535),
  replicas,
  health,
  /** What the public sends here. Without routes nothing from outside reaches the service. @default [] */
  routes: z.array(route).default([]),
  scaling: scaling.optional(),
});

/** What somebody wants who gives a worker a route, a port or a health path. */
const IS_A_SERVICE = 'move the whole entry to `services`: what listens is a service, a worker listens to nobody';

const worker = z.strictObject({
  ...running,
  replicas,
  /** On CPU or memory, or on the messages that wait in a queue, from zero. */
  scaling: z
    .union([
      scaling.omit({ requestsPerTarget: true }),
      z.strictObject({
        /** The queue whose waiting messages count. */
        queue: key,
        /** Messages that one task is expected to hold. @default 1 */
        messagesPerTask: count(1, 100_000).default(1),
        /** @default 60 */
        scaleOutCooldownSeconds: seconds(0, 3600).default(60),
        /** @default 300 */
        scaleInCooldownSeconds: seconds(0, 3600).default(300),
      }),
    ])
    .optional(),
});

export const workerSchema = withElsewhere(worker, { routes: IS_A_SERVICE, port: IS_A_SERVICE, health: IS_A_SERVICE });

export const jobSchema = z.strictObject({
  ...container,
  /** When it runs, in UTC. Without a schedule it runs on demand only. */
  schedule: cron.optional(),
  /** Seconds after which a run is stopped or reported. @default 3600 */
  timeoutSeconds: seconds(1, 86400).default(3600),
  /** Further tries of a run that could not be started. @default 2 */
  retries: count(0, 10).default(2),
});

export const builderSchema = z.strictObject({
  /** Where CodeBuild gets the source. */
  source: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('github'), url: z.url() }),
    z.strictObject({ kind: z.literal('bucket'), bucket: key, path: z.string().min(1) }),
  ]),
  /** The declared images it may push. */
  images: z.array(key).min(1),
  /** @default 'BUILD_GENERAL1_SMALL' */
  size: z.enum(['BUILD_GENERAL1_SMALL', 'BUILD_GENERAL1_MEDIUM', 'BUILD_GENERAL1_LARGE']).default('BUILD_GENERAL1_SMALL'),
  /** @default 'x86_64' */
  architecture: z.enum(['x86_64', 'arm64']).default('x86_64'),
  /** @default 60 */
  timeoutMinutes: count(5, 480).default(60),
  /** Path of the build specification inside the source. @default 'buildspec.yml' */
  buildspec: z.string().min(1).default('buildspec.yml'),
  /** @default {} */
  environment: z.record(variableName, z.string()).default({}),
  /** @default [] */
  permissions: z.array(permission).default([]),
});
