/**
 * Network policies: everything is denied except what is listed here. Pure.
 *
 *   every pod   -> cluster DNS; 443 anywhere (images, AWS, APIs); the agent that provides AWS credentials
 *   a workload  -> 5432 and 6379 in the data subnets, if it uses database or cache
 *   a workload  -> the port of each service that it calls, and its `egress`
 *   a service   <- its port from the load balancer's subnets, if it has routes, and from its callers
 *   a workload  <- the port of its metrics from Prometheus, if it has `metrics`
 *
 * The kubelet's probes come from the pod's own node, which is always allowed.
 */
import type { NetworkPolicy } from 'kubernetes-types/networking/v1';
import { calledServices } from '../../../config/calculations/workloads';
import type { Destination, ResolvedService, ResolvedWorkload } from '../../../config/resolved/environment';
import { PORTS } from '../../../config/tables/ports';
import { dataAccess } from '../../../modules/containers/data-access';
import { commonMetadata, selectorLabels, workloadMetadata, type Metadata, type WorkloadContext } from './context';
import { PROMETHEUS_PODS } from './metrics';

/** The Pod Identity agent of each node. Source: Amazon EKS user guide, "EKS Pod Identities". */
const CREDENTIALS_AGENT = { cidr: '169.254.170.23/32', port: 80 };

const DNS_PORT = 53;

const tcp = (port: number) => ({ protocol: 'TCP', port });
const podsOf = (key: string) => ({ podSelector: { matchLabels: selectorLabels(key) } });
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

/**
 * The policy of one workload; nothing for a workload that connects to nothing more than every pod, and that nothing reaches.
 * @param services all of the environment
 */
export function workloadPolicy(
  context: WorkloadContext,
  workload: ResolvedWorkload,
  services: readonly ResolvedService[],
): NetworkPolicyManifest | undefined {
  const ingress = ingressOf(context, workload);
  const egress = egressOf(context, workload, calledServices(workload.key, services));
  if (egress.length === 0 && ingress.length === 0) return undefined;
  return networkPolicy(workloadMetadata(context, workload), {
    podSelector: { matchLabels: selectorLabels(workload.key) },
    policyTypes: [...(ingress.length === 0 ? [] : ['Ingress']), ...(egress.length === 0 ? [] : ['Egress'])],
    ingress: ingress.length === 0 ? undefined : ingress,
    egress: egress.length === 0 ? undefined : egress,
  });
}

function ingressOf({ network }: WorkloadContext, workload: ResolvedWorkload) {
  const called = workload.kind === 'service' ? workload : undefined;
  const metricsPort = workload.kind === 'job' ? undefined : workload.metrics?.port;
  return [
    ...(called === undefined || called.routes.length === 0
      ? []
      : [{ from: blocks(network.balancerCidrs), ports: [tcp(called.port)] }]),
    ...(called === undefined || called.callers.length === 0
      ? []
      : [{ from: called.callers.map(podsOf), ports: [tcp(called.port)] }]),
    ...(metricsPort === undefined ? [] : [{ from: [PROMETHEUS_PODS], ports: [tcp(metricsPort)] }]),
  ];
}

/**
 * The VPC's network plug-in admits the address of a Service as well, if its port is the port of the pods, as it is here. Source:
 * Amazon EKS user guide, "Limit Pod traffic with Kubernetes network policies".
 */
function egressOf({ network }: WorkloadContext, workload: ResolvedWorkload, calls: readonly ResolvedService[]) {
  const access = dataAccess(workload);
  const dataPorts = [...(access.database ? [PORTS.postgres] : []), ...(access.cache ? [PORTS.redis] : [])];
  return [
    ...(dataPorts.length === 0 ? [] : [{ to: blocks(network.dataCidrs), ports: dataPorts.map(tcp) }]),
    ...calls.map(({ key, port }) => ({ to: [podsOf(key)], ports: [tcp(port)] })),
    ...workload.egress.map((destination) => ({
      to: blocks(networksOf(destination, network)),
      ports: [tcp(destination.port)],
    })),
  ];
}

/** Interface endpoints are in the private subnets; their security group admits the ports. */
function networksOf(destination: Destination, { endpointCidrs }: WorkloadContext['network']): readonly string[] {
  return 'cidr' in destination ? [destination.cidr] : endpointCidrs;
}
