/** The Helm releases of the platform: which charts a cluster gets, with which values. */
import { Release } from '@cdktf/provider-helm/lib/release';
import { Construct } from 'constructs';
import type { ResolvedKubernetes } from '../../../config/tiers/kubernetes/resolved';
import { CHARTS, KEPT_REVISIONS, type ChartName, type PlatformContext } from './charts';
import {
  clusterAutoscalerValues,
  externalSecretsValues,
  kedaValues,
  loadBalancerControllerValues,
  metricsServerValues,
} from './controllers';
import { fluentBitValues } from './logging';
import { prometheusValues } from './prometheus';

/** Includes the time that new nodes take to start. */
const TIMEOUT_SECONDS = 900;

/** The values of each chart that the cluster gets. KEDA and Prometheus only where they are needed. */
export function platformValues(
  { monitoring, scalesOnQueues }: Pick<ResolvedKubernetes, 'monitoring' | 'scalesOnQueues'>,
  context: PlatformContext,
): Readonly<Partial<Record<ChartName, object>>> {
  return {
    'aws-load-balancer-controller': loadBalancerControllerValues(context),
    'external-secrets': externalSecretsValues(),
    'metrics-server': metricsServerValues(),
    'cluster-autoscaler': clusterAutoscalerValues(context),
    'fluent-bit': fluentBitValues(context),
    ...(scalesOnQueues ? { keda: kedaValues(context) } : {}),
    ...(monitoring === 'prometheus' ? { 'kube-prometheus-stack': prometheusValues(context) } : {}),
  };
}

export interface PlatformReleaseProps {
  readonly chart: ChartName;
  readonly values: object;
}

/** A release named by its chart, rolled back when it does not become ready. */
export class PlatformRelease extends Construct {
  constructor(scope: Construct, id: string, { chart, values }: PlatformReleaseProps) {
    super(scope, id);
    const { repository, version, namespace } = CHARTS[chart];
    new Release(this, 'release', {
      name: chart,
      repository,
      chart,
      version,
      namespace,
      createNamespace: namespace !== 'kube-system',
      // JSON is YAML; on many lines, so that a plan shows which value changes.
      values: [JSON.stringify(values, null, 2)],
      atomic: true,
      cleanupOnFail: true,
      wait: true,
      timeout: TIMEOUT_SECONDS,
      maxHistory: KEPT_REVISIONS,
    });
  }
}
