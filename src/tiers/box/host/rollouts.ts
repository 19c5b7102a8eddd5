/** How releases replace containers: which way, on which ports, and when a new one counts as healthy. Pure. */
import { PATHS, variableSuffix } from './paths';
import { configurationFile, table } from './text';
import type { HostContainer, HostDescription, HostFile, HostService } from './types';

type RunningContainer = Exclude<HostContainer, { kind: 'job' }>;

/** Ports from here on may be in use by outgoing connections. Source: Linux, net.ipv4.ip_local_port_range. */
const FIRST_EPHEMERAL_PORT = 32_768;

/** How far the two ports of a service are apart, if neither is taken. */
const DISTANCE = 10_000;

/** A cell without a value: `read` would skip an empty one. */
const NONE = '-';

/**
 * The second port of each service, on which every other release of it runs. None with packages: containers share the network of
 * the host there, and listen on the port that their program was written for.
 */
export function secondPorts({
  dataStores,
  containers,
}: Pick<HostDescription, 'dataStores' | 'containers'>): ReadonlyMap<string, number> {
  if (dataStores === 'packages') return new Map();
  const services = containers.filter((container) => container.kind === 'service');
  const taken = new Set(services.map(({ port }) => port));
  const ports = new Map<string, number>();
  for (const { key, port } of services) {
    const above = port + DISTANCE;
    let second = above < FIRST_EPHEMERAL_PORT ? above : port - DISTANCE;
    while (taken.has(second)) second += 1;
    taken.add(second);
    ports.set(key, second);
  }
  return ports;
}

/** A row for each service and worker, as `library/releases.sh` reads it. */
export function rolloutsFile(host: HostDescription): HostFile {
  const seconds = secondPorts(host);
  const rows = host.containers.flatMap((container) => (container.kind === 'job' ? [] : [rollout(container, seconds)]));
  return configurationFile(`${PATHS.settings}/rollouts.tsv`, table(rows));
}

function rollout(container: RunningContainer, seconds: ReadonlyMap<string, number>): readonly string[] {
  const { key, kind, singleton, memoryMib, stopTimeoutSeconds } = container;
  const service = kind === 'service';
  const beside = !singleton && (!service || seconds.has(key));
  return [
    key,
    kind,
    beside ? 'beside' : 'in-turn',
    variableSuffix(key),
    String(service ? 1 : container.count),
    String(memoryMib),
    String(stopTimeoutSeconds),
    ...(service ? gate(container, seconds.get(key)) : Array.from({ length: GATE_COLUMNS }, () => NONE)),
  ];
}

const GATE_COLUMNS = 9;

/** Port, second port, and the health settings. */
function gate({ port, health }: HostService, second: number | undefined): readonly string[] {
  const { path, matcher, intervalSeconds, timeoutSeconds, healthyThreshold, unhealthyThreshold, startPeriodSeconds } = health;
  return [
    String(port),
    second === undefined ? NONE : String(second),
    path,
    matcher,
    ...[intervalSeconds, timeoutSeconds, healthyThreshold, unhealthyThreshold, startPeriodSeconds].map(String),
  ];
}
