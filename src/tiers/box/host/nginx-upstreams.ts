/** Which of the two ports of a service nginx asks, decided at each request: a release needs no reload of nginx. Pure text. */
import { PATHS } from './paths';
import { secondPorts } from './rollouts';
import type { HostDescription } from './types';

type Host = Pick<HostDescription, 'dataStores' | 'containers'>;

interface TwoPorts {
  readonly key: string;
  readonly port: number;
  readonly second: number;
}

function twoPorts(host: Host): readonly TwoPorts[] {
  const seconds = secondPorts(host);
  return host.containers.flatMap((container) => {
    const second = seconds.get(container.key);
    return container.kind !== 'service' || second === undefined ? [] : [{ key: container.key, port: container.port, second }];
  });
}

/** The server, or the variable that names one, for a port of a service. */
export function upstreamOf(host: Host): (port: number) => string {
  const ports = new Set(twoPorts(host).map(({ port }) => port));
  return (port) => (ports.has(port) ? `$service_${port}` : `127.0.0.1:${port}`);
}

/**
 * Two groups for each service. The other port is asked only when nothing listens on the first: by requests whose body was still
 * being read while the container that was to get them ended.
 */
export function upstreamGroups(host: Host): string {
  return twoPorts(host)
    .flatMap(({ port, second }) => [group(port, second), group(second, port)])
    .join('\n');
}

function group(port: number, other: number): string {
  return `upstream ${groupName(port)} {
    server 127.0.0.1:${port} max_fails=0;
    server 127.0.0.1:${other} max_fails=0 backup;
}
`;
}

/** The choice of a group, for each server. */
export function upstreamChoice(host: Host): string {
  return twoPorts(host)
    .map(
      ({ key, port, second }) => `set $service_${port} ${groupName(port)};
if (-f ${PATHS.secondPorts}/${key}) {
    set $service_${port} ${groupName(second)};
}
`,
    )
    .join('\n');
}

function groupName(port: number): string {
  return `port-${port}`;
}
