/** The CloudWatch metrics that alarms and dashboards read, each once. Pure: dimensions may be Terraform references. */
import { HOST_METRICS } from '../../contracts/host-metrics';
import { RESTORE_METRICS, RESTORE_NAMESPACE, restoreDimensions } from '../../contracts/restore-metrics';

export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** `Average`, `Sum`, `Maximum`, `Minimum`, or a percentile such as `p95`. */
  readonly statistic: string;
}

/** A metric math expression. */
export interface Formula {
  readonly expression: string;
  readonly label: string;
  /** The series and formulas that the expression names; empty where the expression fetches its own data. */
  readonly inputs: Readonly<Record<string, Metric | Formula>>;
}

/** Key to the metric's name in CloudWatch and the statistic to read. */
type MetricTable = Readonly<Record<string, readonly [name: string, statistic: string]>>;

function seriesOf<Table extends MetricTable>(
  namespace: string,
  dimensions: Metric['dimensions'],
  table: Table,
): Readonly<Record<keyof Table, Metric>> {
  const entries = Object.entries(table).map(([key, [name, statistic]]) => [key, { namespace, name, dimensions, statistic }]);
  return Object.fromEntries(entries) as Record<keyof Table, Metric>;
}

/** @returns a function from what identifies a resource to its metrics */
function metricsOf<Identity extends readonly (string | undefined)[], Table extends MetricTable>(
  namespace: string,
  dimensionsOf: (...identity: Identity) => Metric['dimensions'],
  table: Table,
) {
  return (...identity: Identity) => seriesOf(namespace, dimensionsOf(...identity), table);
}

const ecsService = (clusterName: string, serviceName: string) => ({ ClusterName: clusterName, ServiceName: serviceName });

