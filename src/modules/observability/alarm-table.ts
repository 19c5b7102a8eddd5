/** Which alarm monitors which metric of what: a line for each alarm. Pure. */
import { maxConnectionsOf, memoryGibOf } from '../../config/tables/database-classes';
import { EDGE_REGION } from '../../config/tables/regions';
import { alarm, type AlarmTarget } from './alarm-target';
import {
  applicationMetric,
  distributionErrorRate,
  errorRate,
  evictionRate,
  healthyTargets,
  hostMetrics,
  leastReplicaLag,
  METRICS,
  queryTime,
} from './metrics';
import type {
  MonitoredApplication,
  MonitoredBalancer,
  MonitoredCertificate,
  MonitoredCluster,
  MonitoredDatabase,
  MonitoredEdge,
  MonitoredFargate,
  MonitoredHost,
  MonitoredInstance,
  MonitoredNat,
  MonitoredQueue,
  MonitoredResources,
  MonitoredRestoreDrill,
} from './monitored-resources';

type Targets = readonly AlarmTarget[];

/** The targets of an environment by group. The names of groups are parts of Terraform addresses. */
export function alarmTable(resources: MonitoredResources): Readonly<Record<string, Targets>> {
  const { balancer, fargate, host, cluster, application, database, backupVaultName, restoreDrill } = resources;
  return {
    outside: edgeAlarms(resources.edge),
    'load-balancer': ifPresent(balancer, balancerAlarms),
    fargate: ifPresent(fargate, fargateAlarms),
    host: ifPresent(host, hostAlarms),
    cluster: ifPresent(cluster, clusterAlarms),
    application: ifPresent(application, ({ namespace, metrics }) => applicationAlarms(namespace, metrics, fargate)),
    database: ifPresent(database, databaseAlarms),
    cache: cacheAlarms(resources.cacheNodes),
    queue: resources.queues.flatMap(queueAlarms),
    email: ifPresent(resources.emailConfigurationSet, emailAlarms),
    nat: natAlarms(resources.nat),
    certificate: resources.certificates.map(certificateAlarm),
    backup: ifPresent(backupVaultName, backupAlarms),
    restore: ifPresent(restoreDrill, restoreAlarms),
  };
}

function ifPresent<T>(value: T | undefined, targetsOf: (value: T) => Targets): Targets {
  return value === undefined ? [] : targetsOf(value);
}

/** CloudFront and Route 53 measure in us-east-1. */
function edgeAlarms({ distributions, healthChecks }: MonitoredEdge): Targets {
  const region = EDGE_REGION;
  return [
    ...distributions.map(({ key: subject, id }) =>
      alarm('edge-error-rate', `${subject}-errors`, (minimum) => distributionErrorRate(id, minimum), { subject, region }),
    ),
    ...healthChecks.map(({ key: subject, id }) =>
      alarm('health-check', `${subject}-health`, METRICS.healthCheck(id).status, { subject, region }),
    ),
  ];
}

function balancerAlarms({ arnSuffix, targets }: MonitoredBalancer): Targets {
  return [
    alarm('error-rate', 'errors', (minimum) => errorRate(arnSuffix, minimum)),
    alarm('latency', 'latency', METRICS.balancer(arnSuffix).latency),
    // Of target groups whose names are not known here, such as those that a controller creates.
    ...(targets.length === 0 ? [alarm('healthy-targets', 'healthy', healthyTargets(arnSuffix))] : []),
    ...targets.flatMap(({ service: subject, arnSuffix: targetGroup }) => {
      const { unhealthy, healthy } = METRICS.target(arnSuffix, targetGroup);
      return [
        alarm('unhealthy-targets', `${subject}-unhealthy`, unhealthy, { subject }),
        alarm('healthy-targets', `${subject}-healthy`, healthy, { subject }),
      ];
    }),
  ];
}

function fargateAlarms({ clusterName, insights, services, schedules }: MonitoredFargate): Targets {
  return [
    ...services.flatMap(({ key: subject, name, minimum }) => {
      const { cpu, memory } = METRICS.service(clusterName, name);
      const { running } = METRICS.serviceInsights(clusterName, name);
      // A worker that may scale to zero never has too few tasks.
      const counted = insights && minimum > 0;
      return [
        alarm('service-cpu', `${subject}-cpu`, cpu, { subject }),
        alarm('service-memory', `${subject}-memory`, memory, { subject }),
        ...(counted ? [alarm('service-tasks', `${subject}-tasks`, running, { subject, whole: minimum })] : []),
      ];
    }),
    ...schedules.map(({ key: subject, deadLetterQueueName }) =>
      alarm('schedule-dead-letters', `${subject}-not-started`, METRICS.queue(deadLetterQueueName).waiting, { subject }),
    ),
  ];
}

