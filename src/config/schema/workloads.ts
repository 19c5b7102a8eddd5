/** Services, workers, jobs and builders: the same on every tier. */
import { z } from 'zod';
import { poolerSchema } from './database';
import { count, cron, helped, hostname, key, percent, seconds, variableName, withElsewhere } from './primitives';

/** What the value of a variable can be taken `from`; none of these is secret. */
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
    z.strictObject({
      /** A property of the environment that is not secret, such as the host of its database. @example 'bucket.uploads.name' */
      from: reference,
    }),
    z.strictObject({
      /**
       * Key of a declared secret. The container gets its value when it starts; Terraform knows only the ARN. @example 'stripe'
       */
      secret: key,
      /** Key of the JSON object in the secret. @default the whole secret, as one string @example 'api-key' */
      key: z.string().min(1).optional(),
    }),
    z.strictObject({
      /** Name of a role in `database.roles`, whose login the variable receives. @example 'app' */
      databaseRole: z.string(),
      /** Part of the login. `url` includes the password and is refused for a role that rotates. */
      key: z.enum(['username', 'password', 'url']),
    }),
  ]),
  {
    allowed: 'a string, { from: "database.host" }, { secret: "jwt", key: "signing-key" } or { databaseRole: "app", key: "url" }',
    fix: 'numbers and booleans are written as strings, as the container will see them',
  },
);

/** A permission of the container's AWS role; exact resources only. */
const permission = helped(
  z.union([
    z.strictObject({
      /** Key of a declared bucket. @example 'uploads' */
      bucket: key,
      /** What the container may do with the objects of the bucket; `write` includes deleting. */
      access: z.enum(['read', 'write', 'read-write']),
    }),
    z.strictObject({
      /** Key of a declared queue. @example 'jobs' */
      queue: key,
      /** `send` puts messages into the queue, `consume` receives and deletes them. */
      access: z.enum(['send', 'consume']),
    }),
    z.strictObject({
      /**
       * Path in Secrets Manager below which the application creates its own secrets. A wildcard needs an acknowledgement.
       * @example 'users/*' @danger The container can read every secret whose name matches.
       */
      secretPath: z.string().min(1),
      /** Whether the container may only read these secrets, or also create, change and delete them. */
      access: z.enum(['read', 'read-write']),
    }),
    z.strictObject({
      /** IAM actions. @example ['ses:SendEmail'] @danger A wildcard needs an acknowledgement. */
      actions: z.array(z.string().regex(/^[a-z0-9-]+:[A-Za-z*]+$/)).min(1),
      /**
       * ARNs that the actions apply to; `{account}` and `{region}` are replaced by those of the environment.
       * @example ['arn:aws:ses:{region}:{account}:identity/shop.example'] @danger A wildcard needs an acknowledgement.
       */
      resources: z.array(z.string().min(1)).min(1),
    }),
  ]),
  {
    allowed: '{ bucket, access }, { queue, access }, { secretPath, access } or { actions, resources }',
    fix: 'name one of the declared buckets or queues, or write actions with the exact ARNs',
  },
);

const image = helped(
  z.union([
    key,
    z.strictObject({
      /** A public image with its tag or digest, which releases do not change. @example 'public.ecr.aws/nginx/nginx:1.29' */
      pinned: z.string().min(1),
    }),
  ]),
  {
    allowed: 'the name of a declared image, or { pinned: "registry/name:tag" }',
    fix: 'declare it under `images`, or pin a public image by tag or digest',
  },
);

const mount = z.strictObject({
  /** Key of a declared file system. @example 'files' */
  fileSystem: key,
  /** Key of one of its access points. @example 'uploads' */
  accessPoint: key,
  /** Directory inside the container. @example '/app/uploads' */
  path: z.string().regex(/^\/[A-Za-z0-9._/-]+$/),
  /** Whether the container may only read the files. @default false */
  readOnly: z.boolean().default(false),
});

