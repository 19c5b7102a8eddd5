/** The namespace as resources: itself, what it may take at most, and who may talk to whom in it. */
import { LimitRangeV1 } from '@cdktf/provider-kubernetes/lib/limit-range-v1';
import { NamespaceV1 } from '@cdktf/provider-kubernetes/lib/namespace-v1';
import { NetworkPolicyV1 } from '@cdktf/provider-kubernetes/lib/network-policy-v1';
import { ResourceQuotaV1 } from '@cdktf/provider-kubernetes/lib/resource-quota-v1';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { EnvironmentManifests } from '../manifests';
import { toNetworkPolicy } from './network';

/** A load balancer takes minutes to go, and the namespace waits for what is in it. */
const DELETION_TIMEOUT = '20m';

/** The place where workloads run. */
export class Namespace extends Construct {
  public readonly namespace: NamespaceV1;
  /** All that must be there before the first pod starts. */
  public readonly ready: readonly ITerraformDependable[];

  constructor(
    scope: Construct,
    id: string,
    { namespace, quota, limits, policies }: Pick<EnvironmentManifests, 'namespace' | 'quota' | 'limits' | 'policies'>,
  ) {
    super(scope, id);
    this.namespace = new NamespaceV1(this, 'namespace', { metadata: namespace.metadata, timeouts: { delete: DELETION_TIMEOUT } });
    const dependsOn = [this.namespace];
    this.ready = [
      this.namespace,
      new LimitRangeV1(this, 'limits', { metadata: limits.metadata, spec: { limit: [...limits.spec.limits] }, dependsOn }),
      new ResourceQuotaV1(this, 'quota', { metadata: quota.metadata, spec: quota.spec, dependsOn }),
      ...policies.map((policy) => new NetworkPolicyV1(this, policy.metadata.name, { ...toNetworkPolicy(policy), dependsOn })),
    ];
  }
}
