/** What the manifests of one environment are made from. Pure: values may be Terraform references, or words for people. */
import type { Identity, ResolvedContainer, ResolvedData } from '../../../config/resolved/environment';
import type { DataHandover } from '../../../contracts/handovers';
import type { EnvironmentFacts } from '../../../modules/containers/variable-values';
import type { Component } from './manifest';

/** Everything that manifests need to know besides the workload they are for. */
export interface WorkloadContext {
  readonly identity: Pick<Identity, 'system' | 'environment' | 'region' | 'tags'>;
  /** Where everything lives; the cluster's service-account associations name the same. */
  readonly namespace: string;
  readonly protect: boolean;
  readonly facts: EnvironmentFacts;
  readonly data: Pick<ResolvedData, 'database' | 'secrets'>;
  readonly handover: DataHandover;
  readonly network: ReachableNetworks;
  /** The reference of a container's image, with tag or digest. */
  readonly image: (image: ResolvedContainer['image']) => string;
  /** A text that changes with the ConfigMap of a workload: pods see a new one only when they are replaced. */
  readonly fingerprint: (workload: { readonly key: string; readonly component: Component }) => string;
  /** How the public comes in. Left out without routes. */
  readonly ingress?: IngressSettings;
}

/** Addresses that network policies name, because AWS's load balancers and databases are no pods. */
export interface ReachableNetworks {
  /** Where the load balancer stands: the public subnets. */
  readonly balancerCidrs: readonly string[];
  /** Where database and cache stand: the isolated subnets. */
  readonly dataCidrs: readonly string[];
}

/** What the load balancer of the ingress is made with. */
export interface IngressSettings {
  readonly certificateArn: string;
  readonly subnetIds: readonly string[];
  /** The bucket of access logs. */
  readonly logBucketName: string;
  /** The regional web ACL in front of it. */
  readonly webAclArn?: string;
  /** Who may reach it: networks, or a prefix list of AWS's. */
  readonly admits: { readonly cidrs: readonly string[] } | { readonly prefixListId: string };
}