/** What EC2 measures of the host, then what the host publishes about itself. */
function hostAlarms({ instanceId, groupName, ...host }: MonitoredHost): Targets {
  const own = hostMetrics(host.namespace, host.environment);
  const instance = instanceId === undefined ? undefined : METRICS.instance(instanceId);
  const group = groupName === undefined ? undefined : METRICS.autoScalingGroup(groupName);
  return [
    ...ifPresent(instance ?? group, ({ cpu }) => [alarm('host-cpu', 'cpu', cpu)]),
    ...ifPresent(host.bursts ? instance : undefined, ({ chargedCredits }) => [alarm('host-credits', 'credits', chargedCredits)]),
    alarm('host-memory', 'memory', own.memoryUsed),
    alarm('host-disk', 'disk', own.diskUsed),
    alarm('host-health', 'health', own.healthCheckFailures),
    ...(host.postgres ? [alarm('host-postgres', 'postgres', own.postgresUp)] : []),
    ...(host.redis ? [alarm('host-redis', 'redis', own.redisUp)] : []),
    ...(host.jobs ? [alarm('host-jobs', 'jobs', own.jobFailed)] : []),
    alarm('host-configuration', 'configuration', own.applyFailed),
    alarm('host-release', 'release', own.releaseFailed),
    alarm('host-restart', 'restart', own.rebootPending),
    ...(host.certificates ? [alarm('host-certificate', 'certificate', own.certificateDaysLeft)] : []),
    alarm('host-backup-failed', 'backup-failed', own.backupFailed),
    alarm('host-backup-age', 'backup-age', own.backupAge, { whole: host.backupHours }),
    ...(host.drills
      ? [
          alarm('host-drill-failed', 'drill-failed', own.drillFailed),
          alarm('host-restore-age', 'restore-age', own.restoreProvenAge, { whole: host.drillHours }),
        ]
      : []),
  ];
}

/** Without Container Insights, EC2 at least reports failed instances. What Prometheus watches, Alertmanager notifies of. */
function clusterAlarms({ name, insights, nodeGroups, watchdogTopicName }: MonitoredCluster): Targets {
  return [
    ...nodeGroups.flatMap(({ key: subject, groupName }) => {
      const { cpu, failedChecks } = METRICS.autoScalingGroup(groupName);
      return [
        alarm('node-cpu', `${subject}-cpu`, cpu, { subject }),
        ...(insights ? [] : [alarm('node-not-ready', `${subject}-not-ready`, failedChecks, { subject })]),
      ];
    }),
    ...(insights ? insightsAlarms(name) : []),
    ...ifPresent(watchdogTopicName, (topic) => [alarm('cluster-watchdog', 'watchdog', METRICS.topic(topic).published)]),
  ];
}

/** What Container Insights measures of nodes and pods. */
function insightsAlarms(clusterName: string): Targets {
  const { memory, failedNodes, crashLoops, imageErrors, failedPods } = METRICS.cluster(clusterName);
  return [
    alarm('node-memory', 'memory', memory),
    alarm('node-not-ready', 'not-ready', failedNodes),
    alarm('pod-crash-loop', 'crash-loop', crashLoops),
    alarm('pod-image', 'image', imageErrors),
    alarm('pod-failed', 'pod-failed', failedPods),
  ];
}

/** One for each metric with a limit and each service that sends metrics. */
function applicationAlarms(
  namespace: string,
  metrics: MonitoredApplication['metrics'],
  fargate: MonitoredFargate | undefined,
): Targets {
  return (fargate?.services ?? []).flatMap(({ key: service, tracedAs }) =>
    metrics.flatMap(({ key, name, title, statistic, alarmAbove: threshold }): Targets => {
      if (tracedAs === undefined || threshold === undefined) return [];
      const metric = applicationMetric(namespace, tracedAs, name, statistic);
      const measures = `${title} (${service})`;
      return [{ kind: 'application', id: `${service}-${key}`, subject: `${key}-${service}`, measures, metric, threshold }];
    }),
  );
}

