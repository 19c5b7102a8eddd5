/** Where the pods of a service are reached, and how the load balancer judges them. Pure. */
import type { Health, ResolvedService } from '../../../config/resolved/environment';
import { terraformLiteral } from '../../../terraform/literal';
import type { WorkloadContext } from './context';
import { selectorLabels, workloadMetadata, type Labels, type Manifest } from './manifest';

export interface ServiceManifest extends Manifest<'v1', 'Service'> {
  readonly spec: {
    readonly type: 'ClusterIP';
    readonly selector: Labels;
    readonly ports: readonly {
      readonly name: string;
      readonly port: number;
      readonly targetPort: number;
      readonly protocol: 'TCP';
    }[];
  };
}

/** The prefix of everything that is said to the AWS load balancer controller. */
export const CONTROLLER = 'alb.ingress.kubernetes.io';

/** Seconds that a leaving pod keeps its open connections; the same as on Fargate. */
const DEREGISTRATION_SECONDS = 30;

/** The service of one workload, on the port that its container listens on. */
export function service(context: WorkloadContext, { key, port, health, routes }: ResolvedService): ServiceManifest {
  const annotations = routes.length === 0 ? undefined : targetGroupAnnotations(health);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: workloadMetadata(context, key, 'service', annotations),
    spec: {
      type: 'ClusterIP',
      selector: selectorLabels(key),
      ports: [{ name: 'http', port, targetPort: port, protocol: 'TCP' }],
    },
  };
}

/** Stands on the service and not on the ingress, because each service has a health check of its own. */
function targetGroupAnnotations(health: Health): Labels {
  const { path, intervalSeconds, timeoutSeconds, healthyThreshold, unhealthyThreshold } = health;
  return {
    [`${CONTROLLER}/backend-protocol`]: 'HTTP',
    [`${CONTROLLER}/healthcheck-protocol`]: 'HTTP',
    [`${CONTROLLER}/healthcheck-port`]: 'traffic-port',
    [`${CONTROLLER}/healthcheck-path`]: terraformLiteral(path),
    [`${CONTROLLER}/success-codes`]: '200',
    [`${CONTROLLER}/healthcheck-interval-seconds`]: String(intervalSeconds),
    [`${CONTROLLER}/healthcheck-timeout-seconds`]: String(timeoutSeconds),
    [`${CONTROLLER}/healthy-threshold-count`]: String(healthyThreshold),
    [`${CONTROLLER}/unhealthy-threshold-count`]: String(unhealthyThreshold),
    [`${CONTROLLER}/target-group-attributes`]: `deregistration_delay.timeout_seconds=${DEREGISTRATION_SECONDS}`,
  };
}
