/** The container definitions of one task. Pure: objects that may contain Terraform references. */
import { COLLECTOR_KEY, POOLER_KEY } from '../../config/names';
import type { Health, ResolvedContainer } from '../../config/resolved/environment';
import { PORTS } from '../../config/tables/ports';
import { COLLECTOR_IMAGE, imageReference } from '../../config/tables/third-party-images';
import type { SecretVariable } from '../../modules/containers/variable-values';
import { COLLECTOR_MEMORY_MIB, type CollectorSidecar } from './collector';
import { POOLER_HOST, type PoolerSidecar } from '../../modules/containers/pooler';
import { mountPoints, POOLER_MOUNT, type MountPoint } from './task-volumes';

/** The part of ECS's `ContainerDefinition` that Terrace uses, in ECS's own spelling. */
export interface ContainerDefinition {
  readonly name: string;
  readonly image: string;
  readonly essential: boolean;
  /** Units of 1/1024 vCPU. @default what the others leave */
  readonly cpu?: number;
  /** MiB; the container is killed when it uses more. @default the memory of the task */
  readonly memory?: number;
  /** Restarts the container while the task keeps running. @default no restart */
  readonly restartPolicy?: { readonly enabled: true };
  readonly command?: readonly string[];
  readonly entryPoint?: readonly string[];
  readonly user?: string;
  readonly portMappings: readonly { readonly containerPort: number; readonly hostPort: number; readonly protocol: 'tcp' }[];
  readonly environment: readonly { readonly name: string; readonly value: string }[];
  readonly secrets: readonly { readonly name: string; readonly valueFrom: string }[];
  readonly mountPoints: readonly MountPoint[];
  readonly dependsOn?: readonly { readonly containerName: string; readonly condition: 'START' | 'HEALTHY' }[];
  readonly healthCheck?: {
    readonly command: readonly string[];
    readonly interval: number;
    readonly timeout: number;
    readonly retries: number;
    readonly startPeriod: number;
  };
  readonly linuxParameters: { readonly initProcessEnabled: boolean };
  readonly readonlyRootFilesystem: boolean;
  readonly privileged: false;
  readonly stopTimeout: number;
  readonly logConfiguration: { readonly logDriver: 'awslogs'; readonly options: Readonly<Record<string, string>> };
}

export interface ContainerDefinitionsProps {
  readonly container: ResolvedContainer;
  /** With tag or digest. */
  readonly image: string;
  readonly region: string;
  /** Variables that are not secret, by name. */
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: readonly SecretVariable[];
  /** Left out for workers and jobs. */
  readonly port?: number;
  readonly health?: Health;
  readonly pooler?: PoolerSidecar;
  readonly collector?: CollectorSidecar;
}

/** ECS counts a vCPU as 1024 units. */
export const UNITS_PER_VCPU = 1024;

/** The longest timeout of a check inside the container that ECS allows, in seconds; the load balancer's may be longer. */
const LONGEST_CHECK_SECONDS = 60;

/** PgBouncer starts in a second; the container waits for this check. */
const POOLER_CHECK = { interval: 5, timeout: 2, retries: 3, startPeriod: 5 } as const;

/** The collector answers its own check within a second; no container waits for it. */
const COLLECTOR_CHECK = { interval: 30, timeout: 5, retries: 3, startPeriod: 10 } as const;

/** The containers of a task: the workload's own first, then its pooler and its collector. */
export function containerDefinitions(props: ContainerDefinitionsProps): readonly ContainerDefinition[] {
  const { pooler, collector } = props;
  return [
    workload(props),
    ...(pooler === undefined ? [] : [poolerContainer(props, pooler)]),
    ...(collector === undefined ? [] : [collectorContainer(props, collector)]),
  ];
}

function workload({
  container,
  image,
  region,
  variables,
  secrets,
  port,
  health,
  pooler,
}: ContainerDefinitionsProps): ContainerDefinition {
  return {
    name: container.key,
    image,
    essential: true,
    command: container.command,
    entryPoint: container.entryPoint,
    user: container.user,
    portMappings: port === undefined ? [] : [{ containerPort: port, hostPort: port, protocol: 'tcp' }],
    environment: environmentOf(variables),
    secrets: secrets.map(injected),
    mountPoints: mountPoints(container),
    dependsOn: dependencies(container, pooler),
    healthCheck: health && healthCheck(health),
    // An init process reaps orphaned children, such as those of shells opened by ECS Exec.
    linuxParameters: { initProcessEnabled: true },
    readonlyRootFilesystem: container.readOnlyRoot,
    privileged: false,
    stopTimeout: container.stopTimeoutSeconds,
    logConfiguration: logging(container.logs.group, region, container.logs.streamPrefix),
  };
}

