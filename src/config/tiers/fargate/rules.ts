/** Rules about what Fargate sells and allows. */
import { FARGATE_MEMORY_MIB } from '../../tables/fargate-sizes';
import { LONGEST_FARGATE_STOP_SECONDS } from '../../tables/stop-timeouts';
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

const stopTimes = defineRule({
  id: 'fargate-stop-timeout',
  severity: 'refusal',
  summary: 'Fargate waits at most 120 seconds for a container that is being stopped.',
  reads: ['tier', 'nextTier'],
  also: CONTAINER_SECTIONS,
  check: ({ tier, nextTier, ...workloads }) =>
    containersOf(workloads).flatMap(({ path, value: { stopTimeoutSeconds = 0 } }) =>
      findingIf(
        hasTier({ tier, nextTier }, 'fargate') && stopTimeoutSeconds > LONGEST_FARGATE_STOP_SECONDS,
        `${path}.stopTimeoutSeconds`,
        stopTimeoutSeconds,
        `at most ${LONGEST_FARGATE_STOP_SECONDS} with tier fargate`,
        'lower it; a worker with longer messages protects its task while it is busy (docs/fargate.md)',
      ),
    ),
});

export const FARGATE_RULES: readonly Rule[] = [sizeExists, stopTimes];
