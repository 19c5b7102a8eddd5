/** Rules about monitoring: alarms fit what exists, and their notifications reach a recipient. */
import { hasOwnHosts } from '../calculations/frontend-hosts';
import { healthChecksOf } from '../calculations/health-checks';
import { managed } from '../calculations/placement';
import { maxConnectionsOf } from '../tables/database-classes';
import { ALARM_KINDS, alarmDefault, type AlarmKind, type AlarmSubject } from '../tables/alarm-defaults';
import type { ParsedEnvironment } from '../schema/environment';
import { located, routedServices } from './located';
import { eachOnce, finding, findingIf, repeated } from './finding';
import { defineRule, type Rule } from './rule';

/** The sections that decide what there is to monitor. */
const MONITORED_SECTIONS = [
  'name',
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
  'email',
  'services',
  'workers',
  'jobs',
  'observability',
] as const;

type MonitoredResources = Pick<ParsedEnvironment, (typeof MONITORED_SECTIONS)[number] | 'frontends'>;

/**
 * What an alarm needs, in words, and whether the environment has it. This follows from the description, not from the tier:
 * an environment keeps its alarms when its tier changes, and each tier creates those that it has a metric for.
 */
const NEEDS: Readonly<
  Record<AlarmSubject, { readonly words: string; readonly met: (environment: MonitoredResources) => boolean }>
> = {
  service: { words: 'a service or worker', met: ({ services, workers }) => size(services) + size(workers) > 0 },
  'load balancer': { words: 'a service with routes', met: ({ services }) => routedServices(services).length > 0 },
  database: { words: 'a managed database', met: ({ database }) => managed(database) !== undefined },
  replica: { words: 'a database with replicas', met: ({ database }) => size(managed(database)?.replicas) > 0 },
  cache: { words: 'a managed cache', met: ({ cache }) => managed(cache) !== undefined },
  email: { words: 'a domain of e-mail (`email`)', met: ({ email }) => email !== undefined },
  queue: { words: 'a queue', met: ({ queues }) => size(queues) > 0 },
  schedule: {
    words: 'a job with a schedule',
    met: ({ jobs }) => Object.values(jobs).some(({ schedule }) => schedule !== undefined),
  },
  'NAT gateway': { words: 'a NAT gateway', met: ({ network }) => network.nat === 'single' || network.nat === 'per-az' },
  'NAT instance': { words: 'a NAT instance', met: ({ network }) => network.nat === 'instance' },
  certificate: { words: 'a domain', met: ({ domain }) => domain !== undefined },
  'backup plan': { words: 'a backup plan (`backups`)', met: ({ backups }) => backups !== undefined },
  'restore drill': {
    words: 'a restore drill (`backups.restoreDrill`)',
    met: ({ backups }) => backups?.restoreDrill !== undefined,
  },
  host: { words: 'a box', met: ({ box }) => box !== undefined },
  cluster: { words: 'tier kubernetes', met: ({ tier, nextTier }) => tier === 'kubernetes' || nextTier === 'kubernetes' },
  distribution: {
    words: 'CloudFront (`edge.cdn`, or a frontend with `hosts`)',
    met: ({ domain, edge, frontends }) => domain !== undefined && (edge.cdn !== undefined || hasOwnHosts(frontends)),
  },
  'health check': {
    words: 'a health check (`edge.healthChecks`)',
    met: (environment) => environment.domain !== undefined && size(healthChecksOf(environment)) > 0,
  },
};

const size = (record: object | undefined): number => Object.keys(record ?? {}).length;

type AlarmSettings = Exclude<ParsedEnvironment['observability']['alarms'], 'none'>;

interface WrittenAlarm {
  readonly kind: AlarmKind;
  readonly written: Exclude<AlarmSettings[AlarmKind], false | undefined>;
}

/** The alarms that the environment file configures. */
function writtenAlarms({ alarms }: ParsedEnvironment['observability']): readonly WrittenAlarm[] {
  if (alarms === 'none') return [];
  return ALARM_KINDS.flatMap((kind) => {
    const written = alarms[kind];
    return written === undefined || written === false ? [] : [{ kind, written }];
  });
}

const subjectPresent = defineRule({
  id: 'alarm-subject',
  severity: 'refusal',
  summary: 'Only alarms on what the environment has are configured.',
  reads: MONITORED_SECTIONS,
  also: ['frontends'],
  check: (environment) =>
    writtenAlarms(environment.observability).flatMap(({ kind }) => {
      const { words, met } = NEEDS[alarmDefault(kind).subject];
      return findingIf(
        !met(environment),
        `observability.alarms.${kind}`,
        kind,
        `only alarms on what the environment has; ${kind} needs ${words}`,
        'remove it, or add what it monitors',
      );
    }),
});

/** The upper bound of metrics that are percentages. */
const PERCENT = 100;

const reachable = defineRule({
  id: 'alarm-threshold',
  severity: 'refusal',
  summary: 'A threshold can be crossed: a percentage is below 100, connections are fewer than the database accepts.',
  reads: ['observability', 'database'],
  check: ({ observability, database }) => {
    const instanceClass = managed(database)?.instanceClass;
    const most = instanceClass === undefined ? undefined : maxConnectionsOf(instanceClass);
    return writtenAlarms(observability).flatMap(({ kind, written: { threshold } }) => {
      if (threshold === undefined) return [];
      const path = `observability.alarms.${kind}.threshold`;
      return [
        ...findingIf(
          alarmDefault(kind).unit === '%' && threshold >= PERCENT,
          path,
          threshold,
          'a percentage below 100',
          'at 100 and above the alarm never goes off; four fifths are written as 80',
        ),
        ...findingIf(
          kind === 'database-connections' && most !== undefined && threshold >= most,
          path,
          threshold,
          `fewer than the ${most} connections that ${instanceClass} accepts`,
          'omit it for four fifths of them',
        ),
      ];
    });
  },
});