/** Every kind of resource with its metrics. */
export const METRICS = {
  /** A service or worker on Fargate. */
  service: metricsOf('AWS/ECS', ecsService, {
    cpu: ['CPUUtilization', 'Average'],
    memory: ['MemoryUtilization', 'Average'],
  }),
  /** The same, measured by Container Insights. */
  serviceInsights: metricsOf('ECS/ContainerInsights', ecsService, { running: ['RunningTaskCount', 'Minimum'] }),
  balancer: metricsOf('AWS/ApplicationELB', (arnSuffix: string) => ({ LoadBalancer: arnSuffix }), {
    requests: ['RequestCount', 'Sum'],
    targetErrors: ['HTTPCode_Target_5XX_Count', 'Sum'],
    ownErrors: ['HTTPCode_ELB_5XX_Count', 'Sum'],
    latency: ['TargetResponseTime', 'p95'],
    meanLatency: ['TargetResponseTime', 'Average'],
  }),
  /** The tasks of one service, as the load balancer sees them. */
  target: metricsOf(
    'AWS/ApplicationELB',
    (balancerArnSuffix: string, arnSuffix: string) => ({ LoadBalancer: balancerArnSuffix, TargetGroup: arnSuffix }),
    { unhealthy: ['UnHealthyHostCount', 'Maximum'], healthy: ['HealthyHostCount', 'Minimum'] },
  ),
  /** An RDS instance. Storage and memory are bytes, latencies and the lag of a replica seconds. */
  database: metricsOf('AWS/RDS', (identifier: string) => ({ DBInstanceIdentifier: identifier }), {
    cpu: ['CPUUtilization', 'Average'],
    connections: ['DatabaseConnections', 'Average'],
    freeStorage: ['FreeStorageSpace', 'Minimum'],
    freeMemory: ['FreeableMemory', 'Average'],
    readLatency: ['ReadLatency', 'Average'],
    writeLatency: ['WriteLatency', 'Average'],
    replicaLag: ['ReplicaLag', 'Maximum'],
    leastReplicaLag: ['ReplicaLag', 'Minimum'],
  }),
  /** What is sent with one configuration set. Shares: 0.05 is five percent. */
  email: metricsOf('AWS/SES', (configurationSet: string) => ({ 'ses:configuration-set': configurationSet }), {
    bounces: ['Reputation.BounceRate', 'Maximum'],
    complaints: ['Reputation.ComplaintRate', 'Maximum'],
  }),
  /** One node of a Redis replication group. */
  cacheNode: metricsOf('AWS/ElastiCache', (id: string) => ({ CacheClusterId: id }), {
    memory: ['DatabaseMemoryUsagePercentage', 'Maximum'],
    evictions: ['Evictions', 'Sum'],
    items: ['CurrItems', 'Average'],
    cpu: ['EngineCPUUtilization', 'Average'],
    connections: ['CurrConnections', 'Average'],
  }),
  queue: metricsOf('AWS/SQS', (name: string) => ({ QueueName: name }), {
    waiting: ['ApproximateNumberOfMessagesVisible', 'Maximum'],
    age: ['ApproximateAgeOfOldestMessage', 'Maximum'],
  }),
  topic: metricsOf('AWS/SNS', (name: string) => ({ TopicName: name }), { published: ['NumberOfMessagesPublished', 'Sum'] }),
  natGateway: metricsOf('AWS/NATGateway', (id: string) => ({ NatGatewayId: id }), {
    portErrors: ['ErrorPortAllocation', 'Sum'],
    sent: ['BytesOutToDestination', 'Sum'],
  }),
  /** The instances of an Auto Scaling group. */
  autoScalingGroup: metricsOf('AWS/EC2', (name: string) => ({ AutoScalingGroupName: name }), {
    failedChecks: ['StatusCheckFailed', 'Maximum'],
    cpu: ['CPUUtilization', 'Average'],
  }),
  instance: metricsOf('AWS/EC2', (id: string) => ({ InstanceId: id }), {
    cpu: ['CPUUtilization', 'Average'],
    chargedCredits: ['CPUSurplusCreditsCharged', 'Maximum'],
  }),
  /** The nodes of an EKS cluster, measured by Container Insights. */
  cluster: metricsOf('ContainerInsights', (name: string) => ({ ClusterName: name }), {
    memory: ['node_memory_utilization', 'Average'],
    failedNodes: ['cluster_failed_node_count', 'Maximum'],
    nodes: ['cluster_node_count', 'Maximum'],
    crashLoops: ['pod_container_status_waiting_reason_crash_loop_back_off', 'Maximum'],
    imageErrors: ['pod_container_status_waiting_reason_image_pull_error', 'Maximum'],
    failedPods: ['pod_status_failed', 'Maximum'],
  }),
  certificate: metricsOf('AWS/CertificateManager', (arn: string) => ({ CertificateArn: arn }), {
    daysToExpiry: ['DaysToExpiry', 'Minimum'],
  }),
  vault: metricsOf('AWS/Backup', (name: string) => ({ BackupVaultName: name }), {
    failed: ['NumberOfBackupJobsFailed', 'Sum'],
    completed: ['NumberOfBackupJobsCompleted', 'Sum'],
  }),
  /** Something that restore drills restore. */
  restored: metricsOf(RESTORE_NAMESPACE, restoreDimensions, { provenAge: [RESTORE_METRICS.provenAge, 'Maximum'] }),
  /** A CloudFront distribution; measured in us-east-1. */
  distribution: metricsOf('AWS/CloudFront', (id: string) => ({ DistributionId: id, Region: 'Global' }), {
    requests: ['Requests', 'Sum'],
    errorRate: ['5xxErrorRate', 'Average'],
    clientErrorRate: ['4xxErrorRate', 'Average'],
  }),
  /** A web ACL, by its metric name. Regional web ACLs have the dimension `Region`, global ones (us-east-1) do not. */
  firewall: metricsOf(
    'AWS/WAFV2',
    (name: string, region?: string) => ({ WebACL: name, Rule: 'ALL', ...(region === undefined ? {} : { Region: region }) }),
    { allowed: ['AllowedRequests', 'Sum'], blocked: ['BlockedRequests', 'Sum'] },
  ),
  /** A health check of Route 53; measured in us-east-1. */
  healthCheck: metricsOf('AWS/Route53', (id: string) => ({ HealthCheckId: id }), { status: ['HealthCheckStatus', 'Minimum'] }),
};

/** What a box publishes about itself. */
export function hostMetrics(namespace: string, environment: string) {
  return seriesOf(
    namespace,
    { Environment: environment },
    {
      memoryUsed: [HOST_METRICS.memoryUsed, 'Average'],
      diskUsed: [HOST_METRICS.diskUsed, 'Maximum'],
      healthCheckFailures: [HOST_METRICS.healthCheckFailures, 'Maximum'],
      postgresUp: [HOST_METRICS.postgresUp, 'Minimum'],
      redisUp: [HOST_METRICS.redisUp, 'Minimum'],
      jobFailed: [HOST_METRICS.jobFailed, 'Maximum'],
      applyFailed: [HOST_METRICS.applyFailed, 'Maximum'],
      releaseFailed: [HOST_METRICS.releaseFailed, 'Maximum'],
      rebootPending: [HOST_METRICS.rebootPending, 'Minimum'],
      certificateDaysLeft: [HOST_METRICS.certificateDaysLeft, 'Minimum'],
      backupFailed: [HOST_METRICS.backupFailed, 'Maximum'],
      backupAge: [HOST_METRICS.backupAge, 'Maximum'],
      drillFailed: [HOST_METRICS.drillFailed, 'Maximum'],
      restoreProvenAge: [HOST_METRICS.restoreProvenAge, 'Maximum'],
    },
  );
}

