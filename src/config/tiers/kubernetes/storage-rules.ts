/** Rules about the disk of Kubernetes nodes, which the scratch space of all their pods shares. */
import { finding } from '../../rules/finding';
import { CONTAINER_SECTIONS, hasTier } from '../../rules/located';
import { defineRule, type Rule } from '../../rules/rule';
import { nodePoolsOf } from './node-groups';

/** The share of its disk at which a kubelet begins to evict. Source: Kubernetes documentation, "Node-pressure eviction", `nodefs.available`. */
const USABLE = 0.9;

/** GiB that the node image reserves for the system. Source: nodeadm, default `systemReserved`. */
const RESERVED_GIB = 1;

const storageFits = defineRule({
  id: 'pod-storage',
  severity: 'refusal',
  summary: 'No pod requests more disk than a node has for pods; otherwise it is never scheduled.',
  reads: ['tier', 'nextTier', 'kubernetes'],
  also: CONTAINER_SECTIONS,
  check: ({ tier, nextTier, kubernetes, ...workloads }) => {
    if (!hasTier({ tier, nextTier }, 'kubernetes')) return [];
    return nodePoolsOf(kubernetes, workloads).flatMap(({ path: nodes, diskGb, containers }) => {
      const most = Math.floor(diskGb * USABLE) - RESERVED_GIB;
      return containers.flatMap(({ path, value: { ephemeralStorageGib = 0 } }) =>
        ephemeralStorageGib <= most
          ? []
          : [
              finding(
                `${path}.ephemeralStorageGib`,
                ephemeralStorageGib,
                `at most ${most} on nodes with a disk of ${diskGb} GB, which also holds their images and logs`,
                `raise ${nodes}.diskGb, or lower it`,
              ),
            ],
      );
    });
  },
});

export const STORAGE_RULES: readonly Rule[] = [storageFits];
