/** Rules about what is watched: only what is there, and so that somebody hears of it. */
import { managed } from '../calculations/placement';
import { maxConnectionsOf } from '../tables/database-classes';
import { ALARM_KINDS, alarmDefault, type AlarmKind, type AlarmSubject } from '../tables/alarm-defaults';
import type { ParsedEnvironment } from '../schema/environment';
import { located } from './located';
import { finding, findingIf, repeated } from './finding';
import { defineRule, type Rule } from './rule';

/** The sections that say what there is to watch. */
const WATCHED_SECTIONS = [
  'tier',
  'nextTier',
  'box',
  'database',
  'cache',
  'network',
  'domain',
  'edge',
  'backups',
  'queues',
  'services',
  'workers',
  'jobs',
  'observability',
] as const;

type MonitoredResources = Pick<ParsedEnvironment, (typeof WATCHED_SECTIONS)[number]>;

const routed = ({ services }: MonitoredResources): boolean => Object.values(services).some(({ routes }) => routes.length > 0);

/**
 * What an alarm needs, in words, and whether the environment has it. Told by what is described, not by the tier: an
 * environment keeps its alarms when its tier changes, and each tier sets those that it has something for.
 */
const NEEDS: Readonly<
  Record<AlarmSubject, { readonly words: string; readonly met: (environment: MonitoredResources) => boolean }>
> = {
  service: { words: 'a service or worker', met: ({ services, workers }) => size(services) + size(workers) > 0 },
  'load balancer': { words: 'a service with routes', met: routed },
  database: { words: 'a managed database', met: ({ database }) => managed(database) !== undefined },
  replica: { words: 'a database with replicas', met: ({ database }) => size(managed(database)?.replicas) > 0 },
  cache: { words: 'a managed cache', met: ({ cache }) => managed(cache) !== undefined },
  queue: { words: 'a queue', met: ({ queues }) => size(queues) > 0 },
  schedule: {
    words: 'a job with a schedule',
    met: ({ jobs }) => Object.values(jobs).some(({ schedule }) => schedule !== undefined),
  },
  'NAT gateway': { words: 'a NAT gateway', met: ({ network }) => network.nat === 'single' || network.nat === 'per-az' },
  'NAT instance': { words: 'a NAT instance', met: ({ network }) => network.nat === 'instance' },
  certificate: { words: 'a domain', met: ({ domain }) => domain !== undefined },
  'backup plan': { words: 'a backup plan (`backups`)', met: ({ backups }) => backups !== undefined },
  host: { words: 'a box', met: ({ box }) => box !== undefined },
  cluster: { words: 'tier kubernetes', met: ({ tier, nextTier }) => tier === 'kubernetes' || nextTier === 'kubernetes' },
  distribution: { words: 'CloudFront (`edge.cdn`)', met: ({ domain, edge }) => domain !== undefined && edge.cdn !== undefined },
  'health check': {
    words: 'a health check (`edge.healthChecks`)',
    met: ({ domain, edge }) => domain !== undefined && size(edge.healthChecks) > 0,
  },
};

const size = (record: object | undefined): number => Object.keys(record ?? {}).length;

/** The alarms that a person has written something about. */
function writtenAlarms({ alarms }: ParsedEnvironment['observability']): readonly AlarmKind[] {
  return alarms === 'none' ? [] : ALARM_KINDS.filter((kind) => alarms[kind] !== undefined && alarms[kind] !== false);
}

const somethingToWatch = defineRule({
  id: 'alarm-subject',
  severity: 'refusal',
  summary: 'An alarm is set only on what the environment has.',
  reads: WATCHED_SECTIONS,
  check: (environment) =>
    writtenAlarms(environment.observability).flatMap((kind) => {
      const { words, met } = NEEDS[alarmDefault(kind).subject];
      return findingIf(
        !met(environment),
        `observability.alarms.${kind}`,
        kind,
        `an alarm on something that the environment has; ${kind} needs ${words}`,
        'remove it, or add what it watches',
      );
    }),
});

/** Of metrics that are shares. */
const PERCENT = 100;

const reachable = defineRule({
  id: 'alarm-threshold',
  severity: 'refusal',
  summary: 'A threshold can be crossed: no percentage above 100, no more connections than the database takes.',
  reads: ['observability', 'database'],
  check: ({ observability, database }) => {
    const { alarms } = observability;
    if (alarms === 'none') return [];
    const instanceClass = managed(database)?.instanceClass;
    const most = instanceClass === undefined ? undefined : maxConnectionsOf(instanceClass);
    return writtenAlarms(observability).flatMap((kind) => {
      const written = alarms[kind];
      const threshold = written === undefined || written === false ? undefined : written.threshold;
      if (threshold === undefined) return [];
      const path = `observability.alarms.${kind}.threshold`;
      return [
        ...findingIf(
          alarmDefault(kind).unit === '%' && threshold >= PERCENT,
          path,
          threshold,
          'a percentage below 100',
          'above 100 nothing ever goes off; 0.8 of something is written as 80',
        ),
        ...findingIf(
          kind === 'database-connections' && most !== undefined && threshold >= most,
          path,
          threshold,
          `fewer than the ${most} connections that ${instanceClass} takes`,
          'leave it out for four fifths of them',
        ),
      ];
    });
  },
});

