/**
 * Network policies: everything is denied except what is listed here. Pure.
 *
 *   every pod   -> cluster DNS; 443 anywhere (images, AWS, APIs); the agent that provides AWS credentials
 *   a workload  -> 5432 and 6379 in the data subnets, if it uses database or cache
 *   a service   <- its port from the load balancer's subnets, if it has routes
 *   a workload  <- the port of its metrics from Prometheus, if it has `metrics`
 *
 * The kubelet's probes come from the pod's own node, which is always allowed.
 */
import type { NetworkPolicy } from 'kubernetes-types/networking/v1';
import type { ResolvedWorkload } from '../../../config/resolved/environment';
import { PORTS } from '../../../config/tables/ports';
import { dataAccess } from '../../../modules/containers/data-access';
import { commonMetadata, selectorLabels, workloadMetadata, type Metadata, type WorkloadContext } from './context';
import { PROMETHEUS_PODS } from './metrics';

/** The Pod Identity agent of each node. Source: Amazon EKS user guide, "EKS Pod Identities". */
const CREDENTIALS_AGENT = { cidr: '169.254.170.23/32', port: 80 };

const DNS_PORT = 53;

const tcp = (port: number) => ({ protocol: 'TCP', port });
const blocks = (cidrs: readonly string[]) => cidrs.map((cidr) => ({ ipBlock: { cidr } }));

export type NetworkPolicyManifest = ReturnType<typeof networkPolicy>;

type PolicySpec = Omit<NonNullable<NetworkPolicy['spec']>, 'policyTypes'> & { policyTypes: string[] };

function networkPolicy(metadata: Metadata, spec: PolicySpec) {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec } satisfies NetworkPolicy;
}

/** The policies of every pod of the namespace. */
export function commonPolicies(context: WorkloadContext): readonly NetworkPolicyManifest[] {
  const dns = {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
    podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
  };
  return [
    networkPolicy(commonMetadata(context, 'default-deny'), { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
    networkPolicy(commonMetadata(context, 'common-egress'), {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [
        { to: [dns], ports: [{ protocol: 'UDP', port: DNS_PORT }, tcp(DNS_PORT)] },
        { to: blocks(['0.0.0.0/0']), ports: [tcp(PORTS.https)] },
        { to: blocks([CREDENTIALS_AGENT.cidr]), ports: [tcp(CREDENTIALS_AGENT.port)] },
      ],
    }),
  ];
}

/** The policy of one workload; nothing for a workload that uses no data, and that nothing reaches. */
export function workloadPolicy(context: WorkloadContext, workload: ResolvedWorkload): NetworkPolicyManifest | undefined {
  const { balancerCidrs, dataCidrs } = context.network;
  const access = dataAccess(workload);
  const dataPorts = [...(access.database ? [PORTS.postgres] : []), ...(access.cache ? [PORTS.redis] : [])];
  const routedPort = workload.kind === 'service' && workload.routes.length > 0 ? workload.port : undefined;
  const metricsPort = workload.kind === 'job' ? undefined : workload.metrics?.port;
  const ingress = [
    ...(routedPort === undefined ? [] : [{ from: blocks(balancerCidrs), ports: [tcp(routedPort)] }]),
    ...(metricsPort === undefined ? [] : [{ from: [PROMETHEUS_PODS], ports: [tcp(metricsPort)] }]),
  ];
  if (dataPorts.length === 0 && ingress.length === 0) return undefined;
  return networkPolicy(workloadMetadata(context, workload), {
    podSelector: { matchLabels: selectorLabels(workload.key) },
    policyTypes: [...(ingress.length === 0 ? [] : ['Ingress']), ...(dataPorts.length === 0 ? [] : ['Egress'])],
    ingress: ingress.length === 0 ? undefined : ingress,
    egress: dataPorts.length === 0 ? undefined : [{ to: blocks(dataCidrs), ports: dataPorts.map(tcp) }],
  });
}