const countsRequests = defineRule({
  id: 'alarm-requests',
  severity: 'refusal',
  summary: 'Only alarms on rates of requests have a minimum of requests.',
  reads: ['observability'],
  check: ({ observability }) =>
    writtenAlarms(observability).flatMap(({ kind, written: { minimumRequests } }) =>
      findingIf(
        minimumRequests !== undefined && alarmDefault(kind).minimumRequests === undefined,
        `observability.alarms.${kind}.minimumRequests`,
        minimumRequests,
        'no minimum of requests: this alarm does not measure a rate of requests',
        `remove it; ${ALARM_KINDS.filter((rate) => alarmDefault(rate).minimumRequests !== undefined).join(' and ')} have one`,
      ),
    ),
});

/** CloudWatch evaluates at most a day, or a week with periods of an hour or more. Source: PutMetricAlarm, EvaluationPeriods. */
const LONGEST_SECONDS = { short: 86_400, long: 604_800, hour: 3600 } as const;

const withinDay = defineRule({
  id: 'alarm-span',
  severity: 'refusal',
  summary: 'An alarm evaluates at most a day, or a week with periods of an hour or more.',
  reads: ['observability'],
  check: ({ observability }) =>
    writtenAlarms(observability).flatMap(({ kind, written }) => {
      const { periodSeconds = alarmDefault(kind).periodSeconds, periods = alarmDefault(kind).periods } = written;
      const longest = periodSeconds >= LONGEST_SECONDS.hour ? LONGEST_SECONDS.long : LONGEST_SECONDS.short;
      return findingIf(
        periodSeconds * periods > longest,
        `observability.alarms.${kind}.periods`,
        periods,
        `at most ${Math.floor(longest / periodSeconds)} periods of ${periodSeconds} seconds`,
        'use fewer periods, or shorter ones',
      );
    }),
});

const heard = defineRule({
  id: 'alarms-unheard',
  severity: 'warning',
  summary: 'Alarms and budget have a recipient.',
  reads: ['observability'],
  check: ({ observability: { alarms, budget, notifications } }) =>
    findingIf(
      (alarms !== 'none' || budget !== undefined) && notifications.emails.length + notifications.smsNumbers.length === 0,
      'observability.notifications',
      notifications,
      'without a recipient, alarms and budget only appear in the console',
      "add observability: { notifications: { emails: ['...'] } }, or set alarms: 'none'",
    ),
});

const once = defineRule({
  id: 'notified-once',
  severity: 'refusal',
  summary: 'Each address and number is notified once.',
  reads: ['observability'],
  check: ({ observability: { notifications } }) => [
    ...eachOnce('observability.notifications.emails', notifications.emails, 'address', (email) => email.toLowerCase()),
    ...eachOnce('observability.notifications.smsNumbers', notifications.smsNumbers, 'number'),
  ],
});

const collector = defineRule({
  id: 'tracing-tier',
  severity: 'refusal',
  summary: 'Traces are collected on Fargate with NAT: there a collector runs next to the container and reaches AWS.',
  reads: ['tier', 'network', 'observability'],
  check: ({ tier, network, observability }) => {
    if (observability.tracing === 'none') return [];
    return [
      ...findingIf(
        tier !== 'fargate',
        'observability.tracing',
        observability.tracing,
        '"none" on this tier',
        'omit it, run a collector of your own (a sidecar on Kubernetes, a worker on a box), or choose tier "fargate"',
      ),
      ...findingIf(
        network.nat === 'none',
        'observability.tracing',
        observability.tracing,
        '"none" without NAT',
        "the collector's image is in a public registry, which no endpoint reaches; choose another `network.nat`",
      ),
    ];
  },
});

const metricsCollected = defineRule({
  id: 'application-metrics-collected',
  severity: 'refusal',
  summary: 'Metrics of the application have a collector, and no two have the same name and statistic.',
  reads: ['observability'],
  check: ({ observability: { tracing, applicationMetrics } }) => [
    ...findingIf(
      tracing === 'none' && size(applicationMetrics) > 0,
      'observability.applicationMetrics',
      Object.keys(applicationMetrics),
      'none without a collector',
      'set observability.tracing: "xray" or to an endpoint, which includes the collector, or remove them',
    ),
    ...repeated(
      located('observability.applicationMetrics', applicationMetrics),
      ({ value }) => `${value.name} ${value.statistic}`,
    ).map(({ entry, first }) =>
      finding(
        `${entry.path}.name`,
        entry.value.name,
        `a name or statistic other than that of ${first.path}`,
        'remove one of the two',
      ),
    ),
  ],
});

const rotationIsSeen = defineRule({
  id: 'rotation-trail',
  severity: 'warning',
  summary: 'Where passwords rotate, the account has a CloudTrail trail, which reports rotations.',
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
      'AWS reports a rotation only through CloudTrail: without a trail, containers keep the old password until they are restarted',
      'set it to "create", or to "existing" when the account has a trail',
    );
  },
});

export const OBSERVABILITY_RULES: readonly Rule[] = [
  subjectPresent,
  reachable,
  countsRequests,
  withinDay,
  heard,
  once,
  collector,
  metricsCollected,
  rotationIsSeen,
];
