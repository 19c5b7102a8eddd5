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
import { expression } from '../../../../terraform/expression';
import type { WorkloadId } from '../context';
import type { WorkloadManifests } from '../manifests';
import { toAutoscaler, toCronJob, toDeployment, toDisruptionBudget, toNetworkPolicy, toService } from './convert';

export interface WorkloadProps {
  readonly manifests: WorkloadManifests;
  /** The namespace and its policies. */
  readonly after: readonly ITerraformDependable[];
}

/** The construct id of a workload, with which the addresses of all its resources begin. */
export function workloadId({ key, kind }: WorkloadId): string {
  return `${kind}-${key}`;
}

/** A Terraform expression: the hash of a workload's plain variables, once all references are resolved. */
export function configFingerprint(workload: WorkloadId): string {
  return expression(`sha1(jsonencode(kubernetes_config_map_v1.${workloadId(workload)}_config.data))`);
}

export class Workload extends Construct {
  /** Services only. */
  public readonly service?: ServiceV1;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: WorkloadProps,
  ) {
    super(scope, id);
    this.createPods(this.createPrerequisites());
    this.service = this.createService();
  }

  /** Pods are rejected without their account, do not start without their variables, and must not start before their policy. */
  private createPrerequisites(): ITerraformDependable[] {
    const { account, config, policy } = this.props.manifests;
    const { metadata, automountServiceAccountToken } = account;
    const dependsOn = [...this.props.after];
    return [
      new ServiceAccountV1(this, 'account', { metadata, automountServiceAccountToken, dependsOn }),
      ...(config === undefined
        ? []
        : [new ConfigMapV1(this, 'config', { metadata: config.metadata, data: config.data, dependsOn })]),
      ...(policy === undefined ? [] : [new NetworkPolicyV1(this, 'policy', { ...toNetworkPolicy(policy), dependsOn })]),
    ];
  }

  private createPods(dependsOn: ITerraformDependable[]): void {
    const { deployment, cronJob, autoscaler, budget } = this.props.manifests;
    if (cronJob !== undefined) new CronJobV1(this, 'cron-job', { ...toCronJob(cronJob), dependsOn });
    if (deployment === undefined) return;
    const created = new DeploymentV1(this, 'deployment', { ...toDeployment(deployment), dependsOn });
    if (autoscaler !== undefined)
      new HorizontalPodAutoscalerV2(this, 'autoscaler', { ...toAutoscaler(autoscaler), dependsOn: [created] });
    if (budget !== undefined) new PodDisruptionBudgetV1(this, 'budget', { ...toDisruptionBudget(budget), dependsOn: [created] });
  }

  private createService(): ServiceV1 | undefined {
    const { service } = this.props.manifests;
    return service && new ServiceV1(this, 'service', { ...toService(service), dependsOn: [...this.props.after] });
  }
}
