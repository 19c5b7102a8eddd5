/** The Kubernetes tier with every default filled: what cluster, platform and workloads are made from. */
import type { z } from 'zod';
import type { kubernetesSchema } from '../../schema/kubernetes';
import type { EksAddonName } from '../../tables/eks-versions';

type ParsedKubernetes = z.output<typeof kubernetesSchema>;

/** A group of equal nodes. */
export interface ResolvedNodeGroup {
  /** Stands in Terraform addresses: not to be renamed. */
  readonly key: 'on-demand' | 'spot';
  readonly capacity: 'ON_DEMAND' | 'SPOT';
  readonly instanceTypes: readonly string[];
  readonly architecture: 'x86_64' | 'arm64';
  readonly min: number;
  readonly max: number;
  readonly diskGb: number;
  /** What the kubelet is told; left out where it finds the number itself, by the addresses of its interfaces. */
  readonly maximumPods?: number;
}

/** The `kubernetes` section, with the names and versions that follow from it. */
export interface ResolvedKubernetes {
  readonly clusterName: string;
  readonly version: string;
  readonly versionSupport: ParsedKubernetes['versionSupport'];
  /** Of services, workers and jobs. */
  readonly namespace: string;
  /** Who reaches the API from outside the VPC; nobody when left out. */
  readonly publicAccessCidrs?: readonly string[];
  readonly privateAccessCidrs: readonly string[];
  /** Empty: whoever creates the cluster. */
  readonly administrators: readonly string[];
  readonly viewers: readonly string[];
  readonly nodeGroups: readonly ResolvedNodeGroup[];
  readonly prefixDelegation: boolean;
  readonly controlPlaneLogs: readonly ParsedKubernetes['controlPlaneLogs'][number][];
  readonly monitoring: ParsedKubernetes['monitoring'];
  readonly prometheus: Readonly<ParsedKubernetes['prometheus']>;
  /** Every add-on that is installed, with its version. */
  readonly addons: Readonly<Partial<Record<EksAddonName, string>>>;
  /** The log group of what is no workload: the platform's own pods. */
  readonly platformLogGroup: string;
  /** Whether some worker rests at zero or scales on a queue, which needs KEDA. */
  readonly scalesOnQueues: boolean;
}
