/** What everything that runs in a container has: image, size, variables, permissions, directories and logs. */
import { z } from 'zod';
import { LONGEST_STOP_SECONDS } from '../tables/stop-timeouts';
import { destinations } from './egress';
import { count, directory, email, helped, imageReference, keyOf, seconds, variableName, withElsewhere } from './primitives';
import { secretVariable } from './secret-variables';
import type { Declared, ReferenceSchema } from './written';

/** A fact of an entry that the environment declares, by the name of the entry. */
const factOf =
  <To extends keyof Declared>() =>
  <const Before extends string, const After extends string>(before: Before, after: After) =>
    z.templateLiteral([before, z.string(), after]) as unknown as ReferenceSchema<To, Before, After>;

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
    factOf<'replicas'>()('database.replicas.', '.host'),
    factOf<'buckets'>()('bucket.', '.name'),
    factOf<'queues'>()('queue.', '.url'),
    factOf<'services'>()('service.', '.url'),
    factOf<'services'>()('service.', '.host'),
    factOf<'services'>()('service.', '.port'),
  ]),
  {
    allowed:
      '"database.host|port|name", "database.replicas.<name>.host", "cache.url|host|port", "bucket.<name>.name", "queue.<name>.url", "service.<name>.url|host|port", "region", "environment.name"',
    fix: 'check the spelling; the target must be declared in the same environment',
  },
);

const fact = z.strictObject({
  /** A property of the environment that is not secret, such as the host of its database. @example 'bucket.uploads.name' */
  from: reference,
});

export const secretOf = z.strictObject({
  /**
   * Key of a declared secret. The container gets its value when it starts; Terraform knows only the ARN. @example 'stripe'
   */
  secret: keyOf<'secrets'>(),
  /** Key of the JSON object in the secret. @default the whole secret, as one string @example 'api-key' */
  key: z.string().min(1).optional(),
});

/** The value of a variable of a sidecar, which has no login of the database. */
export const sidecarVariableValue = helped(
  z.union([
    z.string(),
    fact,
    withElsewhere(secretOf, {
      databaseRole: 'a login belongs to a container: give the sidecar a secret with a login of its own, { secret, key }',
    }),
  ]),
  {
    allowed: 'a string, { from: "cache.host" } or { secret: "grafana", key: "api-key" }',
    fix: 'write numbers and booleans as strings, as the sidecar receives them',
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
    fact,
    secretOf,
    z.strictObject({
      /** Name of a role in `database.roles`, whose login the variable receives. @example 'app' */
      databaseRole: keyOf<'roles'>(z.string()),
      /**
       * Part of the login. `url` includes the password and is refused for a role that rotates, whose `username` changes, too. A role
       * with `login: 'iam'` has only a `username`; reading it permits the container to log in.
       */
      key: z.enum(['username', 'password', 'url']),
    }),
  ]),
  {
    allowed: 'a string, { from: "database.host" }, { secret: "jwt", key: "signing-key" } or { databaseRole: "app", key: "url" }',
    fix: 'write numbers and booleans as strings, as the container receives them',
  },
);

const action = helped(z.string().regex(/^[a-z0-9-]+:[A-Za-z*]+$/), {
  allowed: 'an IAM action such as "ses:SendEmail": the service in lower case, a colon, the operation',
  fix: 'look it up in the AWS Service Authorization Reference',
});

/** Only these two placeholders are replaced. Source of the form: AWS General Reference, "Amazon Resource Names". */
const resource = helped(
  z
    .string()
    .regex(
      /^(?:\*|arn:aws[a-z-]*:[a-z0-9*-]+:(?:[a-z0-9*-]*|\{region\}):(?:\d{12}|\{account\}|aws|\*)?:(?:[^{}\s]|\$\{[^{}\s]+\}|\{account\}|\{region\})+)$/,
    ),
  {
    allowed: 'an ARN such as "arn:aws:ses:{region}:{account}:identity/shop.example"; of placeholders only {account} and {region}',
    fix: 'copy the ARN from the AWS console, or name a declared bucket or queue with { bucket, access } or { queue, access }',
  },
);

const containerUser = helped(z.string().regex(/^\d{1,10}(?::\d{1,10})?$/), {
  allowed: 'the number of a user, or of user and group, such as "1000:1000", in quotes',
  fix: 'write numbers instead of names: `docker run --entrypoint id <image>` shows them',
});

const awsName = helped(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/), {
  allowed: 'letters, digits, hyphens and underscores; starts with a letter or digit; at most 63 characters',
  fix: 'omit it for <environment>-<key>',
});

const logGroup = helped(z.string().min(1).max(512), {
  allowed: 'the name of a log group such as "/ecs/shop-api", at most 512 characters',
  fix: 'omit it for a group of its own',
});

