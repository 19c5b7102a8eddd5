/** The namespace as resources: the namespace itself, its limits, and the network policies of all its pods. */
import { LimitRangeV1 } from '@cdktf/provider-kubernetes/lib/limit-range-v1';
import { NamespaceV1 } from '@cdktf/provider-kubernetes/lib/namespace-v1';
import { NetworkPolicyV1 } from '@cdktf/provider-kubernetes/lib/network-policy-v1';
import { ResourceQuotaV1 } from '@cdktf/provider-kubernetes/lib/resource-quota-v1';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { EnvironmentManifests } from '../manifests';
import { toNetworkPolicy } from './convert';

/** The deletion of a namespace waits for its objects, and that of a load balancer takes minutes. */
const DELETION_TIMEOUT = '20m';

export type NamespaceProps = Pick<EnvironmentManifests, 'namespace' | 'quota' | 'limits' | 'policies'>;

export class Namespace extends Construct {
  /** Everything that must exist before the first pod starts. */
  public readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { namespace, quota, limits, policies }: NamespaceProps) {
    super(scope, id);
    const itself = new NamespaceV1(this, 'namespace', {
      metadata: namespace.metadata,
      timeouts: { delete: DELETION_TIMEOUT },
    });
    const dependsOn = [itself];
    this.ready = [
      itself,
      new LimitRangeV1(this, 'limits', { metadata: limits.metadata, spec: { limit: limits.spec.limits }, dependsOn }),
      new ResourceQuotaV1(this, 'quota', { metadata: quota.metadata, spec: quota.spec, dependsOn }),
      ...policies.map((policy) => new NetworkPolicyV1(this, policy.metadata.name, { ...toNetworkPolicy(policy), dependsOn })),
    ];
  }
}