/** CloudWatch looks back a day at most, or a week with periods of an hour and more. Source: PutMetricAlarm, EvaluationPeriods. */
const LONGEST_SECONDS = { short: 86_400, long: 604_800, hour: 3600 } as const;

const withinDay = defineRule({
  id: 'alarm-span',
  severity: 'refusal',
  summary: 'An alarm looks back a day at most, or a week with periods of an hour or more.',
  reads: ['observability'],
  check: ({ observability }) => {
    const { alarms } = observability;
    if (alarms === 'none') return [];
    return writtenAlarms(observability).flatMap((kind) => {
      const written = alarms[kind];
      if (written === undefined || written === false) return [];
      const { periodSeconds = alarmDefault(kind).periodSeconds, periods = alarmDefault(kind).periods } = written;
      const longest = periodSeconds >= LONGEST_SECONDS.hour ? LONGEST_SECONDS.long : LONGEST_SECONDS.short;
      return findingIf(
        periodSeconds * periods > longest,
        `observability.alarms.${kind}.periods`,
        periods,
        `at most ${Math.floor(longest / periodSeconds)} periods of ${periodSeconds} seconds`,
        'take fewer periods, or shorter ones',
      );
    });
  },
});

const heard = defineRule({
  id: 'alarms-unheard',
  severity: 'warning',
  summary: 'Somebody is told when an alarm goes off.',
  reads: ['observability'],
  check: ({ observability: { alarms, budget, notifications } }) =>
    findingIf(
      (alarms !== 'none' || budget !== undefined) && notifications.emails.length + notifications.smsNumbers.length === 0,
      'observability.notifications',
      notifications,
      'alarms and budget tell nobody: they only show in the console',
      "add observability: { notifications: { emails: ['...'] } }, or set alarms: 'none'",
    ),
});

const once = defineRule({
  id: 'notified-once',
  severity: 'refusal',
  summary: 'Each address and number is told once.',
  reads: ['observability'],
  check: ({ observability: { notifications } }) => [
    ...repeated(notifications.emails, (email) => email.toLowerCase()).map(({ entry }) =>
      finding('observability.notifications.emails', notifications.emails, 'each address once', `remove the second "${entry}"`),
    ),
    ...repeated(notifications.smsNumbers, String).map(({ entry }) =>
      finding(
        'observability.notifications.smsNumbers',
        notifications.smsNumbers,
        'each number once',
        `remove the second "${entry}"`,
      ),
    ),
  ],
});

const collector = defineRule({
  id: 'tracing-tier',
  severity: 'refusal',
  summary: 'Traces are collected where a collector can stand beside the container and reach AWS: on Fargate, with NAT.',
  reads: ['tier', 'network', 'observability'],
  check: ({ tier, network, observability }) => {
    if (observability.tracing === 'none') return [];
    return [
      ...findingIf(
        tier !== 'fargate',
        'observability.tracing',
        observability.tracing,
        '"none" on this tier',
        'leave it out, or move to fargate',
      ),
      ...findingIf(
        network.nat === 'none',
        'observability.tracing',
        observability.tracing,
        '"none" without NAT',
        "the collector's image is in a public registry, to which no endpoint leads; add `nat`",
      ),
    ];
  },
});

const metricsCollected = defineRule({
  id: 'application-metrics-collected',
  severity: 'refusal',
  summary: 'Metrics of the application have a collector that brings them, and a name each.',
  reads: ['observability'],
  check: ({ observability: { tracing, applicationMetrics } }) => [
    ...findingIf(
      tracing === 'none' && size(applicationMetrics) > 0,
      'observability.applicationMetrics',
      Object.keys(applicationMetrics),
      'none without a collector',
      'set observability.tracing: "xray", which brings the collector, or remove them',
    ),
    ...repeated(
      located('observability.applicationMetrics', applicationMetrics),
      ({ value }) => `${value.name} ${value.statistic}`,
    ).map(({ entry, first }) =>
      finding(`${entry.path}.name`, entry.value.name, `another name or statistic than ${first.path}`, 'remove one of the two'),
    ),
  ],
});

const rotationIsSeen = defineRule({
  id: 'rotation-trail',
  severity: 'warning',
  summary: 'Where passwords rotate, the account has a CloudTrail trail: without it nobody learns that one did.',
  reads: ['backend', 'database', 'secrets'],
  check: ({ backend, database, secrets }) => {
    if (backend.kind !== 's3' || backend.store.singletons.cloudTrail !== 'none') return [];
    const rotates =
      Object.values(managed(database)?.roles ?? {}).some(({ rotateAfterDays }) => rotateAfterDays !== undefined) ||
      Object.values(secrets).some(({ rotation }) => rotation !== undefined);
    return findingIf(
      rotates,
      'backend.store.singletons.cloudTrail',
      'none',
      'AWS tells of a rotation through CloudTrail only: without a trail, containers keep the old password until they are restarted',
      'set it to "create", or to "existing" when the account has a trail',
    );
  },
});

export const OBSERVABILITY_RULES: readonly Rule[] = [
  somethingToWatch,
  reachable,
  withinDay,
  heard,
  once,
  collector,
  metricsCollected,
  rotationIsSeen,
];
