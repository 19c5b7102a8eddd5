/** The Compose file: the environment's containers, and PostgreSQL and Redis where they are containers too. */
import { bind, storeServices, type ComposeService } from './compose-stores';
import { confinedContainer } from './confinement';
import { containerStores } from './data-stores';
import { imageVariable, portVariable, secretVariablesPath } from './paths';
import { configurationFile, dotenvLine, lines, yamlText } from './text';
import type { HostContainer, HostDescription, HostFile } from './types';

/** Jobs are in the file so that they get the same network, and in a profile so that `up` does not start them. */
const JOB_PROFILE = 'jobs';

/** When the buffer is full, log lines are dropped: a container must not wait for CloudWatch. */
const LOG_BUFFER = '4m';

const HEADER =
  '# Written from the environment file: changes made here are overwritten. Images and secrets are filled in on the host.\n';

/** The file, and the plain variables of each container. */
export function composeFiles(host: HostDescription): readonly HostFile[] {
  const services = Object.fromEntries(host.containers.map((container) => [container.key, containerService(host, container)]));
  const project = { name: host.system, services: { ...storeServices(host), ...services } };
  return [
    configurationFile(`${host.applicationDirectory}/compose.yaml`, `${HEADER}${yamlText(project)}`),
    ...host.containers.map((container) => plainVariablesFile(host, container)),
  ];
}

function containerService(host: HostDescription, container: HostContainer): ComposeService {
  const { key, command, entryPoint, secrets, mounts, readOnlyRoot } = container;
  return withoutUndefined({
    image: imageOf(container),
    ...lifecycle(host, container),
    entrypoint: entryPoint?.map(composeLiteral),
    command: command?.map(composeLiteral),
    env_file: [plainVariablesPath(host, container), ...(Object.keys(secrets).length > 0 ? [secretVariablesPath(key)] : [])],
    ...networking(host, container),
    healthcheck: healthCheck(container),
    volumes: mounts.length > 0 ? mounts.map(({ source, path, readOnly }) => bind(source, path, readOnly)) : undefined,
    read_only: readOnlyRoot || undefined,
    // In memory, and part of the container's memory limit; writable by any user, as the same paths are on Fargate.
    tmpfs: readOnlyRoot ? container.writablePaths.map((path) => `${path}:mode=1777`) : undefined,
    user: container.user,
    init: true,
    ...confinedContainer(host, container),
    cpus: container.vcpu,
    mem_limit: `${container.memoryMib}m`,
    stop_grace_period: `${container.stopTimeoutSeconds}s`,
    logging: logging(host, container),
  });
}

/** The variable that the host sets from the image's SSM parameter, or the reference itself. */
function imageOf({ key, image }: HostContainer): string {
  return 'reference' in image ? composeLiteral(image.reference) : `$${imageVariable(key)}`;
}

/** When a container starts and restarts, and how many copies of it run. */
function lifecycle(host: HostDescription, container: HostContainer): ComposeService {
  if (container.kind === 'job') return { profiles: [JOB_PROFILE], restart: 'no' };
  const stores = containerStores(host);
  return {
    restart: 'unless-stopped',
    depends_on:
      stores.length === 0 ? undefined : Object.fromEntries(stores.map((store) => [store, { condition: 'service_healthy' }])),
    scale: container.kind === 'worker' && container.count > 1 ? container.count : undefined,
  };
}

/**
 * Containers find PostgreSQL and Redis by service name on the project's network. With packages, they share the host's
 * network instead, because the packages listen on its loopback address only.
 */
function networking({ dataStores }: HostDescription, container: HostContainer): ComposeService {
  if (dataStores === 'packages') return { network_mode: 'host' };
  if (container.kind !== 'service') return {};
  const { key, port } = container;
  // Releases take turns between two ports of the host.
  return { ports: [`127.0.0.1:\${${portVariable(key)}:-${port}}:${port}`] };
}

function healthCheck(container: HostContainer): ComposeService | undefined {
  if (container.kind !== 'service' || container.health.command === undefined) return undefined;
  const { command, intervalSeconds, timeoutSeconds, unhealthyThreshold, startPeriodSeconds } = container.health;
  return {
    test: ['CMD-SHELL', composeLiteral(command)],
    interval: `${intervalSeconds}s`,
    timeout: `${timeoutSeconds}s`,
    retries: unhealthyThreshold,
    start_period: `${startPeriodSeconds}s`,
  };
}

/** The same log groups and prefixes as on Fargate. `docker compose logs` works too. */
function logging({ region }: HostDescription, { key, logs }: HostContainer): ComposeService {
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

function plainVariablesFile(host: HostDescription, container: HostContainer): HostFile {
  const variables = Object.entries(container.plain).map(([name, value]) => dotenvLine(name, value));
  return configurationFile(plainVariablesPath(host, container), lines(variables));
}

/** Compose replaces `$NAME` by a variable of its environment; `$$` is a literal dollar sign. */
function composeLiteral(text: string): string {
  return text.replaceAll('$', '$$$$');
}

function withoutUndefined(record: ComposeService): ComposeService {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}
