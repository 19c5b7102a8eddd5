/** Rules about how many containers run: at rest, under load, during a release. */
import { located, runningOf, RUNNING_SECTIONS } from './located';
import { findingIf } from './finding';
import { REDIS_LIST_RULES } from './redis-list-rules';
import { defineRule, type Rule } from './rule';
import type { ParsedEnvironment } from '../schema/environment';

type Scaling = ParsedEnvironment['services'][string]['scaling'] | ParsedEnvironment['workers'][string]['scaling'];

const range = defineRule({
  id: 'replicas-range',
  severity: 'refusal',
  summary: 'The minimum number of tasks is not above the maximum.',
  reads: [],
  also: RUNNING_SECTIONS,
  check: (environment) =>
    runningOf(environment).flatMap(({ path, value: { replicas } }) =>
      findingIf(
        replicas.min > replicas.max,
        `${path}.replicas.min`,
        replicas.min,
        `at most replicas.max (${replicas.max})`,
        'lower it, or raise `max`',
      ),
    ),
});

const scalesOnQueue = (scaling: Scaling): boolean => scaling !== undefined && ('queue' in scaling || 'redisList' in scaling);

const zero = defineRule({
  id: 'scale-from-zero',
  severity: 'refusal',
  summary: 'Only workers that scale on a queue or a list have a minimum of zero: without tasks, no load metric rises.',
  reads: [],
  also: RUNNING_SECTIONS,
  check: ({ services, workers }) => [
    ...located('services', services).flatMap(({ path, value }) =>
      findingIf(
        value.replicas.min === 0,
        `${path}.replicas.min`,
        0,
        'at least 1 for a service',
        'set it to 1, or make it a worker that scales on a queue',
      ),
    ),
    ...located('workers', workers).flatMap(({ path, value }) =>
      findingIf(
        value.replicas.min === 0 && !scalesOnQueue(value.scaling),
        `${path}.replicas.min`,
        0,
        '0 only with scaling on a queue',
        "set it to 1, or add scaling: { queue: '<queue>' }",
      ),
    ),
  ],
});

const targets = defineRule({
  id: 'scaling-target',
  severity: 'refusal',
  summary: 'Scaling has a target, and `requestsPerTarget` only where a load balancer counts requests.',
  reads: [],
  also: RUNNING_SECTIONS,
  check: ({ services, workers }) => [
    ...runningOf({ services, workers }).flatMap(({ path, value: { scaling } }) =>
      findingIf(
        scaling !== undefined && hasNoTarget(scaling),
        `${path}.scaling`,
        scaling,
        'cpuPercent, memoryPercent, requestsPerTarget (services) or queue (workers)',
        'add one, or remove `scaling`',
      ),
    ),
    ...located('services', services).flatMap(({ path, value: { scaling, routes } }) =>
      findingIf(
        scaling?.requestsPerTarget !== undefined && routes.length === 0,
        `${path}.scaling.requestsPerTarget`,
        scaling?.requestsPerTarget,
        'requestsPerTarget only for a service with routes',
        'scale on cpuPercent, or add routes',
      ),
    ),
  ],
});

function hasNoTarget(scaling: NonNullable<Scaling>): boolean {
  if ('queue' in scaling || 'redisList' in scaling) return false;
  const { cpuPercent, memoryPercent } = scaling;
  return cpuPercent === undefined && memoryPercent === undefined && !('requestsPerTarget' in scaling);
}

const unscaled = defineRule({
  id: 'scaling-missing',
  severity: 'warning',
  summary: 'Where `replicas.max` is above `replicas.min`, `scaling` says what the number follows.',
  reads: [],
  also: RUNNING_SECTIONS,
  check: (environment) =>
    runningOf(environment).flatMap(({ path, value: { replicas, scaling } }) =>
      findingIf(
        replicas.max > replicas.min && replicas.min > 0 && scaling === undefined,
        `${path}.replicas.max`,
        replicas.max,
        'without `scaling`, never more than `min` tasks run',
        'add `scaling`, or set `max` to `min`',
      ),
    ),
});

const deadlock = defineRule({
  id: 'deployment-deadlock',
  severity: 'refusal',
  summary: 'A release can start a new task or stop an old one.',
  reads: [],
  also: RUNNING_SECTIONS,
  check: (environment) =>
    runningOf(environment).flatMap(({ path, value: { replicas, deployment } }) => {
      const { minimumHealthyPercent, maximumPercent } = deployment;
      const tasks = Math.max(replicas.min, 1);
      // ECS rounds the lower bound up and the upper bound down (Amazon ECS developer guide, "Rolling update").
      const keeps = Math.ceil((tasks * minimumHealthyPercent) / 100);
      const most = Math.floor((tasks * maximumPercent) / 100);
      const enough = Math.ceil((100 * (tasks + 1)) / tasks);
      return findingIf(
        keeps >= tasks && most <= tasks,
        `${path}.deployment.maximumPercent`,
        maximumPercent,
        `with ${tasks} task(s) and minimumHealthyPercent ${minimumHealthyPercent}: at least ${enough}`,
        'raise it (200 is the default), or lower `minimumHealthyPercent`',
      );
    }),
});

export const SCALING_RULES: readonly Rule[] = [range, zero, targets, unscaled, deadlock, ...REDIS_LIST_RULES];
