/** Rules about what Fargate sells and allows. */
import { FARGATE_MEMORY_MIB } from '../../tables/fargate-sizes';
import { LONGEST_FARGATE_STOP_SECONDS } from '../../tables/stop-timeouts';
import { CONTAINER_SECTIONS, containersOf, hasTier, runningOf, RUNNING_SECTIONS } from '../../rules/located';
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

const sidecarsFit = defineRule({
  id: 'fargate-sidecar-size',
  severity: 'refusal',
  summary: 'The sidecars of a task leave vCPUs and memory to its container: on Fargate they are a part of its size.',
  reads: ['tier', 'nextTier'],
  also: RUNNING_SECTIONS,
  check: ({ tier, nextTier, ...workloads }) => {
    if (!hasTier({ tier, nextTier }, 'fargate')) return [];
    return runningOf(workloads).flatMap(({ path, value: { vcpu, memoryMib, sidecars } }) => {
      const sum = (field: 'vcpu' | 'memoryMib') => Object.values(sidecars).reduce((all, one) => all + one[field], 0);
      const fix = 'raise it to the next size of Fargate, or give the sidecars less';
      return [
        ...findingIf(sum('vcpu') >= vcpu, `${path}.vcpu`, vcpu, `more than the ${sum('vcpu')} of its sidecars`, fix),
        ...findingIf(
          sum('memoryMib') >= memoryMib,
          `${path}.memoryMib`,
          memoryMib,
          `more than the ${sum('memoryMib')} of its sidecars`,
          fix,
        ),
      ];
    });
  },
});

export const FARGATE_RULES: readonly Rule[] = [sizeExists, stopTimes, sidecarsFit];
