/** Rules about services and workers of which exactly one task may run. */
import { findingIf } from './finding';
import { hasTier, runningOf, RUNNING_SECTIONS } from './located';
import { defineRule, type Finding, type Rule } from './rule';

type Running = ReturnType<typeof runningOf>[number];

const alone = defineRule({
  id: 'singleton-settings',
  severity: 'refusal',
  summary: 'A singleton has one replica, no scaling, and no percentages of a release: they are part of its meaning.',
  reads: [],
  also: RUNNING_SECTIONS,
  check: (workloads) => singletonsOf(workloads).flatMap(conflictsOf),
});

function conflictsOf({ path, value: { replicas, scaling, deployment } }: Running): readonly Finding[] {
  const { minimumHealthyPercent, maximumPercent } = deployment;
  // The default is as good as the value of a singleton: nobody can tell whether it was written.
  const percents = ![0, 100].includes(minimumHealthyPercent) || ![100, 200].includes(maximumPercent);
  return [
    ...findingIf(
      replicas.min !== 1 || replicas.max !== 1,
      `${path}.replicas`,
      replicas,
      '{ min: 1, max: 1 } with singleton',
      'remove it, or remove `singleton`',
    ),
    ...findingIf(
      scaling !== undefined,
      `${path}.scaling`,
      scaling,
      'no scaling with singleton: the number of tasks is always one',
      'remove it, or remove `singleton`',
    ),
    ...findingIf(
      percents,
      `${path}.deployment`,
      deployment,
      'no percentages with singleton: the old task ends before the new one starts',
      'remove `minimumHealthyPercent` and `maximumPercent`, or remove `singleton`',
    ),
  ];
}

const severalHosts = defineRule({
  id: 'singleton-hosts',
  severity: 'refusal',
  summary: 'A singleton does not run on several hosts, of which each runs every container.',
  reads: ['tier', 'nextTier', 'box'],
  also: RUNNING_SECTIONS,
  check: ({ tier, nextTier, box, ...workloads }) =>
    singletonsOf(workloads).flatMap(({ path }) =>
      findingIf(
        hasTier({ tier, nextTier }, 'box') && box !== undefined && box.instances.max > 1,
        `${path}.singleton`,
        true,
        `no singleton with box.instances.max ${box?.instances.max}: each host runs one`,
        'set `box.instances.max` to 1, move to Fargate, or let the application take a lock in the database',
      ),
    ),
});

const twoTiers = defineRule({
  id: 'singleton-next-tier',
  severity: 'risk',
  summary: 'A singleton does not run on two tiers at once, as everything does during a move.',
  reads: ['tier', 'nextTier'],
  also: RUNNING_SECTIONS,
  check: ({ tier, nextTier, ...workloads }) =>
    singletonsOf(workloads).flatMap(({ path }) =>
      findingIf(
        nextTier !== undefined,
        `${path}.singleton`,
        true,
        `no singleton while there is a next tier: one runs on ${tier} and one on ${nextTier}`,
        'leave the container out until the move is over, or let it take a lock in the database and acknowledge this',
      ),
    ),
});

const onSpot = defineRule({
  id: 'singleton-spot',
  severity: 'warning',
  summary: 'A singleton does not run on Spot capacity, whose interruption leaves none.',
  reads: [],
  also: RUNNING_SECTIONS,
  check: (workloads) =>
    singletonsOf(workloads).flatMap(({ path, value: { spotPercent } }) =>
      findingIf(
        spotPercent > 0,
        `${path}.spotPercent`,
        spotPercent,
        '0 with singleton: while AWS takes its capacity back, and until there is other, none runs',
        'remove it, or acknowledge that the work can wait',
      ),
    ),
});

function singletonsOf(workloads: Parameters<typeof runningOf>[0]): readonly Running[] {
  return runningOf(workloads).filter(({ value }) => value.singleton);
}

export const SINGLETON_RULES: readonly Rule[] = [alone, severalHosts, twoTiers, onSpot];
