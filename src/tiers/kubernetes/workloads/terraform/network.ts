/** Who reaches whom, in the words of Terraform's Kubernetes provider: services, the ingress, network policies. */
import type { IngressV1Config } from '@cdktf/provider-kubernetes/lib/ingress-v1';
import type { NetworkPolicyV1Config } from '@cdktf/provider-kubernetes/lib/network-policy-v1';
import type { ServiceV1Config } from '@cdktf/provider-kubernetes/lib/service-v1';
import type { IngressManifest } from '../ingress';
import type { NetworkPolicyManifest, Port } from '../network-policy';
import type { ServiceManifest } from '../service';

/** A service. */
export function toService({ metadata, spec }: ServiceManifest): ServiceV1Config {
  const { ports, ...same } = spec;
  return { metadata, spec: { ...same, port: ports.map((port) => ({ ...port, targetPort: String(port.targetPort) })) } };
}

/** The ingress. Terraform waits until the load balancer is there, because edge looks it up by its name. */
export function toIngress({ metadata, spec }: IngressManifest): IngressV1Config {
  const { rules, ...same } = spec;
  return {
    metadata,
    spec: { ...same, rule: rules?.map(({ host, http }) => ({ host, http: { path: [...http.paths] } })) },
    waitForLoadBalancer: true,
  };
}

/** A network policy. */
export function toNetworkPolicy({ metadata, spec }: NetworkPolicyManifest): NetworkPolicyV1Config {
  const { podSelector, policyTypes, ingress, egress } = spec;
  return {
    metadata,
    spec: {
      podSelector,
      policyTypes: [...policyTypes],
      ingress: ingress?.map(({ from, ports }) => ({ from: [...from], ports: ports.map(toPort) })),
      egress: egress?.map(({ to, ports }) => ({ to: [...to], ports: ports.map(toPort) })),
    },
  };
}

function toPort({ protocol, port }: Port) {
  return { protocol, port: String(port) };
}
