/** Who the pods of a workload are: EKS Pod Identity gives this account the workload's AWS role. Pure. */
import type { WorkloadContext } from './context';
import { workloadMetadata, type Component, type Manifest } from './manifest';

export interface ServiceAccountManifest extends Manifest<'v1', 'ServiceAccount'> {
  /** No token of the Kubernetes API: no workload of ours talks to it. The token for AWS is another one. */
  readonly automountServiceAccountToken: false;
}

/** The account of one workload, by its key: the association in the compute stack names the same. */
export function serviceAccount(context: WorkloadContext, key: string, component: Component): ServiceAccountManifest {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: workloadMetadata(context, key, component),
    automountServiceAccountToken: false,
  };
}
