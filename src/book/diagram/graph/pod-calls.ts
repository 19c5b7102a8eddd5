/** Arrows between pods: what the network policies of both sides allow. */
import { isObject, nestedBlocks, type Block } from '../../../terraform/root-module';
import { keyOf, textOf, type Estate, type Found } from './estate';
import type { Graph } from './graph';

/** The labels of an object. */
export function labelsOf(block: Block): Block {
  const labels = nestedBlocks(block.metadata)[0]?.labels;
  return isObject(labels) ? labels : {};
}

/** Whether labels have all those of a selector. */
export const selects = (selector: Block, labels: Block): boolean =>
  Object.entries(selector).every(([name, value]) => labels[name] === value);

/** The labels that a block's `pod_selector` asks for; none where it has no selector. */
function selectorOf({ pod_selector: selector }: Block): Block | undefined {
  const labels = nestedBlocks(selector)[0]?.match_labels;
  return isObject(labels) ? labels : undefined;
}

/** A rule of a network policy: pods of the namespace may connect to others, or be connected to, on a port. */
interface PodRule {
  readonly policy: Found;
  readonly own: Block;
  readonly peer: Block;
  readonly port: string;
}

export function addPodCalls(graph: Graph, estate: Estate): void {
  const pods = estate.all('kubernetes_deployment_v1', 'kubernetes_cron_job_v1');
  const incoming = rulesOf(estate, 'ingress');
  for (const out of rulesOf(estate, 'egress')) {
    for (const from of pods.filter(({ block }) => selects(out.own, labelsOf(block)))) {
      for (const to of pods.filter(({ block }) => selects(out.peer, labelsOf(block)))) {
        const admits = incoming.find(
          ({ own, peer, port }) => port === out.port && selects(own, labelsOf(to.block)) && selects(peer, labelsOf(from.block)),
        );
        if (admits === undefined) continue;
        const allowedBy = [out.policy.place, admits.policy.place];
        graph.addEdge('traffic', { from: keyOf(from.place), to: keyOf(to.place), ports: [out.port], allowedBy });
      }
    }
  }
}

/** The rules about pods of the same namespace: a selector of namespaces means others. */
function rulesOf(estate: Estate, direction: 'ingress' | 'egress'): readonly PodRule[] {
  return estate.all('kubernetes_network_policy_v1').flatMap((policy) => {
    const spec = nestedBlocks(policy.block.spec)[0] ?? {};
    const own = selectorOf(spec);
    return nestedBlocks(spec[direction]).flatMap((rule) =>
      nestedBlocks(rule[direction === 'egress' ? 'to' : 'from'])
        .filter((peer) => nestedBlocks(peer.namespace_selector).length === 0)
        .flatMap((side) => {
          const peer = selectorOf(side);
          if (own === undefined || peer === undefined) return [];
          return nestedBlocks(rule.ports).map(({ port }) => ({ policy, own, peer, port: textOf(port) }));
        }),
    );
  });
}
