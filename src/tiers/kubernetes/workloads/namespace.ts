/** The namespace of the system, held to the strictest of Kubernetes' security standards. Pure. */
import type { WorkloadContext } from './context';
import { commonLabels, type Manifest } from './manifest';

export type NamespaceManifest = Manifest<'v1', 'Namespace'>;

/** Refuses pods that run as root or with privileges; makes pods wait for the load balancer before they count as ready. */
export function namespace(context: WorkloadContext): NamespaceManifest {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: context.namespace,
      labels: {
        ...commonLabels(context),
        'pod-security.kubernetes.io/enforce': 'restricted',
        'pod-security.kubernetes.io/warn': 'restricted',
        'pod-security.kubernetes.io/audit': 'restricted',
        // A release then goes on to the next pod only when the load balancer finds the new one healthy.
        'elbv2.k8s.aws/pod-readiness-gate-inject': 'enabled',
      },
    },
  };
}
