/** The Service of a service, and how the load balancer checks its pods. Pure. */
import type { Service } from 'kubernetes-types/core/v1';
import type { ResolvedService } from '../../../config/resolved/environment';
import { selectorLabels, workloadMetadata, type Labels, type WorkloadContext } from './context';

/** The prefix of annotations for the AWS load balancer controller. */
export const CONTROLLER = 'alb.ingress.kubernetes.io';

export type ServiceManifest = ReturnType<typeof service>;

export function service(context: WorkloadContext, workload: ResolvedService) {
  const { key, port, routes } = workload;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: workloadMetadata(context, workload, routes.length === 0 ? undefined : targetGroupAnnotations(workload)),
    spec: {
      type: 'ClusterIP',
      selector: selectorLabels(key),
      ports: [{ name: 'http', port, targetPort: port, protocol: 'TCP' }],
    },
  } satisfies Service;
}

/** On the Service rather than on the Ingress, because each service has its own health check. */
function targetGroupAnnotations({ health, stopTimeoutSeconds }: ResolvedService): Labels {
  const { path, matcher, intervalSeconds, timeoutSeconds, healthyThreshold, unhealthyThreshold } = health;
  return {
    [`${CONTROLLER}/backend-protocol`]: 'HTTP',
    [`${CONTROLLER}/healthcheck-protocol`]: 'HTTP',
    [`${CONTROLLER}/healthcheck-port`]: 'traffic-port',
    [`${CONTROLLER}/healthcheck-path`]: path,
    [`${CONTROLLER}/success-codes`]: matcher,
    [`${CONTROLLER}/healthcheck-interval-seconds`]: String(intervalSeconds),
    [`${CONTROLLER}/healthcheck-timeout-seconds`]: String(timeoutSeconds),
    [`${CONTROLLER}/healthy-threshold-count`]: String(healthyThreshold),
    [`${CONTROLLER}/unhealthy-threshold-count`]: String(unhealthyThreshold),
    [`${CONTROLLER}/target-group-attributes`]: `deregistration_delay.timeout_seconds=${stopTimeoutSeconds}`,
  };
}