/** The fields of everything that runs in a container. */
const container = {
  /** Key of a declared image, which releases change, or a pinned image. @example 'api' */
  image,
  /**
   * CPU of the container. On Fargate one of 0.25, 0.5, 1, 2, 4, 8 and 16; on Kubernetes request and limit; on the box a limit.
   * @unit vCPUs @example 0.5
   * @price $29.55 a month for each vCPU on Fargate, 20 % less with `arm64` (Fargate, us-east-1, 2026-11).
   */
  vcpu: z.number().positive().max(192),
  /**
   * Memory of the container; above it the container is stopped. On Fargate one of the sizes that are sold with `vcpu`.
   * @unit MiB @example 1024
   * @price $3.24 a month for each 1024 MiB on Fargate, 20 % less with `arm64` (Fargate, us-east-1, 2026-11).
   */
  memoryMib: count(64, 786_432),
  /**
   * Name of the ECS service or task family in AWS. @default `<environment>-<key>` @example 'shop-prod-api'
   * @danger Changing it replaces the ECS service, which interrupts it.
   */
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/)
    .optional(),
  /** Command and arguments, instead of the `CMD` of the image. @default that of the image @example ['node', 'server.js'] */
  command: z.array(z.string()).min(1).optional(),
  /** Program and arguments, instead of the `ENTRYPOINT` of the image. @default that of the image @example ['/bin/sh', '-c'] */
  entryPoint: z.array(z.string()).min(1).optional(),
  /**
   * Environment variables, by name. A value is a string, `{ from }` a property of the environment, `{ secret, key }` from a
   * declared secret, or `{ databaseRole, key }` from a database login. Every tier sets the same variables.
   * @default {} @example { LOG_LEVEL: 'info', DATABASE_HOST: { from: 'database.host' }, JWT_KEY: { secret: 'jwt' } }
   * @danger A string is visible in the repository, the plan and the state: put secrets into `secrets`.
   */
  environment: z.record(variableName, variableValue).default({}),
  /**
   * Permissions of the container's AWS role, each for exact resources. On the box all containers share one role.
   * @default [] @example [{ bucket: 'uploads', access: 'read-write' }, { queue: 'jobs', access: 'send' }]
   */
  permissions: z.array(permission).default([]),
  /**
   * Directories of file systems. On the box they are directories of the data volume; on Kubernetes they are refused.
   * @default [] @example [{ fileSystem: 'files', accessPoint: 'uploads', path: '/app/uploads' }]
   */
  mounts: z.array(mount).default([]),
  /** Processor architecture that the image is built for. `arm64` is cheaper. @default 'x86_64' */
  architecture: z.enum(['x86_64', 'arm64']).default('x86_64'),
  /**
   * Directories that the process may write to although its root file system is read-only. They are empty at the start and
   * discarded with the container. @default ['/tmp'] @example ['/tmp', '/var/cache/app']
   */
  writablePaths: z.array(z.string().regex(/^\/[A-Za-z0-9._/-]+$/)).default(['/tmp']),
  /**
   * Whether the process may write anywhere in its container. @default `true` with `exec`, otherwise `false`
   * @danger With `true`, an intruder can replace the program in the running container.
   */
  writableRoot: z.boolean().optional(),
  /**
   * User, or user and group, that the process runs as. Kubernetes refuses root. @default the user of the image
   * @example '1000:1000'
   */
  user: z
    .string()
    .regex(/^\d+(?::\d+)?$/)
    .optional(),
  /** Time between `SIGTERM` and `SIGKILL` when the container is stopped. @unit seconds @default 30 */
  stopTimeoutSeconds: seconds(1, 120).default(30),
  /**
   * CloudWatch log group, where a document prescribes one. @default `logs.group`, otherwise `/<system>/<short name>/<key>`
   * @example '/ecs/shop-api'
   */
  logGroup: z.string().min(1).max(512).optional(),
  /** Prefix of the log streams. @default the key of the container @example 'api' */
  logStreamPrefix: z.string().min(1).max(256).optional(),
};

/** What every container has, after parsing. */
export type ParsedContainer = z.output<z.ZodObject<typeof container, z.core.$strict>>;

/** How a release replaces tasks. */
const deployment = z.strictObject({
  /** Share of the wanted tasks that stay healthy during a release. @unit percent @default 100 */
  minimumHealthyPercent: percent(0, 100).default(100),
  /** Share of the wanted tasks that run during a release at most, old and new together. @unit percent @default 200 */
  maximumPercent: percent(100, 400).default(200),
  /**
   * Whether ECS rolls a release back when its tasks do not become healthy. Kubernetes stops such a release, but does not roll it
   * back. @default true
   */
  circuitBreaker: z.boolean().default(true),
});