/** A permission of the container's AWS role; exact resources only. */
export const permission = helped(
  z.union([
    z.strictObject({
      /** Key of a declared bucket. @example 'uploads' */
      bucket: keyOf<'buckets'>(),
      /** What the container may do with the objects of the bucket; `write` includes deleting. */
      access: z.enum(['read', 'write', 'read-write']),
    }),
    z.strictObject({
      /** Key of a declared queue. @example 'jobs' */
      queue: keyOf<'queues'>(),
      /** `send` puts messages into the queue, `consume` receives and deletes them. */
      access: z.enum(['send', 'consume']),
    }),
    z.strictObject({
      /**
       * Addresses of the domain of `email` that the container may send from, by the API of SES. @example ['orders@shop.example']
       * @danger An intruder in the container can write to anyone in these names.
       */
      emailFrom: z.array(email).min(1).max(20),
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
      /**
       * IAM actions. @example ['ses:SendEmail']
       * @danger A wildcard needs an acknowledgement, and so does an action by which an intruder gains more, such as `sts:AssumeRole`.
       */
      actions: z.array(action).min(1),
      /**
       * ARNs that the actions apply to; `{account}` and `{region}` are replaced by those of the environment.
       * @example ['arn:aws:ses:{region}:{account}:identity/shop.example'] @danger A wildcard needs an acknowledgement.
       */
      resources: z.array(resource).min(1),
    }),
  ]),
  {
    allowed: '{ bucket, access }, { queue, access }, { emailFrom }, { secretPath, access } or { actions, resources }',
    fix: 'name one of the declared buckets or queues, or write actions with the exact ARNs',
  },
);

export const image = helped(
  z.union([
    keyOf<'images'>(),
    z.strictObject({
      /** A public image with its tag or digest, which releases do not change. @example 'public.ecr.aws/nginx/nginx:1.29' */
      pinned: imageReference,
    }),
  ]),
  {
    allowed: 'the name of a declared image, or { pinned: "registry/name:tag" }',
    fix: 'declare it under `images`, or pin a public image by tag or digest',
  },
);

const mount = z.strictObject({
  /** Key of a declared file system. @example 'files' */
  fileSystem: keyOf<'fileSystems'>(),
  /** Key of one of its access points. @example 'uploads' */
  accessPoint: keyOf<'accessPoints'>(),
  /** Directory inside the container. @example '/app/uploads' */
  path: directory,
  /** Whether the container may only read the files. @default false */
  readOnly: z.boolean().default(false),
});

/** The fields of everything that runs in a container. */
export const container = {
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
  name: awsName.optional(),
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
   * Variables whose values are secrets of the same name: `STRIPE_KEY` is the secret `stripe-key`, which need not be declared.
   * Declare it under `secrets` of the environment to give it a description, a generated value or a rotation; for one key of a
   * JSON object write `{ secret, key }` in `environment`. @default [] @example ['RAILS_MASTER_KEY', 'STRIPE_KEY']
   * @price $0.40 a month for each secret (Secrets Manager, us-east-1, 2026-11).
   */
  secrets: z.array(secretVariable).default([]),
  /**
   * Permissions of the container's AWS role, each for exact resources. On the box all containers share one role.
   * @default [] @example [{ bucket: 'uploads', access: 'read-write' }, { queue: 'jobs', access: 'send' }]
   */
  permissions: z.array(permission).default([]),
  /**
   * Where the container may open TCP connections, besides HTTPS anywhere, its database, cache and files, and the services that
   * have it among their `callers`. On the box the host opens what any container asks for.
   * @default `network.egress` @example [{ cidr: '203.0.113.10/32', port: 22 }, { endpoint: 'email-smtp', port: 587 }]
   * @danger An intruder in the container can connect there, too.
   */
  egress: destinations.optional(),
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
  writablePaths: z.array(directory).default(['/tmp']),
  /**
   * Disk for `writablePaths`, for the writable root file system and, on Fargate, for the images of the task. Fargate has 20 in any
   * case. On Kubernetes it is requested from the disk of the node and is the limit of each path and of the container. On the box
   * the paths are in memory, and this is refused. @unit GiB @default 20 on Fargate, 1 on Kubernetes @example 50
   * @price On Fargate $0.08 a month for each GiB above 20 (Fargate, us-east-1, 2026-11).
   */
  ephemeralStorageGib: count(1, 200).optional(),
  /**
   * Whether the process may write anywhere in its container. @default `true` with `exec`, otherwise `false`
   * @danger With `true`, an intruder can replace the program in the running container.
   */
  writableRoot: z.boolean().optional(),
  /**
   * User, or user and group, that the process runs as. Kubernetes refuses root. @default the user of the image
   * @example '1000:1000'
   */
  user: containerUser.optional(),
  /**
   * Group of `kubernetes.nodeGroups` whose nodes run the container. Kubernetes only.
   * @default the nodes in `kubernetes.nodes`, and those in `kubernetes.spot` by `spotPercent` @example 'reports'
   */
  nodeGroup: keyOf<'nodeGroups'>().optional(),
  /**
   * Time between `SIGTERM` and `SIGKILL` when the container is stopped; Fargate allows 120 at most. The load balancer keeps open
   * requests of a stopping service for the same time. @unit seconds
   * @default 120 for a worker that takes messages from a queue, otherwise 30 @example 90
   * @danger A release and the replacement of a node take as long as the slowest container.
   */
  stopTimeoutSeconds: seconds(1, LONGEST_STOP_SECONDS).optional(),
  /**
   * CloudWatch log group, where a document prescribes one. @default `logs.group`, otherwise `/<system>/<short name>/<key>`
   * @example '/ecs/shop-api'
   */
  logGroup: logGroup.optional(),
  /** Prefix of the log streams. @default the key of the container @example 'api' */
  logStreamPrefix: helped(z.string().regex(/^[A-Za-z0-9._/-]{1,128}$/), {
    allowed: 'letters, digits and . _ / -, at most 128 characters',
    fix: 'rename it: CloudWatch refuses colons and asterisks, and the name is printed in commands',
  }).optional(),
};

/** What every container has, after parsing. */
export type ParsedContainer = z.output<z.ZodObject<typeof container, z.core.$strict>>;
