/** Which charts a cluster gets, each with its values. Pure. */
import type { ResolvedKubernetes } from '../../../config/tiers/kubernetes/resolved';
import type { ChartName } from './charts';
import type { PlatformContext } from './context';
import {
  clusterAutoscalerValues,
  externalSecretsValues,
  kedaValues,
  loadBalancerControllerValues,
  metricsServerValues,
} from './controllers';
import { fluentBitValues } from './logging';
import { prometheusValues } from './prometheus';

/** One release: its name is its chart's. */
export interface PlannedRelease {
  readonly chart: ChartName;
  readonly values: object;
}

/** None waits for another. KEDA and Prometheus only where they are wanted. */
export function planReleases(
  { monitoring, scalesOnQueues }: Pick<ResolvedKubernetes, 'monitoring' | 'scalesOnQueues'>,
  context: PlatformContext,
): readonly PlannedRelease[] {
  return [
    { chart: 'aws-load-balancer-controller', values: loadBalancerControllerValues(context) },
    { chart: 'external-secrets', values: externalSecretsValues() },
    { chart: 'metrics-server', values: metricsServerValues() },
    { chart: 'cluster-autoscaler', values: clusterAutoscalerValues(context) },
    { chart: 'fluent-bit', values: fluentBitValues(context) },
    ...(scalesOnQueues ? [{ chart: 'keda', values: kedaValues(context) } as const] : []),
    ...(monitoring === 'prometheus' ? [{ chart: 'kube-prometheus-stack', values: prometheusValues(context) } as const] : []),
  ];
}