/** A metric that the application sends through its collector. */
export function applicationMetric(namespace: string, service: string, name: string, statistic: string): Metric {
  return { namespace, name, dimensions: { 'service.name': service }, statistic };
}

/**
 * The percentage of requests that a load balancer, or a service behind it, answered with a 5xx.
 * @param minimumRequests below which it is 0
 */
export function errorRate(balancerArnSuffix: string, minimumRequests = 1): Formula {
  const { requests, targetErrors, ownErrors } = METRICS.balancer(balancerArnSuffix);
  // CloudWatch treats a count of zero as a gap. Requests that reach no task are not among `requests`.
  const [known, errors] = ['FILL(requests, 0)', '(FILL(answered, 0) + FILL(refused, 0))'];
  const rate = `IF(${known} > 0, 100 * ${errors} / requests, 100)`;
  return {
    expression: `IF(${known} + FILL(refused, 0) >= ${minimumRequests}, ${rate}, 0)`,
    label: 'Error rate (%)',
    inputs: { requests, answered: targetErrors, refused: ownErrors },
  };
}

/** The same for what CloudFront answered. */
export function distributionErrorRate(id: string, minimumRequests: number): Formula {
  const { requests, errorRate: rate } = METRICS.distribution(id);
  return {
    expression: `IF(FILL(requests, 0) >= ${minimumRequests}, FILL(rate, 0), 0)`,
    label: 'Error rate (%)',
    inputs: { requests, rate },
  };
}

/** Seconds that a replica is behind its primary, at the least. RDS reports -1 where replication is not active: a day. */
export function leastReplicaLag(identifier: string): Formula {
  const { leastReplicaLag: lag } = METRICS.database(identifier);
  return { expression: 'IF(lag < 0, 86400, lag)', label: 'Least lag (s)', inputs: { lag } };
}

/** Keys that a Redis node evicted, as a percentage of its keys: the same number is much for a small node and little for a large. */
export function evictionRate(node: string): Formula {
  const { evictions, items } = METRICS.cacheNode(node);
  return {
    expression: 'IF(items > 0, 100 * FILL(evictions, 0) / items, 0)',
    label: 'Evicted keys (%)',
    inputs: { evictions, items },
  };
}

/**
 * The healthy targets of each target group of a load balancer, for target groups that Terraform does not know.
 * Source: CloudWatch user guide, "Create a CloudWatch alarm based on a Metrics Insights query"; such an alarm is in state ALARM
 * while one of its series is, and needs GROUP BY and ORDER BY.
 */
export function healthyTargets(balancerArnSuffix: string): Formula {
  return {
    expression:
      'SELECT MIN(HealthyHostCount) FROM SCHEMA("AWS/ApplicationELB", LoadBalancer, TargetGroup) ' +
      `WHERE LoadBalancer = '${balancerArnSuffix}' GROUP BY TargetGroup ORDER BY MIN() ASC`,
    label: 'Healthy targets',
    inputs: {},
  };
}

/**
 * Mean seconds of a statement: active sessions divided by statements finished per second (Little's law).
 *
 * RDS has no such metric for PostgreSQL. Its ReadLatency and WriteLatency are those of the disk, and a query that waits for a
 * lock or uses CPU is slow without them; the PostgreSQL log has the statements over the limit, not the mean of all. Both
 * counters belong to Performance Insights, and CloudWatch fetches them by the resource id of the instance.
 */
export function queryTime(resourceId: string): Formula {
  const counter = (name: string): Formula => ({
    expression: `DB_PERF_INSIGHTS('RDS', '${resourceId}', '${name}.avg')`,
    label: name,
    inputs: {},
  });
  return {
    expression: 'IF(finished > 0, active / finished, 0)',
    label: 'Mean query time (s)',
    inputs: { active: counter('db.load'), finished: counter('db.SQL.queries_finished') },
  };
}