const running = {
  ...container,
  /**
   * Whether a person can open a shell in a running container (ECS Exec). It requires a writable root file system.
   * @default false @danger Everyone whose AWS role may call `ecs:ExecuteCommand` acts with the permissions of the container.
   */
  exec: z.boolean().default(false),
  /**
   * Share of the tasks that run on Spot capacity, which is cheaper at a price that varies. Below 100, the first task never does.
   * On Kubernetes it needs `kubernetes.spot`. @unit percent @default 0
   * @danger AWS stops a Spot task with two minutes' notice.
   */
  spotPercent: percent(0, 100).default(0),
  /**
   * A PgBouncer container in each task; `database.host` and `database.port` then refer to it. Refused on the box.
   * @default none @example { maxClientConnections: 200, poolSize: 10 }
   */
  pooler: poolerSchema.optional(),
  /** How a release replaces tasks. The box replaces containers one by one. @default {} @example { minimumHealthyPercent: 50 } */
  deployment: deployment.prefault({}),
};

const health = z.strictObject({
  /** Path that answers with status 200 when the container can serve requests. @example '/health' */
  path: z.string().regex(/^\/\S*$/),
  /** Interval between checks. @unit seconds @default 30 */
  intervalSeconds: seconds(5, 300).default(30),
  /** Time within which a check must be answered; below `intervalSeconds`. @unit seconds @default 5 */
  timeoutSeconds: seconds(2, 120).default(5),
  /** Consecutive successes after which the container counts as healthy. @unit checks @default 2 */
  healthyThreshold: count(2, 10).default(2),
  /** Consecutive failures after which the container counts as unhealthy and is replaced. @unit checks @default 3 */
  unhealthyThreshold: count(2, 10).default(3),
  /**
   * Time for a container to start, during which failures of `command` do not count; on Kubernetes, of any check. @unit seconds
   * @default 60
   */
  startPeriodSeconds: seconds(0, 300).default(60),
  /** Time after the start of a task during which failures at the load balancer do not count. @unit seconds @default 60 */
  gracePeriodSeconds: seconds(0, 7200).default(60),
  /**
   * Shell command that runs inside the container as a further check; it ends with 0 when the container is healthy.
   * @default none: only the load balancer or the kubelet checks @example 'curl -fsS http://localhost:8080/health'
   */
  command: z.string().min(1).optional(),
});

