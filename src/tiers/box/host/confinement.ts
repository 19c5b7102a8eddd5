/** What keeps an intruder in a container inside it: capabilities, processes, no new privileges. Pure. */
import { STARTS_AS_ROOT, type Capability } from '../../../config/tables/capabilities';
import type { HostContainer, HostDescription } from './types';

/** Settings of a service of the Compose specification. */
interface Confinement {
  readonly cap_drop: readonly string[];
  readonly cap_add?: readonly string[];
  readonly pids_limit: number;
  readonly security_opt: readonly string[];
}

interface Needs {
  readonly capabilities: readonly Capability[];
  /** Processes and threads. */
  readonly processes: number;
}

/** The settings of a container that needs no more than this. */
export function confinement({ capabilities, processes }: Needs): Confinement {
  const kept = [...new Set(capabilities)].sort();
  return {
    cap_drop: ['ALL'],
    cap_add: kept.length === 0 ? undefined : kept,
    pids_limit: processes,
    security_opt: ['no-new-privileges:true'],
  };
}

/** Of a container of the environment. */
export function confinedContainer(host: HostDescription, container: HostContainer): Confinement {
  const { capabilities, processLimit } = host;
  return confinement({
    capabilities: [
      ...(isRoot(container.user) ? STARTS_AS_ROOT : []),
      ...(usesLowPort(host, container) ? (['NET_BIND_SERVICE'] as const) : []),
      ...(capabilities[container.key] ?? []),
    ],
    processes: processLimit,
  });
}

/** Without a user, the image decides: it may start as root. */
function isRoot(user: string | undefined): boolean {
  return user === undefined || Number(user.split(':')[0]) === 0;
}

/** In its own network a container may use every port; in the host's, the kernel keeps those below 1024 for root. */
function usesLowPort({ dataStores }: HostDescription, container: HostContainer): boolean {
  return dataStores === 'packages' && container.kind === 'service' && container.port < 1024;
}
