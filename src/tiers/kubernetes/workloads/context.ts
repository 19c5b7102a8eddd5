/** The input of all manifests, and the metadata that they share. Pure: values may be Terraform references or readable names. */
import type { Redirect } from '../../../config/calculations/redirects';
import type { ResolvedEdge } from '../../../config/resolved/edge';
import type {
  Identity,
  ResolvedContainer,
  ResolvedData,
  ResolvedNetwork,
  ResolvedWorkload,
  ResolvedWorkloads,
} from '../../../config/resolved/environment';
import type { DataHandover } from '../../../contracts/handovers';
import { environmentFacts, serviceFacts, type EnvironmentFacts } from '../../../modules/containers/variable-values';

/** Values that only a deployment provides. */
interface DeployedValues {
  /** The reference of a container's image, with tag or digest. */
  readonly image: (image: ResolvedContainer['image']) => string;
  /** A text that changes with the workload's ConfigMap: pods read a changed ConfigMap only when they are replaced. */
  readonly fingerprint: (workload: WorkloadId) => string;
  /** The public entry point. Left out without routes. */
  readonly ingress?: IngressSettings;
}

/** Everything that manifests depend on besides the workload they belong to. */
export interface WorkloadContext extends DeployedValues {
  readonly identity: Identity;
  /** The namespace of all objects; the Pod Identity associations of the cluster name the same one. */
  readonly namespace: string;
  readonly protect: boolean;
  readonly facts: EnvironmentFacts;
  readonly data: ResolvedData;
  readonly handover: DataHandover;
  readonly network: ReachableNetworks;
}

interface DescribedEnvironment {
  readonly identity: Identity;
  readonly protect: boolean;
  readonly data: ResolvedData;
  readonly network: ResolvedNetwork;
  readonly edge: Pick<ResolvedEdge, 'balancerScheme'>;
  readonly workloads: Pick<ResolvedWorkloads, 'services'>;
}

export function workloadContext(
  { identity, protect, data, network, edge, workloads }: DescribedEnvironment,
  namespace: string,
  handover: DataHandover,
  deployed: DeployedValues,
): WorkloadContext {
  const { public: publicCidrs, private: endpointCidrs, isolated: dataCidrs } = network.subnets;
  const balancerCidrs = edge.balancerScheme === 'internal' ? dataCidrs : publicCidrs;
  // Inside of the namespace, a Service is found by its name alone.
  const facts = environmentFacts(identity, data, handover, serviceFacts(workloads.services, String));
  return {
    identity,
    namespace,
    protect,
    facts,
    data,
    handover,
    network: { balancerCidrs, endpointCidrs, dataCidrs },
    ...deployed,
  };
}

/** Address ranges that network policies name, because load balancers and databases of AWS are not pods. */
export interface ReachableNetworks {
  /** The subnets where the load balancer is: the public ones, or for an internal one the isolated ones. */
  readonly balancerCidrs: readonly string[];
  /** The private subnets, where interface endpoints are. */
  readonly endpointCidrs: readonly string[];
  /** The isolated subnets, where database and cache are. */
  readonly dataCidrs: readonly string[];
}

/** Settings of the load balancer behind the ingress. */
export interface IngressSettings {
  readonly scheme: ResolvedEdge['balancerScheme'];
  readonly certificateArn: string;
  readonly subnetIds: readonly string[];
  /** Seconds after which the load balancer closes a connection on which nothing is sent. */
  readonly idleTimeoutSeconds: number;
  /** The bucket of access logs. */
  readonly logBucketName: string;
  /** The regional web ACL in front of it. @default none */
  readonly webAclArn?: string;
  /** Value of the header `Strict-Transport-Security` of every response. @default the application decides */
  readonly strictTransportSecurity?: string;
  /** The only host names that it answers; 404 for others. @default every name */
  readonly knownHosts?: readonly string[];
  /** Host names that it redirects to others, before all routes. @default none */
  readonly redirects?: readonly Redirect[];
  /** Who may reach it. */
  readonly admits:
    { readonly kind: 'networks'; readonly cidrs: readonly string[] } | { readonly kind: 'prefix-list'; readonly id: string };
}

export type WorkloadId = Pick<ResolvedWorkload, 'key' | 'kind'>;

export type Labels = Readonly<Record<string, string>>;

/** One object of the Kubernetes API. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
}

export interface Metadata {
  readonly name: string;
  /** Left out for objects outside namespaces. */
  readonly namespace?: string;
  readonly labels: Labels;
  readonly annotations?: Labels;
}

/** The labels that select the pods of a workload. Never change them: a Deployment's selector is immutable. */
export function selectorLabels(key: string): Labels {
  return { 'app.kubernetes.io/name': key };
}

/** Labels of every object of the environment. */
export function commonLabels({ identity }: Pick<WorkloadContext, 'identity'>): Labels {
  return {
    'app.kubernetes.io/part-of': identity.system,
    'app.kubernetes.io/instance': identity.environment,
    'app.kubernetes.io/managed-by': 'terrace',
  };
}

/** Labels of every object of one workload. */
export function workloadLabels(context: Pick<WorkloadContext, 'identity'>, { key, kind }: WorkloadId): Labels {
  return { ...selectorLabels(key), 'app.kubernetes.io/component': kind, ...commonLabels(context) };
}

/** Metadata of an object of the whole environment. */
export function commonMetadata(context: Pick<WorkloadContext, 'identity' | 'namespace'>, name: string): Metadata {
  return { name, namespace: context.namespace, labels: commonLabels(context) };
}

/** Metadata of an object of one workload, named by the workload's key. */
export function workloadMetadata(
  context: Pick<WorkloadContext, 'identity' | 'namespace'>,
  workload: WorkloadId,
  annotations?: Labels,
): Metadata {
  return { name: workload.key, namespace: context.namespace, labels: workloadLabels(context, workload), annotations };
}