/** ECS starts these first, and stops them last. */
function dependencies(
  { sidecars }: ResolvedContainer,
  pooler: PoolerSidecar | undefined,
): NonNullable<ContainerDefinition['dependsOn']> | undefined {
  const all = [
    ...(pooler === undefined ? [] : [{ containerName: POOLER_KEY, condition: 'HEALTHY' as const }]),
    ...sidecars.flatMap(({ key, waitFor }) =>
      waitFor === 'nothing'
        ? []
        : [{ containerName: key, condition: waitFor === 'healthy' ? ('HEALTHY' as const) : ('START' as const) }],
    ),
  ];
  return all.length === 0 ? undefined : all;
}

/** Starts as root only to write its configuration, then runs as `postgres`; a scratch volume is owned by root. */
function poolerContainer(
  { container, region }: ContainerDefinitionsProps,
  { image, environment, secrets, command }: PoolerSidecar,
): ContainerDefinition {
  return {
    name: POOLER_KEY,
    image: image.reference,
    essential: true,
    user: '0',
    portMappings: [],
    ...(command === undefined ? {} : { entryPoint: command, command: [] }),
    environment: environmentOf(environment),
    secrets: secrets.map(injected),
    mountPoints: [POOLER_MOUNT],
    healthCheck: { command: ['CMD-SHELL', `nc -z ${POOLER_HOST} ${PORTS.pooler}`], ...POOLER_CHECK },
    linuxParameters: { initProcessEnabled: true },
    readonlyRootFilesystem: true,
    privileged: false,
    stopTimeout: container.stopTimeoutSeconds,
    logConfiguration: logging(container.logs.group, region, POOLER_KEY),
  };
}

/** Not essential: an application without traces is better than none. Its image has no shell, but a program for its check. */
function collectorContainer(
  { container, region }: ContainerDefinitionsProps,
  { environment, secrets }: CollectorSidecar,
): ContainerDefinition {
  return {
    name: COLLECTOR_KEY,
    image: imageReference(COLLECTOR_IMAGE),
    essential: false,
    memory: COLLECTOR_MEMORY_MIB,
    restartPolicy: { enabled: true },
    portMappings: [],
    environment: environmentOf(environment),
    secrets: secrets.map(injected),
    mountPoints: [],
    healthCheck: { command: ['CMD', '/healthcheck'], ...COLLECTOR_CHECK },
    linuxParameters: { initProcessEnabled: true },
    readonlyRootFilesystem: true,
    privileged: false,
    stopTimeout: container.stopTimeoutSeconds,
    logConfiguration: logging(container.logs.group, region, COLLECTOR_KEY),
  };
}

type CommandCheck = Pick<Health, 'command' | 'intervalSeconds' | 'timeoutSeconds' | 'unhealthyThreshold' | 'startPeriodSeconds'>;

/** The check by a command inside a container; nothing without one. */
export function healthCheck(check: CommandCheck): ContainerDefinition['healthCheck'] {
  const { command, intervalSeconds, timeoutSeconds, unhealthyThreshold, startPeriodSeconds } = check;
  if (command === undefined) return undefined;
  return {
    command: ['CMD-SHELL', command],
    interval: intervalSeconds,
    timeout: Math.min(timeoutSeconds, LONGEST_CHECK_SECONDS),
    retries: unhealthyThreshold,
    startPeriod: startPeriodSeconds,
  };
}

/** Sorted, because ECS returns variables sorted, and the plan must not show a difference. */
export function environmentOf(variables: Readonly<Record<string, string>>): ContainerDefinition['environment'] {
  return Object.keys(variables)
    .sort()
    .map((name) => ({ name, value: variables[name] ?? '' }));
}

/** `arn:key::` picks one key of the secret's JSON, of its current version; the bare ARN is the whole secret. */
export function injected({ name, arn, key }: SecretVariable): ContainerDefinition['secrets'][number] {
  return { name, valueFrom: key === undefined ? arn : `${arn}:${key}::` };
}

/** The log group of the workload; the streams of a container begin with its prefix. */
export function logging(group: string, region: string, streamPrefix: string): ContainerDefinition['logConfiguration'] {
  return {
    logDriver: 'awslogs',
    options: { 'awslogs-group': group, 'awslogs-region': region, 'awslogs-stream-prefix': streamPrefix },
  };
}
