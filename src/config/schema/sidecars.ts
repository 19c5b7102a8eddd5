/** Further containers of a service or worker: they start and stop with it, and share its network. */
import { z } from 'zod';
import { container, image, sidecarVariableValue } from './containers';
import { count, seconds, variableName } from './primitives';
import { secretVariable } from './secret-variables';

/** A check by a command inside the sidecar. */
const sidecarHealth = z.strictObject({
  /** Shell command; it ends with 0 when the sidecar is healthy. @example 'wget -qO- http://localhost:13133' */
  command: z.string().min(1),
  /** Interval between checks. @unit seconds @default 10 */
  intervalSeconds: seconds(5, 300).default(10),
  /** Time within which a check must end. @unit seconds @default 5 */
  timeoutSeconds: seconds(2, 60).default(5),
  /** Consecutive failures after which the sidecar counts as unhealthy. @unit checks @default 3 */
  unhealthyThreshold: count(1, 10).default(3),
  /** Time to start, during which failures do not count. @unit seconds @default 30 */
  startPeriodSeconds: seconds(0, 300).default(30),
});

export const sidecarSchema = z.strictObject({
  /** Key of a declared image, or a pinned image. @example { pinned: 'docker.io/grafana/alloy:v1.11.0' } */
  image,
  /**
   * CPU of the sidecar. On Fargate a part of the `vcpu` of its container, which is the size of the task; on Kubernetes in addition
   * to it. @unit vCPUs @example 0.1
   */
  vcpu: z.number().positive().max(16),
  /** Memory of the sidecar, in the same way a part of the task or in addition. @unit MiB @example 128 */
  memoryMib: count(16, 122_880),
  /** Command and arguments, instead of the `CMD` of the image. @default that of the image @example ['--config', '/etc/a.yaml'] */
  command: container.command,
  /** Program and arguments, instead of the `ENTRYPOINT` of the image. @default that of the image @example ['/bin/sh', '-c'] */
  entryPoint: container.entryPoint,
  /**
   * Environment variables of the sidecar, by name: strings, facts of the environment, and secrets. Those of its container are not
   * among them. @default {} @example { CACHE_HOST: { from: 'cache.host' }, API_KEY: { secret: 'grafana', key: 'api-key' } }
   * @danger A string is visible in the repository, the plan and the state: put secrets into `secrets`.
   */
  environment: z.record(variableName, sidecarVariableValue).default({}),
  /** Variables whose values are secrets of the same name, as those of containers. @default [] @example ['GRAFANA_TOKEN'] */
  secrets: z.array(secretVariable).default([]),
  /**
   * TCP ports that the sidecar listens on, which the other containers of the task reach at localhost; nothing else does.
   * @default [] @unit port numbers @example [4318]
   */
  ports: z.array(count(1, 65535)).default([]),
  /**
   * What its container waits for before it starts: `start` of the sidecar, its `healthy` check, or `nothing`. @default 'start'
   */
  waitFor: z.enum(['nothing', 'start', 'healthy']).default('start'),
  /**
   * Whether the whole task is replaced when the sidecar ends or is unhealthy. Otherwise only the sidecar is started again.
   * @default true
   */
  essential: z.boolean().default(true),
  /** Check of the sidecar. Required with `waitFor: 'healthy'`. @default none @example { command: 'nc -z 127.0.0.1 4318' } */
  health: sidecarHealth.optional(),
  /** User, or user and group, that the process runs as. @default the user of the image; on Kubernetes 1000 @example '10001' */
  user: container.user,
  /** Directories that the process may write to, as those of containers; not shared. @default ['/tmp'] @example ['/var/lib/alloy'] */
  writablePaths: container.writablePaths,
});
