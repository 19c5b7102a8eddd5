/**
 * The kubelet's three probes, from the one health check of the description. Pure.
 *
 *   startup    has it started?            asked every few seconds for as long as the start may take; the others wait for it
 *   readiness  may it receive requests?   no: removed from the service, and asked again
 *   liveness   does it still work?        no: restarted, as ECS replaces a task that fails its check
 */
import type { Probe } from 'kubernetes-types/core/v1';
import type { ResolvedService } from '../../../config/resolved/environment';
import { kubernetesLiteral } from './notation';

/** By HTTP or by a command; `resources/pod-template.ts` converts no other kind. */
export type ProbeManifest = Omit<Probe, 'grpc' | 'tcpSocket'>;

/** Short, so that a container that starts early is used early. */
const STARTUP_PERIOD_SECONDS = 5;

/** The probes of a service's container. */
export function probesOf({ port, health }: Pick<ResolvedService, 'port' | 'health'>) {
  const { path, command, intervalSeconds, timeoutSeconds, unhealthyThreshold } = health;
  const httpGet = { path, port, scheme: 'HTTP' };
  const regular = { periodSeconds: intervalSeconds, timeoutSeconds, successThreshold: 1, failureThreshold: unhealthyThreshold };
  const liveness = command === undefined ? { httpGet } : { exec: { command: ['sh', '-c', kubernetesLiteral(command)] } };
  return {
    startupProbe: {
      httpGet,
      periodSeconds: STARTUP_PERIOD_SECONDS,
      timeoutSeconds,
      successThreshold: 1,
      failureThreshold: startupAttempts(health),
    },
    readinessProbe: { httpGet, ...regular },
    livenessProbe: { ...liveness, ...regular },
  } satisfies Record<string, ProbeManifest>;
}

/** Neither the container's start period nor the load balancer's grace period may end in a restart. */
function startupAttempts({ startPeriodSeconds, gracePeriodSeconds, unhealthyThreshold }: ResolvedService['health']): number {
  const seconds = Math.max(startPeriodSeconds, gracePeriodSeconds);
  return Math.max(unhealthyThreshold, Math.ceil(seconds / STARTUP_PERIOD_SECONDS));
}
