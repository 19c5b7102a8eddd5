/** Resolves the `kubernetes` section. Pure. */
import { maximumPods } from '../../calculations/node-capacity';
import { nodeGroupsOf } from './node-groups';
import type { ResolvedKubernetes, ResolvedNodeGroup } from './resolved';
import type { ParsedEnvironment } from '../../schema/environment';
import { architectureOf } from '../../tables/ec2-architectures';
import { EKS_ADDONS, EKS_VERSIONS, type EksAddonName } from '../../tables/eks-versions';
import { NODE_TYPES } from '../../tables/node-types';

type Kubernetes = ParsedEnvironment['kubernetes'];

/** Of a public API without a list of networks. */
const EVERY_NETWORK = ['0.0.0.0/0'];

/** The cluster of an environment, whether Kubernetes is its tier or its next tier. */
export function resolveKubernetes(parsed: ParsedEnvironment): {
  readonly kind: 'kubernetes';
  readonly kubernetes: ResolvedKubernetes;
} {
  return { kind: 'kubernetes', kubernetes: resolveCluster(parsed) };
}

function resolveCluster({ name, system, kubernetes, workers }: ParsedEnvironment): ResolvedKubernetes {
  const clusterName = kubernetes.clusterName ?? name;
  const { endpoint, publicAccessCidrs } = kubernetes;
  const cidrs = publicAccessCidrs.length > 0 ? publicAccessCidrs : EVERY_NETWORK;
  return {
    clusterName,
    version: kubernetes.version,
    versionSupport: kubernetes.versionSupport,
    namespace: kubernetes.namespace ?? system,
    publicAccessCidrs: endpoint === 'public' ? cidrs : undefined,
    privateAccessCidrs: kubernetes.privateAccessCidrs,
    administrators: kubernetes.administrators,
    viewers: kubernetes.viewers,
    planners: kubernetes.planners,
    nodeGroups: nodeGroups(kubernetes),
    nodeRelease: kubernetes.nodeRelease,
    prefixDelegation: kubernetes.prefixDelegation,
    controlPlaneLogs: kubernetes.controlPlaneLogs,
    monitoring: kubernetes.monitoring,
    prometheus: kubernetes.prometheus,
    addons: addons(kubernetes),
    platformLogGroup: `/aws/eks/${clusterName}/platform`,
    scalesOnQueues: scalesOnQueues({ workers }),
  };
}

/** Whether a worker scales on a queue or a list, which needs KEDA. */
export function scalesOnQueues({ workers }: Pick<ParsedEnvironment, 'workers'>): boolean {
  return Object.values(workers).some(({ scaling }) => scaling !== undefined && ('queue' in scaling || 'redisList' in scaling));
}

function nodeGroups(kubernetes: Kubernetes): readonly ResolvedNodeGroup[] {
  return nodeGroupsOf(kubernetes).map(({ key, value: { instanceTypes, min, max, diskGb, ...group } }) => ({
    key,
    ...group,
    instanceTypes,
    min,
    max,
    diskGb,
    architecture: architectureOf(instanceTypes[0] ?? ''),
    maximumPods: kubernetes.prefixDelegation ? podLimit(instanceTypes) : undefined,
  }));
}

/** One number for all kubelets of a group: that of the smallest type. */
function podLimit(instanceTypes: readonly string[]): number {
  return Math.min(
    ...instanceTypes.map((instanceType) => {
      const type = NODE_TYPES.get(instanceType);
      if (type === undefined) throw new Error(`the node type ${instanceType} passed the rules but is not in the table`);
      return maximumPods(type, true);
    }),
  );
}

function addons({ version, addonVersions, monitoring }: Kubernetes): ResolvedKubernetes['addons'] {
  const pinned = EKS_VERSIONS.get(version)?.addons;
  if (pinned === undefined) throw new Error(`Kubernetes ${version} passed the rules but is not in the table`);
  const installed = (addon: EksAddonName) => addon !== 'amazon-cloudwatch-observability' || monitoring === 'container-insights';
  return Object.fromEntries(EKS_ADDONS.filter(installed).map((addon) => [addon, addonVersions[addon] ?? pinned[addon]]));
}
