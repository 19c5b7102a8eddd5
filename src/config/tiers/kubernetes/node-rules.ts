/** Rules about Kubernetes nodes: their types, numbers and names, and the groups that workloads choose. */
import { suggest } from '../../problems/nearest';
import { CONTAINER_SECTIONS, containersOf, hasTier, runningOf, RUNNING_SECTIONS } from '../../rules/located';
import { findingIf, listed } from '../../rules/finding';
import { defineRule, type Rule } from '../../rules/rule';
import { architectureOf } from '../../tables/ec2-architectures';
import { NODE_TYPES } from '../../tables/node-types';
import { DEFAULT_GROUPS, nodeGroupsOf, nodePoolsOf } from './node-groups';

const countsInOrder = defineRule({
  id: 'node-count',
  severity: 'refusal',
  summary: 'The minimum of nodes does not exceed the maximum.',
  reads: ['kubernetes'],
  check: ({ kubernetes }) =>
    nodeGroupsOf(kubernetes).flatMap(({ path, value }) =>
      findingIf(value.min > value.max, `${path}.min`, value.min, `at most max (${value.max})`, 'lower `min`, or raise `max`'),
    ),
});

const typesKnown = defineRule({
  id: 'node-type',
  severity: 'refusal',
  summary: 'Nodes have types of known size, so that the capacity for workloads can be calculated.',
  reads: ['kubernetes'],
  check: ({ kubernetes }) =>
    nodeGroupsOf(kubernetes).flatMap(({ path, value: { instanceTypes } }) =>
      instanceTypes.flatMap((name, index) =>
        findingIf(
          !NODE_TYPES.has(name),
          `${path}.instanceTypes[${index}]`,
          name,
          't3, t3a, t4g from medium to 2xlarge; c, m, r of the generations 5 to 8g from large to 8xlarge',
          'choose one of these, or add the type to src/config/tables/node-types.ts',
        ),
      ),
    ),
});

const typesAlike = defineRule({
  id: 'node-types-alike',
  severity: 'refusal',
  summary: 'The types of one node group have the same vCPUs, memory and architecture, as the autoscaler assumes.',
  reads: ['kubernetes'],
  check: ({ kubernetes }) =>
    nodeGroupsOf(kubernetes).flatMap(({ path, value: { instanceTypes } }) => {
      const [first = '', ...others] = instanceTypes;
      return others.flatMap((name, index) =>
        findingIf(
          !alike(first, name),
          `${path}.instanceTypes[${index + 1}]`,
          name,
          `a type with the vCPUs, memory and architecture of ${first}`,
          `for example another family's type of the same size as ${first}`,
        ),
      );
    }),
});

function alike(one: string, other: string): boolean {
  const [left, right] = [NODE_TYPES.get(one), NODE_TYPES.get(other)];
  if (left === undefined || right === undefined) return true;
  return left.vcpu === right.vcpu && left.memoryGib === right.memoryGib && architectureOf(one) === architectureOf(other);
}

const architectureAvailable = defineRule({
  id: 'node-architecture',
  severity: 'refusal',
  summary: 'Every container has the architecture of its nodes.',
  reads: ['tier', 'nextTier', 'kubernetes'],
  also: CONTAINER_SECTIONS,
  check: ({ tier, nextTier, kubernetes, ...workloads }) => {
    if (!hasTier({ tier, nextTier }, 'kubernetes')) return [];
    return nodePoolsOf(kubernetes, workloads).flatMap(({ path: nodes, instanceTypes: [type = ''], containers }) => {
      const available = architectureOf(type);
      return containers.flatMap(({ path, value: { architecture } }) =>
        findingIf(
          architecture !== available,
          `${path}.architecture`,
          architecture,
          `"${available}", the architecture of ${nodes} (${type})`,
          'build the image for the nodes, or set `nodeGroup` to a group of kubernetes.nodeGroups with its architecture',
        ),
      );
    });
  },
});

const releaseFits = defineRule({
  id: 'node-release',
  severity: 'refusal',
  summary: 'A fixed release of the node image is one of the Kubernetes version.',
  reads: ['kubernetes'],
  check: ({ kubernetes: { version, nodeRelease } }) =>
    findingIf(
      nodeRelease !== undefined && !nodeRelease.startsWith(`${version}.`),
      'kubernetes.nodeRelease',
      nodeRelease,
      `a release of Kubernetes ${version}`,
      'omit it for the newest, or raise it together with `version`',
    ),
});

const groupsNamed = defineRule({
  id: 'node-group-name',
  severity: 'refusal',
  summary: 'Named node groups do not have the names of the default ones.',
  reads: ['kubernetes'],
  check: ({ kubernetes: { nodeGroups } }) =>
    DEFAULT_GROUPS.flatMap((name) =>
      findingIf(
        Object.hasOwn(nodeGroups, name),
        `kubernetes.nodeGroups.${name}`,
        name,
        `a name other than ${DEFAULT_GROUPS.join(' and ')}, the groups of kubernetes.nodes and kubernetes.spot`,
        'name it after what runs on it',
      ),
    ),
});

const groupsKnown = defineRule({
  id: 'node-group-known',
  severity: 'refusal',
  summary: 'The node group that a container names is declared.',
  reads: ['kubernetes'],
  also: CONTAINER_SECTIONS,
  check: ({ kubernetes: { nodeGroups }, ...workloads }) =>
    containersOf(workloads).flatMap(({ path, value: { nodeGroup } }) => {
      const names = Object.keys(nodeGroups);
      return findingIf(
        nodeGroup !== undefined && !names.includes(nodeGroup),
        `${path}.nodeGroup`,
        nodeGroup,
        listed(names),
        suggest(nodeGroup ?? '', names, 'declare it under `kubernetes.nodeGroups`, or omit it for kubernetes.nodes'),
      );
    }),
});

const groupsUsed = defineRule({
  id: 'node-group-unused',
  severity: 'warning',
  summary: 'Every named node group is used by a workload.',
  reads: ['tier', 'nextTier', 'kubernetes'],
  also: CONTAINER_SECTIONS,
  check: ({ tier, nextTier, kubernetes, ...workloads }) =>
    hasTier({ tier, nextTier }, 'kubernetes')
      ? nodePoolsOf(kubernetes, workloads).flatMap(({ path, runsSystem, containers }) =>
          findingIf(
            !runsSystem && containers.length === 0,
            path,
            'no workload',
            'a service, worker or job whose `nodeGroup` names it: no other runs on its nodes',
            'name it in a workload, or remove it',
          ),
        )
      : [],
});

const capacityOfGroup = defineRule({
  id: 'node-group-spot',
  severity: 'refusal',
  summary: 'A workload has a Spot share or a node group, not both: the capacity of a named group is one or the other.',
  reads: ['tier', 'nextTier'],
  also: RUNNING_SECTIONS,
  check: ({ tier, nextTier, ...workloads }) =>
    runningOf(workloads).flatMap(({ path, value: { nodeGroup, spotPercent } }) =>
      findingIf(
        hasTier({ tier, nextTier }, 'kubernetes') && nodeGroup !== undefined && spotPercent > 0,
        `${path}.spotPercent`,
        spotPercent,
        `0 with nodeGroup "${nodeGroup}"`,
        "remove it; for Spot nodes, set the group's `capacity` to 'spot'",
      ),
    ),
});

export const NODE_RULES: readonly Rule[] = [
  countsInOrder,
  typesKnown,
  typesAlike,
  releaseFits,
  groupsNamed,
  groupsKnown,
  groupsUsed,
  capacityOfGroup,
  architectureAvailable,
];
