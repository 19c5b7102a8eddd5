/**
 * Who may talk to whom: nobody, except for these holes. Pure.
 *
 *   every pod   -> DNS of the cluster, 443 anywhere (images, AWS, APIs), the agent that hands out AWS credentials
 *   a workload  -> 5432 and 6379 in the data subnets, and only when it uses database or cache
 *   a service   <- its port from the load balancer's subnets, and only when it has routes
 *
 * The kubelet's probes come from the pod's own node, which is always let in.
 */
import type { ResolvedContainer, ResolvedService } from '../../../config/resolved/environment';
import { PORTS } from '../../../config/tables/ports';
import { dataAccess } from '../../../modules/containers/data-access';
import type { WorkloadContext } from './context';
import { commonMetadata, selectorLabels, workloadMetadata, type Component, type Labels, type Manifest } from './manifest';

export interface NetworkPolicyManifest extends Manifest<'networking.k8s.io/v1', 'NetworkPolicy'> {
  readonly spec: {
    /** Without labels: every pod of the namespace. */
    readonly podSelector: { readonly matchLabels?: Labels };
    readonly policyTypes: readonly ('Ingress' | 'Egress')[];
    readonly ingress?: readonly { readonly from: readonly Peer[]; readonly ports: readonly Port[] }[];
    readonly egress?: readonly { readonly to: readonly Peer[]; readonly ports: readonly Port[] }[];
  };
}

export interface Peer {
  readonly ipBlock?: { readonly cidr: string };
  readonly namespaceSelector?: { readonly matchLabels: Labels };
  readonly podSelector?: { readonly matchLabels: Labels };
}

export interface Port {
  readonly protocol: 'TCP' | 'UDP';
  readonly port: number;
}

/** Where the Pod Identity agent of each node answers. Source: Amazon EKS user guide, "EKS Pod Identities". */
const CREDENTIALS_AGENT = { cidr: '169.254.170.23/32', port: 80 };

const DNS_PORT = 53;

const tcp = (port: number): Port => ({ protocol: 'TCP', port });
const blocks = (cidrs: readonly string[]): readonly Peer[] => cidrs.map((cidr) => ({ ipBlock: { cidr } }));

/** What holds for every pod of the namespace. */
export function commonPolicies(context: WorkloadContext): readonly NetworkPolicyManifest[] {
  const dns = {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
    podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
  };
  return [
    {
      ...head,
      metadata: commonMetadata(context, 'default-deny'),
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    },
    {
      ...head,
      metadata: commonMetadata(context, 'common-egress'),
      spec: {
        podSelector: {},
        policyTypes: ['Egress'],
        egress: [
          { to: [dns], ports: [{ protocol: 'UDP', port: DNS_PORT }, tcp(DNS_PORT)] },
          { to: blocks(['0.0.0.0/0']), ports: [tcp(PORTS.https)] },
          { to: blocks([CREDENTIALS_AGENT.cidr]), ports: [tcp(CREDENTIALS_AGENT.port)] },
        ],
      },
    },
  ];
}

const head = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' } as const;

/** What one workload needs besides; nothing for a workload that uses no data and that nobody reaches. */
export function workloadPolicy(
  context: WorkloadContext,
  workload: ResolvedContainer | ResolvedService,
  component: Component,
): NetworkPolicyManifest | undefined {
  const { balancerCidrs, dataCidrs } = context.network;
  const access = dataAccess(workload);
  const dataPorts = [...(access.database ? [PORTS.postgres] : []), ...(access.cache ? [PORTS.redis] : [])];
  const reached = 'routes' in workload && workload.routes.length > 0 ? workload.port : undefined;
  if (dataPorts.length === 0 && reached === undefined) return undefined;
  return {
    ...head,
    metadata: workloadMetadata(context, workload.key, component),
    spec: {
      podSelector: { matchLabels: selectorLabels(workload.key) },
      policyTypes: [
        ...(reached === undefined ? [] : (['Ingress'] as const)),
        ...(dataPorts.length === 0 ? [] : (['Egress'] as const)),
      ],
      ingress: reached === undefined ? undefined : [{ from: blocks(balancerCidrs), ports: [tcp(reached)] }],
      egress: dataPorts.length === 0 ? undefined : [{ to: blocks(dataCidrs), ports: dataPorts.map(tcp) }],
    },
  };
}
