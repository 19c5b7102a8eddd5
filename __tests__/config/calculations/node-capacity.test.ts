/** How many pods, and how much CPU and memory, a Kubernetes node holds. */
import { allocatable, maximumPods } from '../../../src/config/calculations/node-capacity';
import { systemLoad } from '../../../src/config/tables/platform-components';
import { NODE_TYPES, type NodeType } from '../../../src/config/tables/node-types';

/** With the most that Terrace installs on a node. */
const { everyNode } = systemLoad({ monitoring: 'container-insights', scalesOnQueues: true });

const type = (name: string) => NODE_TYPES.get(name) as NodeType;

// From the table of the node image (`eni-max-pods.txt`) and the user guide's limits.
test.each([
  ['t3.medium', 17, 110],
  ['t3.large', 35, 110],
  ['m7g.medium', 8, 98],
  ['m6i.large', 29, 110],
  ['c7g.2xlarge', 58, 110],
  ['r7i.4xlarge', 234, 110],
  ['m7i.8xlarge', 234, 250],
])('%s: %d pods, %d with prefixes', (name, plain, prefixed) => {
  expect(maximumPods(type(name), false)).toBe(plain);
  expect(maximumPods(type(name), true)).toBe(prefixed);
});

test('what is left for workloads is less than the type has, and never nothing', () => {
  for (const [name, { vcpu, memoryGib }] of NODE_TYPES) {
    const room = allocatable(type(name), everyNode);
    expect([name, room.vcpu < vcpu, room.memoryMib < memoryGib * 1024]).toEqual([name, true, true]);
    expect([name, room.vcpu > 0.25, room.memoryMib > 512]).toEqual([name, true, true]);
  }
});

test('what the system requests on a node is not available to workloads', () => {
  const [alone, shared] = [{ vcpu: 0, memoryMib: 0 }, everyNode].map((system) => allocatable(type('t3.medium'), system));
  expect(shared?.memoryMib).toBe((alone?.memoryMib ?? 0) - everyNode.memoryMib);
  expect(shared?.vcpu).toBeCloseTo((alone?.vcpu ?? 0) - everyNode.vcpu);
});

test('the system of a cluster counts what is installed, once for each node or once in all', () => {
  const plain = systemLoad({ monitoring: 'none', scalesOnQueues: false });
  const [insights, prometheus] = (['container-insights', 'prometheus'] as const).map((monitoring) =>
    systemLoad({ monitoring, scalesOnQueues: false }),
  );
  const queues = systemLoad({ monitoring: 'none', scalesOnQueues: true });
  // The CloudWatch agent; the node exporter.
  expect(insights?.everyNode).toMatchObject({ pods: plain.everyNode.pods + 1, memoryMib: plain.everyNode.memoryMib + 128 });
  expect(prometheus?.everyNode).toMatchObject({ pods: plain.everyNode.pods + 1, memoryMib: plain.everyNode.memoryMib + 32 });
  // Prometheus, Alertmanager, Grafana, the operator and kube-state-metrics; sidecars are in their pods.
  expect(prometheus?.cluster.pods).toBe(plain.cluster.pods + 5);
  expect(prometheus?.cluster.memoryMib).toBe(plain.cluster.memoryMib + 1024 + 128 + 512 + 256 + 128 + 2 * 64 + 2 * 128);
  expect(queues).toMatchObject({ everyNode: plain.everyNode, cluster: { pods: plain.cluster.pods + 3 } });
});
