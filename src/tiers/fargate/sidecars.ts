/** The container definitions of sidecars. Pure: objects that may contain Terraform references. */
import type { ResolvedSidecar } from '../../config/resolved/environment';
import type { SecretVariable } from '../../modules/containers/variable-values';
import { environmentOf, healthCheck, injected, logging, UNITS_PER_VCPU, type ContainerDefinition } from './container-definitions';
import { mountPoints, ofSidecar } from './task-volumes';

export interface SidecarProps {
  readonly sidecar: ResolvedSidecar;
  /** With tag or digest. */
  readonly image: string;
  readonly region: string;
  /** Variables that are not secret, by name. */
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: readonly SecretVariable[];
}

/** One sidecar. Its memory is a limit: it cannot take that of its container. */
export function sidecarDefinition({ sidecar, image, region, variables, secrets }: SidecarProps): ContainerDefinition {
  const { key, vcpu, memoryMib, essential, command, entryPoint, user, ports, health, logs } = sidecar;
  return {
    name: key,
    image,
    essential,
    cpu: Math.round(vcpu * UNITS_PER_VCPU),
    memory: memoryMib,
    restartPolicy: essential ? undefined : { enabled: true },
    command,
    entryPoint,
    user,
    portMappings: ports.map((port) => ({ containerPort: port, hostPort: port, protocol: 'tcp' })),
    environment: environmentOf(variables),
    secrets: secrets.map(injected),
    mountPoints: mountPoints(ofSidecar(sidecar)),
    healthCheck: health && healthCheck(health),
    linuxParameters: { initProcessEnabled: true },
    readonlyRootFilesystem: true,
    privileged: false,
    stopTimeout: sidecar.stopTimeoutSeconds,
    logConfiguration: logging(logs.group, region, logs.streamPrefix),
  };
}
