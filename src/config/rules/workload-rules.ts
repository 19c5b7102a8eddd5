/** Rules about single containers: names, mounts, shells, health checks, log groups, messages of queues. */
import { containerName, DATABASE_INIT_KEY, logGroupId, logGroupName, POOLER_KEY } from '../names';
import { consumedQueues, stopSecondsOf } from '../calculations/workloads';
import { CONTAINER_SECTIONS, containersOf, located, runningOf, RUNNING_SECTIONS } from './located';
import { finding, findingIf, repeated, sharedNames } from './finding';
import { defineRule, type Rule } from './rule';

/** Names of containers that Terrace adds. */
const RESERVED_KEYS: readonly string[] = [DATABASE_INIT_KEY, POOLER_KEY];

const keysDiffer = defineRule({
  id: 'workload-keys',
  severity: 'refusal',
  summary: 'Services, workers and jobs have different names, and none that Terrace reserves.',
  reads: [],
  also: CONTAINER_SECTIONS,
  check: (environment) => {
    const containers = containersOf(environment);
    return [
      ...sharedNames(containers, ({ key }) => key),
      ...containers.flatMap(({ key, path }) =>
        findingIf(
          RESERVED_KEYS.includes(key),
          path,
          key,
          `any name but ${RESERVED_KEYS.join(', ')}`,
          'rename it: Terrace adds a container of that name',
        ),
      ),
    ];
  },
});

const namesDiffer = defineRule({
  id: 'workload-names',
  severity: 'refusal',
  summary: 'No two containers have the same name in AWS.',
  reads: ['name'],
  also: CONTAINER_SECTIONS,
  check: ({ name, ...workloads }) => {
    const named = containersOf(workloads).map(({ key, path, value }) => ({
      key,
      path,
      name: containerName(name, key, value.name),
    }));
    return repeated(named, (container) => container.name).flatMap(({ entry, first }) =>
      findingIf(
        entry.key !== first.key,
        `${entry.path}.name`,
        entry.name,
        `a name that ${first.path} does not have`,
        'change or remove one of the two',
      ),
    );
  },
});

const mountPaths = defineRule({
  id: 'mount-paths',
  severity: 'refusal',
  summary: 'Mounted and writable directories of a container are all different.',
  reads: [],
  also: CONTAINER_SECTIONS,
  check: (environment) =>
    containersOf(environment).flatMap(({ path, value }) => {
      const directories = [
        ...value.mounts.map((mount, index) => ({ at: `${path}.mounts[${index}].path`, directory: mount.path })),
        ...value.writablePaths.map((directory, index) => ({ at: `${path}.writablePaths[${index}]`, directory })),
      ];
      return repeated(directories, ({ directory }) => directory.replace(/\/+$/, '')).map(({ entry, first }) =>
        finding(entry.at, entry.directory, `a directory that ${first.at} does not have`, 'change or remove one of the two'),
      );
    }),
});

const shellWrites = defineRule({
  id: 'exec-writable-root',
  severity: 'refusal',
  summary: 'A container with a shell has a writable root file system, which ECS Exec needs.',
  reads: [],
  also: RUNNING_SECTIONS,
  check: (environment) =>
    runningOf(environment).flatMap(({ path, value }) =>
      findingIf(
        value.exec && value.writableRoot === false,
        `${path}.writableRoot`,
        false,
        'true, or omitted, with exec',
        'remove it, or set `exec` to false',
      ),
    ),
});

const healthTimes = defineRule({
  id: 'health-timing',
  severity: 'refusal',
  summary: 'A health check times out before the next one starts.',
  reads: [],
  also: ['services'],
  check: ({ services }) =>
    located('services', services).flatMap(({ path, value: { health } }) =>
      findingIf(
        health.timeoutSeconds >= health.intervalSeconds,
        `${path}.health.timeoutSeconds`,
        health.timeoutSeconds,
        `less than intervalSeconds (${health.intervalSeconds})`,
        'lower it, or raise `intervalSeconds`',
      ),
    ),
});

const logGroups = defineRule({
  id: 'log-group-names',
  severity: 'refusal',
  summary: 'Log groups have names that CloudWatch allows, and differ in more than punctuation and case.',
  reads: ['system', 'name', 'logs'],
  also: CONTAINER_SECTIONS,
  check: ({ system, name, logs, ...workloads }) => {
    const groups = containersOf(workloads).map(({ key, path, value }) => ({
      path: value.logGroup === undefined && logs.group !== undefined ? 'logs.group' : `${path}.logGroup`,
      group: logGroupName({ system, name, logs }, key, value.logGroup),
    }));
    const distinct = [...new Map([...groups].reverse().map((one) => [one.group, one] as const)).values()].reverse();
    return [
      ...distinct.flatMap(({ path, group }) =>
        findingIf(
          !/^(?!aws\/)[A-Za-z0-9._/#-]+$/i.test(group),
          path,
          group,
          'letters, digits and . _ / # -, not beginning with "aws/", which CloudWatch reserves',
          'rename the log group',
        ),
      ),
      ...repeated(distinct, ({ group }) => logGroupId(group)).map(({ entry, first }) =>
        finding(
          entry.path,
          entry.group,
          `a name that differs from ${first.group} in letters or digits`,
          'rename one, or use the same group for both',
        ),
      ),
    ];
  },
});

const visibility = defineRule({
  id: 'queue-visibility',
  severity: 'warning',
  summary: 'A message stays hidden for at least as long as a worker that is being stopped may still work on it.',
  reads: [],
  also: ['workers', 'queues'],
  check: ({ workers, queues }) =>
    located('workers', workers).flatMap(({ key, value }) =>
      consumedQueues(value).flatMap((queue) => {
        const hidden = queues[queue]?.visibilityTimeoutSeconds;
        const stops = stopSecondsOf(value, true);
        const path = `queues.${queue}.visibilityTimeoutSeconds`;
        return findingIf(
          hidden !== undefined && hidden < stops,
          path,
          hidden,
          `at least workers.${key}.stopTimeoutSeconds (${stops}); otherwise a second worker receives the message meanwhile`,
          'raise it above the longest time that a message takes, or lower `stopTimeoutSeconds`',
        ).map((found) => ({ ...found, subject: `${path} for workers.${key}` }));
      }),
    ),
});

const zones = defineRule({
  id: 'job-timezone',
  severity: 'refusal',
  summary: 'A job has a time zone only together with a schedule.',
  reads: [],
  also: ['jobs'],
  check: ({ jobs }) =>
    located('jobs', jobs).flatMap(({ path, value: { schedule, timezone } }) =>
      findingIf(
        timezone !== undefined && schedule === undefined,
        `${path}.timezone`,
        timezone,
        'a time zone only with `schedule`',
        'add `schedule`, or remove `timezone`',
      ),
    ),
});

export const WORKLOAD_RULES: readonly Rule[] = [
  keysDiffer,
  namesDiffer,
  mountPaths,
  shellWrites,
  healthTimes,
  logGroups,
  visibility,
  zones,
];
