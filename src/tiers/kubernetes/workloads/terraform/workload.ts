/** The objects of one service, worker or job as resources. */
import { ConfigMapV1 } from '@cdktf/provider-kubernetes/lib/config-map-v1';
import { CronJobV1 } from '@cdktf/provider-kubernetes/lib/cron-job-v1';
import { DeploymentV1 } from '@cdktf/provider-kubernetes/lib/deployment-v1';
import { HorizontalPodAutoscalerV2 } from '@cdktf/provider-kubernetes/lib/horizontal-pod-autoscaler-v2';
import { NetworkPolicyV1 } from '@cdktf/provider-kubernetes/lib/network-policy-v1';
import { PodDisruptionBudgetV1 } from '@cdktf/provider-kubernetes/lib/pod-disruption-budget-v1';
import { ServiceAccountV1 } from '@cdktf/provider-kubernetes/lib/service-account-v1';
import { ServiceV1 } from '@cdktf/provider-kubernetes/lib/service-v1';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { WorkloadManifests } from '../manifests';
import { toNetworkPolicy, toService } from './network';
import { toAutoscaler, toCronJob, toDeployment, toDisruptionBudget } from './running';

export interface WorkloadProps {
  readonly manifests: WorkloadManifests;
  /** What must be there before: the namespace and its rules. */
  readonly after: readonly ITerraformDependable[];
}

/** The id of a workload's construct, which begins the addresses of all that belongs to it. */
export function workloadId({ key, component }: Pick<WorkloadManifests, 'key' | 'component'>): string {
  return `${component}-${key}`;
}

/** A hash of the data of a workload's ConfigMap, as Terraform will know it when every reference has its value. */
export function configFingerprint(workload: Pick<WorkloadManifests, 'key' | 'component'>): string {
  return `\${sha1(jsonencode(kubernetes_config_map_v1.${workloadId(workload)}_config.data))}`;
}

/** One workload of the cluster. */
export class Workload extends Construct {
  /** What its pods are reached by; services only. */
  public readonly service?: ServiceV1;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: WorkloadProps,
  ) {
    super(scope, id);
    const before = this.prerequisites();
    this.run(before);
    this.service = this.reach();
  }

  /** Pods are refused without their account, do not start without their variables, and may not start before their firewall. */
  private prerequisites(): ITerraformDependable[] {
    const { account, config, policy } = this.props.manifests;
    const dependsOn = [...this.props.after];
    return [
      new ServiceAccountV1(this, 'account', {
        metadata: account.metadata,
        automountServiceAccountToken: account.automountServiceAccountToken,
        dependsOn,
      }),
      ...(config === undefined
        ? []
        : [new ConfigMapV1(this, 'config', { metadata: config.metadata, data: config.data, dependsOn })]),
      ...(policy === undefined ? [] : [new NetworkPolicyV1(this, 'policy', { ...toNetworkPolicy(policy), dependsOn })]),
    ];
  }

  private run(dependsOn: ITerraformDependable[]): void {
    const { deployment, cronJob, autoscaler, budget } = this.props.manifests;
    if (cronJob !== undefined) new CronJobV1(this, 'cron-job', { ...toCronJob(cronJob), dependsOn });
    if (deployment === undefined) return;
    const running = new DeploymentV1(this, 'deployment', { ...toDeployment(deployment), dependsOn });
    if (autoscaler !== undefined)
      new HorizontalPodAutoscalerV2(this, 'autoscaler', { ...toAutoscaler(autoscaler), dependsOn: [running] });
    if (budget !== undefined) new PodDisruptionBudgetV1(this, 'budget', { ...toDisruptionBudget(budget), dependsOn: [running] });
  }

  private reach(): ServiceV1 | undefined {
    const { service } = this.props.manifests;
    return service && new ServiceV1(this, 'service', { ...toService(service), dependsOn: [...this.props.after] });
  }
}
