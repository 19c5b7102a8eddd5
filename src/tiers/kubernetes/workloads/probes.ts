/**
 * The kubelet's three questions to a container, from the one health check of the description. Pure.
 *
 *   startup    has it come up?           asked every few seconds for as long as the start may take; until then no other
 *   readiness  may it get traffic?       no: taken out of the service, and asked again
 *   liveness   is it beyond hope?        no answer: restarted, as ECS replaces a task that its check fails
 */
import type { Health } from '../../../config/resolved/environment';
import { terraformLiteral } from '../../../terraform/literal';
import { kubernetesLiteral } from './literal';

export interface Probe {
  readonly httpGet?: { readonly path: string; readonly port: number; readonly scheme: 'HTTP' };
  readonly exec?: { readonly command: readonly string[] };
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly successThreshold: 1;
  readonly failureThreshold: number;
}

export interface Probes {
  readonly startupProbe: Probe;
  readonly readinessProbe: Probe;
  readonly livenessProbe: Probe;
}

/** Seconds between questions while a container starts: it is not left waiting when it is ready early. */
const STARTUP_PERIOD_SECONDS = 5;

/** The probes of a container that listens on a port. */
export function probesOf(port: number, health: Health): Probes {
  const { path, command, intervalSeconds, timeoutSeconds, unhealthyThreshold } = health;
  const httpGet = { path: terraformLiteral(path), port, scheme: 'HTTP' } as const;
  const regular = {
    periodSeconds: intervalSeconds,
    timeoutSeconds,
    successThreshold: 1,
    failureThreshold: unhealthyThreshold,
  } as const;
  const liveness = command === undefined ? { httpGet } : { exec: { command: ['sh', '-c', kubernetesLiteral(command)] } };
  return {
    startupProbe: {
      httpGet,
      periodSeconds: STARTUP_PERIOD_SECONDS,
      timeoutSeconds,
      successThreshold: 1,
      failureThreshold: startupTries(health),
    },
    readinessProbe: { httpGet, ...regular },
    livenessProbe: { ...liveness, ...regular },
  };
}

/** Neither the container's own start period nor the load balancer's grace period may end in a restart. */
function startupTries({ startPeriodSeconds, gracePeriodSeconds, unhealthyThreshold }: Health): number {
  const seconds = Math.max(startPeriodSeconds, gracePeriodSeconds);
  return Math.max(unhealthyThreshold, Math.ceil(seconds / STARTUP_PERIOD_SECONDS));
}
