/** Rules about the host itself: the section, the instance type, and what several hosts may not have. */
import { minutesOfDay } from '../../../calculations/cron';
import { finding, findingIf, unknownType } from '../../../rules/finding';
import { CONTAINER_SECTIONS, containersOf, hasTier, located, routedServices } from '../../../rules/located';
import { defineRule, type Rule } from '../../../rules/rule';
import { KNOWN_INSTANCE_TYPES } from '../../../tables/instance-sizes';
import { architectureOf, isNitro } from '../../../tables/ec2-architectures';

const section = defineRule({
  id: 'box-section',
  severity: 'refusal',
  summary: 'The tier box needs a `box` section, which describes the host.',
  reads: ['tier', 'nextTier', 'box'],
  check: ({ tier, nextTier, box }) =>
    findingIf(
      hasTier({ tier, nextTier }, 'box') && box === undefined,
      'box',
      undefined,
      'a section with instanceType, operatingSystem, volumes and backup when the tier is "box"',
      'add `box`; docs/box.md shows an example',
    ),
});

const instanceType = defineRule({
  id: 'box-instance-type',
  severity: 'refusal',
  summary:
    'The instance type is based on Nitro, where a disk has its volume id as serial number: boot finds the data volume by it.',
  reads: ['box'],
  check: ({ box }) =>
    box === undefined
      ? []
      : findingIf(
          !isNitro(box.instanceType),
          'box.instanceType',
          box.instanceType,
          'a type of the t3 generation or later',
          `choose "${box.instanceType.replace(/^t2\./, 't3.')}" or another of t3, t3a, t4g, m6i, m7g, c7g ...`,
        ),
});

const instanceTypeKnown = defineRule({
  id: 'box-instance-type-unknown',
  severity: 'risk',
  summary: 'The instance type exists: its size is known, so that containers are checked against it.',
  reads: ['box'],
  check: ({ box }) =>
    box !== undefined && isNitro(box.instanceType)
      ? unknownType('box.instanceType', box.instanceType, KNOWN_INSTANCE_TYPES, 'EC2')
      : [],
});

const architecture = defineRule({
  id: 'box-architecture',
  severity: 'refusal',
  summary: 'Containers are built for the architecture of the host: t4g, m7g, c7g ... are arm64, the others x86_64.',
  reads: ['tier', 'nextTier', 'box'],
  also: CONTAINER_SECTIONS,
  check: ({ tier, nextTier, box, ...workloads }) => {
    if (box === undefined || !hasTier({ tier, nextTier }, 'box')) return [];
    const host = architectureOf(box.instanceType);
    return containersOf(workloads).flatMap(({ path, value }) =>
      findingIf(
        value.architecture !== host,
        `${path}.architecture`,
        value.architecture,
        `"${host}", the architecture of box.instanceType ${box.instanceType}`,
        `build the image for ${host} and set it here, or choose an instance type with ${value.architecture}`,
      ),
    );
  },
});

const severalHosts = defineRule({
  id: 'box-several-hosts',
  severity: 'refusal',
  summary:
    'Several hosts need a route and keep no data: database and cache are managed, no file systems, no job with a schedule.',
  reads: ['box', 'database', 'cache'],
  also: CONTAINER_SECTIONS,
  check: ({ box, database, cache, ...workloads }) => {
    const { min, max } = box?.instances ?? { min: 1, max: 1 };
    const order = findingIf(min > max, 'box.instances.min', min, `at most max (${max})`, 'lower it, or raise `max`');
    if (max <= 1) return order;
    const oneHost = (reason: string, fix: string) =>
      finding('box.instances.max', max, `1 while ${reason}`, `${fix}, or keep one host`);
    const managed = (name: 'database' | 'cache') =>
      oneHost(`the ${name} is on the host`, `set ${name}.placement to "managed" and move the data first (docs/box.md)`);
    return [
      ...order,
      ...(routedServices(workloads.services).length > 0
        ? []
        : [oneHost('no service has a route for the load balancer', 'give a service routes')]),
      ...(database?.placement === 'host' ? [managed('database')] : []),
      ...(cache?.placement === 'host' ? [managed('cache')] : []),
      ...containersOf(workloads)
        .filter(({ value }) => value.mounts.length > 0)
        .map(({ path }) => oneHost(`${path}.mounts keeps files on the host`, 'store uploads in a bucket')),
      ...located('jobs', workloads.jobs)
        .filter(({ value }) => value.schedule !== undefined)
        .map(({ path }) => oneHost(`${path} has a schedule, which every host would run`, 'run it on demand')),
    ];
  },
});

/** Minutes after the start of a backup or a drill in which a restart would meet it. */
const UNDISTURBED_MINUTES = 60;

/** Minutes that a restart takes at most, with the start of all containers. */
const RESTART_MINUTES = 15;

const restartTime = defineRule({
  id: 'box-restart-time',
  severity: 'refusal',
  summary: 'The host does not restart while a backup or a restore test is likely to run.',
  reads: ['box'],
  check: ({ box }) => {
    if (box === undefined) return [];
    const [hour = 0, minute = 0] = box.restartTime.split(':').map(Number);
    const restart = hour * 60 + minute;
    const day = 24 * 60;
    return (['schedule', 'drillSchedule'] as const).flatMap((field) => {
      const meets = minutesOfDay(box.backup[field]).some((start) => {
        const after = (restart - start + day) % day;
        return after < UNDISTURBED_MINUTES || day - after < RESTART_MINUTES;
      });
      return findingIf(
        meets,
        'box.restartTime',
        box.restartTime,
        `a time that is not within ${UNDISTURBED_MINUTES} minutes after box.backup.${field} (${box.backup[field]}), nor within ` +
          `${RESTART_MINUTES} minutes before it`,
        'choose another time, or move the schedule',
      );
    });
  },
});

export const HOST_RULES: readonly Rule[] = [section, instanceType, instanceTypeKnown, architecture, severalHosts, restartTime];
