/** The Compose file: the environment's containers, and PostgreSQL and Redis where they are containers too. */
import { imageVariable, PATHS } from './paths';
import { configurationFile, dotenvLine, lines, yamlText } from './text';
import type { HostContainer, HostDescription, HostFile, HostMount } from './types';
import { postgresService, redisService } from './compose-data';

/** A service of the Compose specification. */
export type ComposeService = Readonly<Record<string, unknown>>;

/** Jobs are in the file so that they get the same network, and in a profile so that nothing starts them by itself. */
const JOB_PROFILE = 'jobs';

/** A log line is dropped rather than that a container waits for CloudWatch. */
const LOG_BUFFER = '4m';

/** The file and the plain variables of each container. */
export function composeFiles(host: HostDescription): readonly HostFile[] {
  return [
    configurationFile(`${host.applicationDirectory}/compose.yaml`, `${HEADER}${yamlText(composeProject(host))}`),
    ...host.containers.map((container) => plainVariablesFile(host, container)),
  ];
}

const HEADER =
  '# Written from the environment file: changes made here are overwritten. Images and secrets are filled in on the host.\n';

/** The whole project. */
export function composeProject(host: HostDescription): Readonly<Record<string, unknown>> {
  const services: Readonly<Record<string, ComposeService>> = {
    ...(postgresInContainer(host) && { postgres: postgresService(host) }),
    ...(redisInContainer(host) && { redis: redisService(host) }),
    ...Object.fromEntries(host.containers.map((container) => [container.key, containerService(host, container)])),
  };
  return { name: host.system, services };
}

/** Whether the database is one of the containers. */
export function postgresInContainer({ dataStores, database }: HostDescription): boolean {
  return dataStores === 'containers' && database?.placement === 'host';
}

/** Whether the cache is one of the containers. */
export function redisInContainer({ dataStores, cache }: HostDescription): boolean {
  return dataStores === 'containers' && cache?.placement === 'host';
}

/**
 * What containers find PostgreSQL and Redis by: service names on a network of their own; with packages, the host's loopback,
 * which they then share, as cloudpartner's document has it.
 */
function onHostNetwork({ dataStores }: HostDescription): boolean {
  return dataStores === 'packages';
}

function containerService(host: HostDescription, container: HostContainer): ComposeService {
  const { key, command, entryPoint, vcpu, memoryMib, secrets, mounts, readOnlyRoot, user, stopTimeoutSeconds } = container;
  const envFiles = [plainVariablesPath(host, container), ...(Object.keys(secrets).length > 0 ? [secretVariablesPath(key)] : [])];
  return withoutUndefined({
    image: imageOf(container),
    ...(container.kind === 'job'
      ? { profiles: [JOB_PROFILE], restart: 'no' }
      : { restart: 'unless-stopped', depends_on: dependencies(host) }),
    ...(container.kind === 'worker' && container.replicas > 1 ? { scale: container.replicas } : {}),
    entrypoint: entryPoint?.map(composeLiteral),
    command: command?.map(composeLiteral),
    env_file: envFiles,
    network_mode: onHostNetwork(host) ? 'host' : undefined,
    ports: onHostNetwork(host) || container.port === undefined ? undefined : [`127.0.0.1:${container.port}:${container.port}`],
    healthcheck: healthCheck(container),
    volumes: mounts.length > 0 ? mounts.map(bindMount) : undefined,
    read_only: readOnlyRoot || undefined,
    tmpfs: readOnlyRoot ? scratch(container) : undefined,
    user,
    init: true,
    security_opt: ['no-new-privileges:true'],
    cpus: vcpu,
    mem_limit: `${memoryMib}m`,
    stop_grace_period: `${stopTimeoutSeconds}s`,
    logging: logging(host, container),
  });
}

/** What the host fills in from the image's parameter, or the reference itself. */
function imageOf({ key, image }: HostContainer): string {
  return 'reference' in image ? composeLiteral(image.reference) : `$${imageVariable(key)}`;
}

function dependencies(host: HostDescription): Readonly<Record<string, unknown>> | undefined {
  const names = [...(postgresInContainer(host) ? ['postgres'] : []), ...(redisInContainer(host) ? ['redis'] : [])];
  if (names.length === 0) return undefined;
  return Object.fromEntries(names.map((name) => [name, { condition: 'service_healthy' }]));
}

function healthCheck(container: HostContainer): Readonly<Record<string, unknown>> | undefined {
  if (container.healthCommand === undefined) return undefined;
  return {
    test: ['CMD-SHELL', composeLiteral(container.healthCommand)],
    interval: `${container.healthIntervalSeconds ?? 30}s`,
    timeout: `${container.healthTimeoutSeconds ?? 5}s`,
    retries: container.healthRetries ?? 3,
    start_period: `${container.healthStartPeriodSeconds ?? 60}s`,
  };
}

/** Never makes the source: a directory that is missing means that the data volume is. */
function bindMount({ source, path, readOnly }: HostMount): Readonly<Record<string, unknown>> {
  return { type: 'bind', source, target: path, read_only: readOnly, bind: { create_host_path: false } };
}

/** In memory, and part of the container's memory limit; open to any user, as the same paths are on Fargate. */
function scratch({ writablePaths }: HostContainer): readonly string[] {
  return writablePaths.map((path) => `${path}:mode=1777`);
}

/** The same groups and the same prefixes as on Fargate; `docker compose logs` works all the same. */
function logging({ region }: HostDescription, { key, logs }: HostContainer): Readonly<Record<string, unknown>> {
  return {
    driver: 'awslogs',
    options: {
      'awslogs-region': region,
      'awslogs-group': logs.group,
      tag: `${logs.streamPrefix}/${key}/{{.ID}}`,
      mode: 'non-blocking',
      'max-buffer-size': LOG_BUFFER,
    },
  };
}

function plainVariablesPath({ applicationDirectory }: HostDescription, { key }: HostContainer): string {
  return `${applicationDirectory}/${key}.env`;
}

/** Filled on the host, in memory, for root only. */
export function secretVariablesPath(key: string): string {
  return `${PATHS.runtime}/${key}.env`;
}

function plainVariablesFile(host: HostDescription, container: HostContainer): HostFile {
  const variables = Object.entries(container.plain).map(([name, value]) => dotenvLine(name, value));
  return configurationFile(plainVariablesPath(host, container), lines(variables));
}

/** Compose would fill in `$NAME` from its own variables. */
function composeLiteral(text: string): string {
  return text.replaceAll('$', '$$$$');
}

function withoutUndefined(record: Readonly<Record<string, unknown>>): ComposeService {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}
