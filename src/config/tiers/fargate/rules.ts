/** Rules about what Fargate sells. */
import { FARGATE_MEMORY_MIB } from '../../tables/fargate-sizes';
import { CONTAINER_SECTIONS, containersOf, hasTier } from '../../rules/located';
import { finding, findingIf } from '../../rules/finding';
import { defineRule, type Finding, type Rule } from '../../rules/rule';

const sizeExists = defineRule({
  id: 'fargate-size',
  severity: 'refusal',
  summary: 'CPU and memory of a container are a pair that Fargate sells.',
  reads: ['tier', 'nextTier'],
  also: CONTAINER_SECTIONS,
  check: ({ tier, nextTier, ...workloads }) =>
    hasTier({ tier, nextTier }, 'fargate')
      ? containersOf(workloads).flatMap(({ path, value }) => judgeSize(path, value.vcpu, value.memoryMib))
      : [],
});

function judgeSize(path: string, vcpu: number, memoryMib: number): readonly Finding[] {
  const memories = FARGATE_MEMORY_MIB.get(vcpu);
  if (memories === undefined) {
    return [
      finding(`${path}.vcpu`, vcpu, [...FARGATE_MEMORY_MIB.keys()].join(', '), 'choose one of these: Fargate sells no other'),
    ];
  }
  const nearest = memories.reduce((best, size) => (Math.abs(size - memoryMib) < Math.abs(best - memoryMib) ? size : best));
  return findingIf(
    !memories.includes(memoryMib),
    `${path}.memoryMib`,
    memoryMib,
    `with ${vcpu} vCPU: ${memories.join(', ')}`,
    `${nearest} is the nearest`,
  );
}

export const FARGATE_RULES: readonly Rule[] = [sizeExists];