/** RDS sells GiB and measures bytes. */
const BYTES_A_GIB = 2 ** 30;

function databaseAlarms({ primary, replicas, storageGb, insightsOf }: MonitoredDatabase): Targets {
  const { connections } = METRICS.database(primary.identifier);
  return [
    ...instanceAlarms('', undefined, primary, storageGb),
    alarm('database-connections', 'connections', connections, { whole: maxConnectionsOf(primary.instanceClass) }),
    ...ifPresent(insightsOf, (resourceId) => [alarm('database-query-time', 'query-time', queryTime(resourceId))]),
    ...replicas.flatMap((replica) => {
      const { key: subject, identifier, region } = replica;
      return [
        ...instanceAlarms(`${subject}-`, subject, replica, storageGb),
        alarm('replica-lag', `${subject}-lag`, leastReplicaLag(identifier), { subject, region }),
      ];
    }),
  ];
}

/** A replica has the storage of its primary, and may have another class. */
function instanceAlarms(prefix: string, subject: string | undefined, instance: MonitoredInstance, storageGb: number): Targets {
  const { identifier, region, instanceClass } = instance;
  const { cpu, freeStorage, freeMemory } = METRICS.database(identifier);
  const bytes = { subject, region, scale: BYTES_A_GIB };
  return [
    alarm('database-cpu', `${prefix}cpu`, cpu, { subject, region }),
    alarm('database-free-storage', `${prefix}free-storage`, freeStorage, { ...bytes, whole: storageGb }),
    alarm('database-free-memory', `${prefix}free-memory`, freeMemory, { ...bytes, whole: memoryGibOf(instanceClass) }),
  ];
}

/** @param nodes ids of ElastiCache nodes, which end in their number */
function cacheAlarms(nodes: readonly string[]): Targets {
  return nodes.flatMap((node) => {
    const number = node.split('-').at(-1) ?? node;
    const subject = nodes.length === 1 ? undefined : `node-${number}`;
    const { memory, cpu } = METRICS.cacheNode(node);
    return [
      alarm('cache-memory', `memory-${number}`, memory, { subject }),
      alarm('cache-evictions', `evictions-${number}`, evictionRate(node), { subject }),
      alarm('cache-cpu', `cpu-${number}`, cpu, { subject }),
    ];
  });
}

function queueAlarms({ key: subject, name, deadLetterName, visibilityTimeoutSeconds: whole }: MonitoredQueue): Targets {
  return [
    alarm('queue-dead-letters', `${subject}-dead-letters`, METRICS.queue(deadLetterName).waiting, { subject }),
    alarm('queue-age', `${subject}-age`, METRICS.queue(name).age, { subject, whole }),
  ];
}

/** SES reports shares, thresholds are in percent. */
function emailAlarms(configurationSet: string): Targets {
  const { bounces, complaints } = METRICS.email(configurationSet);
  const scale = 0.01;
  return [alarm('email-bounces', 'bounces', bounces, { scale }), alarm('email-complaints', 'complaints', complaints, { scale })];
}

function natAlarms({ gateways, instanceGroupName }: MonitoredNat): Targets {
  return [
    ...gateways.map(({ zone: subject, id }) =>
      alarm('nat-ports', `ports-${subject}`, METRICS.natGateway(id).portErrors, { subject }),
    ),
    ...ifPresent(instanceGroupName, (name) => [alarm('nat-instance', 'instance', METRICS.autoScalingGroup(name).failedChecks)]),
  ];
}

function certificateAlarm({ key: subject, arn, region }: MonitoredCertificate): AlarmTarget {
  return alarm('certificate-expiry', `${subject}-expiry`, METRICS.certificate(arn).daysToExpiry, { subject, region });
}

function backupAlarms(vaultName: string): Targets {
  const { failed, completed } = METRICS.vault(vaultName);
  return [alarm('backup-failed', 'failed', failed), alarm('backup-age', 'age', completed)];
}

function restoreAlarms({ environment, resources, alarmAfterHours: whole }: MonitoredRestoreDrill): Targets {
  return resources.map((subject) =>
    alarm('restore-age', `${subject}-age`, METRICS.restored(environment, subject).provenAge, { subject, whole }),
  );
}
