/** How many pods of a workload may be taken away at once when nodes are emptied. Pure. */
import type { WorkloadContext } from './context';
import { selectorLabels, workloadMetadata, type Component, type LabelSelector, type Manifest } from './manifest';

export interface DisruptionBudgetManifest extends Manifest<'policy/v1', 'PodDisruptionBudget'> {
  readonly spec: { readonly maxUnavailable: number; readonly selector: LabelSelector };
}

/**
 * One pod at a time. Not "one must stay": that would keep the node of a single pod from ever being emptied, and so the
 * cluster from being upgraded.
 */
export function disruptionBudget(context: WorkloadContext, key: string, component: Component): DisruptionBudgetManifest {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: workloadMetadata(context, key, component),
    spec: { maxUnavailable: 1, selector: { matchLabels: selectorLabels(key) } },
  };
}
