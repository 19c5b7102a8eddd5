/** How many pods, and how much CPU and memory, a Kubernetes node holds. */
import { allocatable, maximumPods } from '../../../src/config/calculations/node-capacity';
import { NODE_TYPES, type NodeType } from '../../../src/config/tables/node-types';

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
    const room = allocatable(type(name));
    expect([name, room.vcpu < vcpu, room.memoryMib < memoryGib * 1024]).toEqual([name, true, true]);
    expect([name, room.vcpu > 0.25, room.memoryMib > 512]).toEqual([name, true, true]);
  }
});
