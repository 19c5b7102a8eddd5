/** The Kubernetes tier with every default applied: the input of the stacks of cluster, platform and workloads. */
import type { z } from 'zod';
import type { kubernetesSchema } from '../../schema/kubernetes';
import type { EksAddonName } from '../../tables/eks-versions';

type ParsedKubernetes = z.output<typeof kubernetesSchema>;

export interface ResolvedNodeGroup {
  /** Part of Terraform addresses: `on-demand`, `spot`, or the name of a group in `nodeGroups`. */
  readonly key: string;
  /** Whether only workloads that name the group run on it. */
  readonly reserved: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly capacity: 'ON_DEMAND' | 'SPOT';
  readonly instanceTypes: readonly string[];
  readonly architecture: 'x86_64' | 'arm64';
  readonly min: number;
  readonly max: number;
  readonly diskGb: number;
  /** The kubelet's limit. @default the kubelet calculates it from the addresses of its network interfaces */
  readonly maximumPods?: number;
}

export interface ResolvedKubernetes {
  readonly clusterName: string;
  readonly version: string;
  readonly versionSupport: ParsedKubernetes['versionSupport'];
  /** The namespace of services, workers and jobs. */
  readonly namespace: string;
  /** Networks outside the VPC that may reach the API. @default the API is private */
  readonly publicAccessCidrs?: readonly string[];
  readonly privateAccessCidrs: readonly string[];
  /** Empty: the identity that creates the cluster. */
  readonly administrators: readonly string[];
  readonly viewers: readonly string[];
  readonly planners: readonly string[];
  readonly nodeGroups: readonly ResolvedNodeGroup[];
  /** Of the node image. @default the newest at each deployment */
  readonly nodeRelease?: string;
  readonly prefixDelegation: boolean;
  readonly controlPlaneLogs: readonly ParsedKubernetes['controlPlaneLogs'][number][];
  readonly monitoring: ParsedKubernetes['monitoring'];
  readonly prometheus: Readonly<ParsedKubernetes['prometheus']>;
  /** Installed add-ons and their versions. */
  readonly addons: Readonly<Partial<Record<EksAddonName, string>>>;
  /** The log group of all pods that are not workloads. */
  readonly platformLogGroup: string;
  /** Whether a worker scales on a queue, which needs KEDA. */
  readonly scalesOnQueues: boolean;
}
