/** What the network policies of a cluster allow. Pure. */
import { isObject, nestedBlocks, type Block, type Modules } from '../../terraform/root-module';
import { allOf } from './references';

export interface PodPolicy {
  readonly pods: string;
  /** `8080 from public subnets`. */
  readonly receive: readonly string[];
  readonly send: readonly string[];
}

export function podPoliciesOf(modules: Modules): readonly PodPolicy[] {
  const subnets = new Map(
    allOf(modules, 'aws_subnet').map(({ block, name }) => [
      String(block.cidr_block),
      /_(public|private|isolated)-/.exec(name)?.[1] ?? '',
    ]),
  );
  return allOf(modules, 'kubernetes_network_policy_v1').map(({ name, block }) => {
    const spec = nestedBlocks(block.spec)[0] ?? {};
    const selected = labelsOf(nestedBlocks(spec.pod_selector)[0]);
    const title = nestedBlocks(block.metadata)[0]?.name;
    return {
      pods: selected === '' ? `all pods (${typeof title === 'string' ? title : name})` : selected,
      receive: nestedBlocks(spec.ingress).flatMap((rule) => rulesOf(rule, 'from', subnets)),
      send: nestedBlocks(spec.egress).flatMap((rule) => rulesOf(rule, 'to', subnets)),
    };
  });
}

function rulesOf(rule: Block, side: 'from' | 'to', subnets: ReadonlyMap<string, string>): readonly string[] {
  const ports = nestedBlocks(rule.ports).map(({ port, protocol }) => (protocol === 'UDP' ? `${String(port)}/udp` : String(port)));
  const peers = nestedBlocks(rule[side]).map((peer) => peerOf(peer, subnets));
  const open = [...new Set(ports)].join(', ') || 'every port';
  return [...new Set(peers)].map((peer) => `${open} ${side} ${peer}`);
}

function peerOf(peer: Block, subnets: ReadonlyMap<string, string>): string {
  const network = nestedBlocks(peer.ip_block)[0]?.cidr;
  if (typeof network === 'string') {
    if (network === '0.0.0.0/0') return 'internet';
    const kind = subnets.get(network);
    return kind === undefined ? network : `${kind} subnets`;
  }
  const pods = labelsOf(nestedBlocks(peer.pod_selector)[0]);
  const namespace = labelsOf(nestedBlocks(peer.namespace_selector)[0]);
  return [pods, namespace].filter((part) => part !== '').join(' in ') || 'pods of the namespace';
}

/** The value of the last label: `backend`, `kube-dns`. */
function labelsOf(selector: Block | undefined): string {
  const labels = isObject(selector?.match_labels) ? Object.values(selector.match_labels) : [];
  return labels.map(String).join(', ');
}