const route = z.strictObject({
  /**
   * Position of the route: the lowest number is matched first. Unique in the environment. @unit position
   * @default matched after all routes with a priority, paths before whole hosts
   */
  priority: count(1, 50000).optional(),
  /** One of the environment's host names. @default every name @example 'api.shop.example' */
  host: hostname.optional(),
  /** Path patterns, in which `*` matches any characters. @default every path @example ['/api/*'] */
  paths: z
    .array(z.string().regex(/^\/[A-Za-z0-9_\-.$/~"'@:+&*?]*$/))
    .min(1)
    .max(5)
    .optional(),
});

/** Follows a load and adds or removes tasks. */
const scaling = z.strictObject({
  /** Average CPU utilisation of the tasks that scaling maintains. @unit percent @default CPU is not followed @example 60 */
  cpuPercent: percent().optional(),
  /** Average memory utilisation of the tasks that scaling maintains. @unit percent @default memory is not followed @example 75 */
  memoryPercent: percent().optional(),
  /**
   * Requests a minute that each task receives. Fargate only, for a service with routes.
   * @unit requests a minute @default requests are not followed @example 1000
   */
  requestsPerTarget: count(1, 1_000_000).optional(),
  /** Time after tasks were added before more are added. @unit seconds @default 60 */
  scaleOutCooldownSeconds: seconds(0, 3600).default(60),
  /** Time after tasks were removed before more are removed. @unit seconds @default 300 */
  scaleInCooldownSeconds: seconds(0, 3600).default(300),
});

const replicas = z.strictObject({
  /** Tasks that always run; 0 only for a worker that scales on a queue. @unit tasks */
  min: count(0, 1000),
  /**
   * Tasks that run at most; equal to `min` where nothing scales. @unit tasks
   * @price Each task costs its `vcpu` and `memoryMib` for as long as it runs (Fargate): $36 a month for 1 vCPU and 2048 MiB
   * (Fargate, us-east-1, 2026-11).
   */
  max: count(1, 1000),
});

export const serviceSchema = z.strictObject({
  ...running,
  /** TCP port that the container listens on. @unit port number @example 8080 */
  port: count(1, 65535),
  /** How many tasks run. The box runs one container of each service. @example { min: 2, max: 6 } */
  replicas,
  /**
   * The check by which the load balancer, ECS or Kubernetes decides whether a container is healthy. @example { path: '/health' }
   */
  health,
  /**
   * Requests from the internet that go to this service. Without routes, nothing outside the environment reaches it.
   * @default [] @example [{ host: 'api.shop.example' }, { paths: ['/api/*'], priority: 10 }]
   * @danger A route publishes the service to the internet.
   */
  routes: z.array(route).default([]),
  /**
   * The load that the number of tasks follows, between `replicas.min` and `replicas.max`. @default the number stays at `min`
   * @example { cpuPercent: 60 }
   */
  scaling: scaling.optional(),
});

/** The fix for a worker with a route, a port or a health check. */
const IS_A_SERVICE = 'move the whole entry to `services`: what listens is a service, a worker listens to nobody';

const worker = z.strictObject({
  ...running,
  /** How many tasks run. The box runs `min` containers of a worker, at least one. @example { min: 0, max: 10 } */
  replicas,
  /**
   * What the number of tasks follows: CPU or memory, or the messages that wait in a queue, from zero.
   * @default the number stays at `min` @example { queue: 'jobs', messagesPerTask: 10 }
   */
  scaling: z
    .union([
      scaling.omit({ requestsPerTarget: true }),
      z.strictObject({
        /** Key of the declared queue whose waiting messages count. @example 'jobs' */
        queue: key,
        /** Waiting messages for which one task runs. @unit messages @default 1 */
        messagesPerTask: count(1, 100_000).default(1),
        /** Time after tasks were added before more are added. @unit seconds @default 60 */
        scaleOutCooldownSeconds: seconds(0, 3600).default(60),
        /** Time after tasks were removed, or since the queue is empty, before more are removed. @unit seconds @default 300 */
        scaleInCooldownSeconds: seconds(0, 3600).default(300),
      }),
    ])
    .optional(),
});

export const workerSchema = withElsewhere(worker, { routes: IS_A_SERVICE, port: IS_A_SERVICE, health: IS_A_SERVICE });

export const jobSchema = z.strictObject({
  ...container,
  /** Times at which the job runs: five cron fields in UTC. @default none: it runs on demand only @example '0 2 * * *' */
  schedule: cron.optional(),
  /** Time after which a run is stopped, on the box and on Kubernetes. Fargate does not stop a run. @unit seconds @default 3600 */
  timeoutSeconds: seconds(1, 86400).default(3600),
  /** Further attempts for a run that could not be started. A run that fails is not repeated. @unit attempts @default 2 */
  retries: count(0, 10).default(2),
});

export const builderSchema = z.strictObject({
  /** Where CodeBuild gets the source. @example { kind: 'github', url: 'https://github.com/acme/shop' } */
  source: z.discriminatedUnion('kind', [
    z.strictObject({
      /** A repository on GitHub. */
      kind: z.literal('github'),
      /**
       * URL of the repository. A private one needs a connection of CodeBuild to GitHub. @example 'https://github.com/acme/shop'
       */
      url: z.url(),
    }),
    z.strictObject({
      /** An object or a folder in a bucket. */
      kind: z.literal('bucket'),
      /** Key of a declared bucket. @example 'sources' */
      bucket: key,
      /** Key of a ZIP object, or a folder that ends with a slash. @example 'shop/' */
      path: z.string().min(1),
    }),
  ]),
  /** Keys of the declared images that the build may push; each has the variable `REPOSITORY_<IMAGE>`. @example ['api'] */
  images: z.array(key).min(1),
  /** Size of the build machine: 2, 4 or 8 vCPUs. CodeBuild bills each build minute. @default 'BUILD_GENERAL1_SMALL' */
  size: z.enum(['BUILD_GENERAL1_SMALL', 'BUILD_GENERAL1_MEDIUM', 'BUILD_GENERAL1_LARGE']).default('BUILD_GENERAL1_SMALL'),
  /** Processor architecture of the build machine, and of the images that it builds. @default 'x86_64' */
  architecture: z.enum(['x86_64', 'arm64']).default('x86_64'),
  /** Time after which a build is stopped. @unit minutes @default 60 */
  timeoutMinutes: count(5, 480).default(60),
  /** Path of the build specification inside the source. @default 'buildspec.yml' */
  buildspec: z.string().min(1).default('buildspec.yml'),
  /**
   * Variables of the build, by name. @default {} @example { NODE_ENV: 'production' }
   * @danger The values are visible in the repository and the state.
   */
  environment: z.record(variableName, z.string()).default({}),
  /** Further permissions of the build's AWS role. @default [] @example [{ bucket: 'artifacts', access: 'write' }] */
  permissions: z.array(permission).default([]),
});
