/** Services, workers and jobs: the same on every tier. */
import { z } from 'zod';
import { isStatusList } from '../calculations/status-ranges';
import { container } from './containers';
import { poolerSchema } from './database';
import {
  count,
  cron,
  helped,
  hostname,
  key,
  keyOf,
  percent,
  requestPath,
  seconds,
  timezone,
  wholePercent,
  withElsewhere,
} from './primitives';
import { redisListScaling } from './redis-list-scaling';
import { sidecarSchema } from './sidecars';

/** How a release replaces tasks. */
const deployment = z.strictObject({
  /** Share of the wanted tasks that stay healthy during a release. @unit percent @default 100 */
  minimumHealthyPercent: wholePercent(0, 100).default(100),
  /** Share of the wanted tasks that run during a release at most, old and new together. @unit percent @default 200 */
  maximumPercent: wholePercent(100, 400).default(200),
  /**
   * Whether ECS rolls a release back when its tasks do not become healthy. Kubernetes stops such a release, but does not roll it
   * back. @default true
   */
  circuitBreaker: z.boolean().default(true),
});

/** Metrics in the format of Prometheus. */
const metrics = z.strictObject({
  /** Path that answers with the metrics. @default '/metrics' */
  path: requestPath(1024).default('/metrics'),
  /**
   * TCP port of the metrics; may be the port of the service. @unit port number @example 9090
   * @danger On the port of a service with routes, the load balancer may publish them: use another port.
   */
  port: count(1, 65535),
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
  spotPercent: wholePercent(0, 100).default(0),
  /**
   * A PgBouncer container in each task; `database.host` and `database.port` then refer to it. Refused on the box.
   * @default none @example { maxClientConnections: 200, poolSize: 10 }
   */
  pooler: poolerSchema.optional(),
  /**
   * Further containers of each task, by name, such as a collector or a proxy: reachable at localhost, with the permissions of the
   * container's role. Refused on the box. @default {}
   * @example { alloy: { image: { pinned: 'docker.io/grafana/alloy:v1.11.0' }, vcpu: 0.1, memoryMib: 128, ports: [4318] } }
   * @danger A sidecar that is `essential` takes the whole task down with it.
   */
  sidecars: z.record(key, sidecarSchema).default({}),
  /**
   * Metrics that Prometheus reads from every container. Kubernetes with `kubernetes.monitoring: 'prometheus'` only.
   * @default none @example { port: 9090 }
   */
  metrics: metrics.optional(),
  /**
   * Whether exactly one task runs, such as a scheduler or a consumer that must keep an order: `replicas` are one, and a release ends
   * the old task before it starts the new one. @default false
   * @danger A release interrupts it, from the end of the old task to the start of the new one. When a machine fails, two may run
   * for a moment: what must never run twice also takes a lock, for example in the database.
   */
  singleton: z.boolean().default(false),
  /** How a release replaces tasks. The box starts the new container next to the former one. @default {} @example { minimumHealthyPercent: 50 } */
  deployment: deployment.prefault({}),
};

const health = z.strictObject({
  /** Path that answers with a status of `matcher` when the container can serve requests. @example '/health' */
  path: requestPath(1024),
  /**
   * Statuses that count as healthy: numbers and ranges from 200 to 499. On Kubernetes none above 399, because the kubelet takes
   * those for failures. @default '200' @example '200-299'
   * @danger With a range above 399, an application that only answers errors counts as healthy.
   */
  matcher: helped(z.string().refine(isStatusList), {
    allowed: 'statuses from 200 to 499, such as "200", "200,204" or "200-299"',
    fix: 'write numbers and ranges, separated by commas, without spaces',
  }).default('200'),
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

/** Source: Elastic Load Balancing API reference, CreateRule, PathPatternConfig: at most 128 characters. */
const routePath = helped(
  z
    .string()
    .max(128)
    .regex(/^\/[A-Za-z0-9_\-.$/~"'@:+&*?]*$/),
  {
    allowed: 'a path pattern such as "/api/*", at most 128 characters: letters, digits and _ - . $ / ~ " \' @ : + & * ?',
    fix: 'begin it with "/"; `*` matches any characters, `?` exactly one',
  },
);

const route = z.strictObject({
  /**
   * Position of the route: the lowest number is matched first. Unique in the environment. @unit position
   * @default matched after all routes with a priority, paths before whole hosts
   */
  priority: count(1, 50000).optional(),
  /** One of the environment's host names. @default every name @example 'api.shop.example' */
  host: hostname.optional(),
  /** Path patterns, in which `*` matches any characters. @default every path @example ['/api/*'] */
  paths: z.array(routePath).min(1).max(5).optional(),
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

const replicas = z
  .strictObject({
    /**
     * Tasks that always run; 0 only for a worker that scales on a queue or a list. From 0, the first message waits for metrics and a start:
     * some minutes, and up to 15 more after six hours without messages, when SQS has stopped measuring the queue. 1 avoids both.
     * @unit tasks
     */
    min: count(0, 1000),
    /**
     * Tasks that run at most; equal to `min` where nothing scales. @unit tasks
     * @price Each task costs its `vcpu` and `memoryMib` for as long as it runs (Fargate): $36 a month for 1 vCPU and 2048 MiB
     * (Fargate, us-east-1, 2026-11).
     */
    max: count(1, 1000),
  })
  .prefault({ min: 1, max: 1 });

export const serviceSchema = z.strictObject({
  ...running,
  /** TCP port that the container listens on. @unit port number @example 8080 */
  port: count(1, 65535),
  /** How many tasks run. The box runs one container of each service. @default { min: 1, max: 1 } @example { min: 2, max: 6 } */
  replicas,
  /**
   * The check by which the load balancer, ECS or Kubernetes decides whether a container is healthy. @example { path: '/health' }
   */
  health,
  /**
   * Requests from the internet that go to this service. Without routes, only its `callers` reach it.
   * @default [] @example [{ host: 'api.shop.example' }, { paths: ['/api/*'], priority: 10 }]
   * @danger A route publishes the service to the internet.
   */
  routes: z.array(route).default([]),
  /**
   * Keys of the services, workers and jobs that may call this service on its port; they find it by `{ from: 'service.<key>.url' }`.
   * Others cannot connect to it, except on the box, whose containers share a network. @default [] @example ['web', 'reports']
   * @price On Fargate, $0.50 a month for the private DNS zone of the environment (Route 53, us-east-1, 2026-11).
   * @danger The calls are plain HTTP inside the network of the environment, and nothing but the network identifies the caller.
   */
  callers: z.array(keyOf<'services' | 'workers' | 'jobs'>()).default([]),
  /**
   * The load that the number of tasks follows, between `replicas.min` and `replicas.max`. @default the number stays at `min`
   * @example { cpuPercent: 60 }
   */
  scaling: scaling.optional(),
});

/** The fix for a worker with a route, a port or a health check. */
const IS_A_SERVICE = 'move the whole entry to `services`: a worker does not listen on a port';

const worker = z.strictObject({
  ...running,
  /**
   * How many tasks run. The box runs `min` containers of a worker, at least one. @default { min: 1, max: 1 }
   * @example { min: 0, max: 10 }
   */
  replicas,
  /**
   * What the number of tasks follows: CPU or memory, or from zero the messages that wait in a queue or the entries of a list in Redis.
   * @default the number stays at `min` @example { queue: 'jobs', messagesPerTask: 10 }
   */
  scaling: z
    .union([
      scaling.omit({ requestsPerTarget: true }),
      z.strictObject({
        /** Key of the declared queue whose waiting messages count. @example 'jobs' */
        queue: keyOf<'queues'>(),
        /** Waiting messages for which one task runs. @unit messages @default 1 */
        messagesPerTask: count(1, 100_000).default(1),
        /**
         * Time during which tasks that were added count as running; only a larger backlog adds more. On Fargate, longer than a
         * task takes to start and to be counted; otherwise the same tasks are added twice, up to `replicas.max`.
         * @unit seconds @default 180
         */
        scaleOutCooldownSeconds: seconds(0, 3600).default(180),
        /**
         * Time during which no message waits and none is being worked on, before the tasks are removed down to `replicas.min`.
         * Until then no task is removed. Not below 300, because metrics arrive minutes late. @unit seconds @default 300
         */
        scaleInCooldownSeconds: seconds(300, 3600).default(300),
      }),
      redisListScaling,
    ])
    .optional(),
});

export const workerSchema = withElsewhere(worker, {
  routes: IS_A_SERVICE,
  port: IS_A_SERVICE,
  health: IS_A_SERVICE,
  callers: IS_A_SERVICE,
});

const job = z.strictObject({
  ...container,
  /** Times at which the job runs: five cron fields in `timezone`. @default none: it runs on demand only @example '0 2 * * *' */
  schedule: cron.optional(),
  /**
   * Time zone of `schedule`. Times that a change of the clocks skips or repeats are handled differently on each tier (the run is
   * skipped on Fargate): choose a time outside of 00:00 to 03:00. @default none: UTC @example 'Europe/Berlin'
   */
  timezone: timezone.optional(),
  /**
   * What happens at a time of `schedule` while the previous run is active: `forbid` skips the new run, `allow` starts it. The box
   * runs one at a time in any case. @default 'forbid' @danger With `allow`, a run that hangs gets company each time.
   */
  concurrency: z.enum(['allow', 'forbid']).default('forbid'),
  /**
   * Time after which a run is stopped, from its start with the pull of the image, and reported as failed. @unit seconds
   * @default 3600
   * @price On Fargate a run is an execution of Step Functions with about five state transitions: $0.000025 each after 4,000 free
   * ones a month (Step Functions, us-east-1, 2026-11).
   */
  timeoutSeconds: seconds(1, 86400).default(3600),
  /** Further attempts for a run that could not be started. A run that fails is not repeated. @unit attempts @default 2 */
  retries: count(0, 10).default(2),
  /**
   * `release`: `npm run release` of its image runs the job first, with the new image, and goes on only when it ends with 0. Several
   * such jobs run in the order in which they are written. Previews have `preview.jobs`, which follow a deployment.
   * @default none: a release does not run it @example 'release'
   * @danger The former release still serves while it runs, and is what serves again when the new one fails: a migration must leave
   * the database usable for both.
   */
  before: z.enum(['release']).optional(),
});

export const jobSchema = withElsewhere(job, {
  sidecars: 'start the second program inside the container of the job: a sidecar would keep its pod from ending on Kubernetes',
});
