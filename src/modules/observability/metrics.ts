/** The metrics of CloudWatch that alarms and dashboard look at, each once. Pure: dimensions may be Terraform references. */

/** One series. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** `Average`, `Sum`, `Maximum`, `Minimum`, or a percentile such as `p95`. */
  readonly statistic: string;
}

/** A formula over other series, or over what a function of CloudWatch fetches. */
export interface Formula {
  readonly expression: string;
  readonly label: string;
  /** The series and formulas that the expression names; empty when it fetches for itself. */
  readonly inputs: Readonly<Record<string, Metric | Formula>>;
}

const ecs = (clusterName: string, serviceName: string) => (name: string) =>
  ({
    namespace: 'AWS/ECS',
    name,
    dimensions: { ClusterName: clusterName, ServiceName: serviceName },
    statistic: 'Average',
  }) satisfies Metric;

/** A service or worker on Fargate. */
export function serviceMetrics(clusterName: string, serviceName: string) {
  const of = ecs(clusterName, serviceName);
  return {
    cpu: of('CPUUtilization'),
    memory: of('MemoryUtilization'),
    /** Only with Container Insights. */
    running: { ...of('RunningTaskCount'), namespace: 'ECS/ContainerInsights', statistic: 'Minimum' },
  } satisfies Record<string, Metric>;
}

const balancer = (arnSuffix: string) => (name: string, statistic: string) =>
  ({ namespace: 'AWS/ApplicationELB', name, dimensions: { LoadBalancer: arnSuffix }, statistic }) satisfies Metric;

/** An application load balancer. */
export function balancerMetrics(arnSuffix: string) {
  const of = balancer(arnSuffix);
  const requests = of('RequestCount', 'Sum');
  const targetErrors = of('HTTPCode_Target_5XX_Count', 'Sum');
  const ownErrors = of('HTTPCode_ELB_5XX_Count', 'Sum');
  const errorRate: Formula = {
    // A count that did not happen is no zero to CloudWatch but a gap. Requests that reach no task are not among `requests`.
    expression:
      'IF(FILL(requests, 0) > 0, 100 * (FILL(answered, 0) + FILL(refused, 0)) / requests, IF(FILL(refused, 0) > 0, 100, 0))',
    label: 'Error rate (%)',
    inputs: { requests, answered: targetErrors, refused: ownErrors },
  };
  return { requests, targetErrors, ownErrors, errorRate, latency: of('TargetResponseTime', 'p95') };
}

/** The tasks of one service, as the load balancer sees them. */
export function targetMetrics(balancerArnSuffix: string, targetGroupArnSuffix: string) {
  const of = (name: string, statistic: string): Metric => ({
    namespace: 'AWS/ApplicationELB',
    name,
    dimensions: { LoadBalancer: balancerArnSuffix, TargetGroup: targetGroupArnSuffix },
    statistic,
  });
  return { unhealthy: of('UnHealthyHostCount', 'Maximum'), healthy: of('HealthyHostCount', 'Minimum') };
}

/** An RDS instance. */
export function databaseMetrics(identifier: string) {
  const of = (name: string, statistic = 'Average'): Metric => ({
    namespace: 'AWS/RDS',
    name,
    dimensions: { DBInstanceIdentifier: identifier },
    statistic,
  });
  return {
    cpu: of('CPUUtilization'),
    connections: of('DatabaseConnections'),
    /** Bytes. */
    freeStorage: of('FreeStorageSpace', 'Minimum'),
    /** Bytes. */
    freeMemory: of('FreeableMemory'),
    readLatency: of('ReadLatency'),
    writeLatency: of('WriteLatency'),
    /** Seconds; only of a replica. */
    replicaLag: of('ReplicaLag', 'Maximum'),
  };
}

/**
 * Mean seconds of a statement: sessions at work, divided by statements finished in a second (Little's law).
 *
 * RDS has no such metric for PostgreSQL. Its ReadLatency and WriteLatency are those of the disk, and a query that waits for a
 * lock or computes is slow without them; the PostgreSQL log has the statements over the limit, not the mean of all. Both
 * counters are Performance Insights', which CloudWatch fetches by the instance's resource id.
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

/** One node of a Redis replication group. */
export function cacheMetrics(nodeId: string) {
  const of = (name: string, statistic = 'Average'): Metric => ({
    namespace: 'AWS/ElastiCache',
    name,
    dimensions: { CacheClusterId: nodeId },
    statistic,
  });
  return {
    memory: of('DatabaseMemoryUsagePercentage', 'Maximum'),
    evictions: of('Evictions', 'Sum'),
    cpu: of('EngineCPUUtilization'),
    connections: of('CurrConnections'),
  };
}

/** An SQS queue. */
export function queueMetrics(queueName: string) {
  const of = (name: string): Metric => ({
    namespace: 'AWS/SQS',
    name,
    dimensions: { QueueName: queueName },
    statistic: 'Maximum',
  });
  return { waiting: of('ApproximateNumberOfMessagesVisible'), age: of('ApproximateAgeOfOldestMessage') };
}

/** A managed NAT gateway. */
export function natGatewayMetrics(id: string) {
  const of = (name: string): Metric => ({
    namespace: 'AWS/NATGateway',
    name,
    dimensions: { NatGatewayId: id },
    statistic: 'Sum',
  });
  return { portErrors: of('ErrorPortAllocation'), sent: of('BytesOutToDestination') };
}

/** The one instance of an auto-scaling group. */
export function groupMetrics(groupName: string) {
  const of = (name: string, statistic: string): Metric => ({
    namespace: 'AWS/EC2',
    name,
    dimensions: { AutoScalingGroupName: groupName },
    statistic,
  });
  return { failedChecks: of('StatusCheckFailed', 'Maximum'), cpu: of('CPUUtilization', 'Average') };
}

/** One EC2 instance. */
export function instanceMetrics(instanceId: string) {
  const of = (name: string, statistic: string): Metric => ({
    namespace: 'AWS/EC2',
    name,
    dimensions: { InstanceId: instanceId },
    statistic,
  });
  return { cpu: of('CPUUtilization', 'Average'), chargedCredits: of('CPUSurplusCreditsCharged', 'Maximum') };
}

/** What the box publishes of itself. */
export function hostMetric(namespace: string, environment: string, name: string, statistic: string): Metric {
  return { namespace, name, dimensions: { Environment: environment }, statistic };
}

/** The nodes of an EKS cluster; only with Container Insights. */
export function clusterMetrics(clusterName: string) {
  const of = (name: string, statistic = 'Average'): Metric => ({
    namespace: 'ContainerInsights',
    name,
    dimensions: { ClusterName: clusterName },
    statistic,
  });
  return {
    memory: of('node_memory_utilization'),
    failedNodes: of('cluster_failed_node_count', 'Maximum'),
    nodes: of('cluster_node_count', 'Maximum'),
  };
}

/** A certificate of ACM. */
export function daysToExpiry(certificateArn: string): Metric {
  return {
    namespace: 'AWS/CertificateManager',
    name: 'DaysToExpiry',
    dimensions: { CertificateArn: certificateArn },
    statistic: 'Minimum',
  };
}

/** The copies in a vault of AWS Backup. */
export function vaultMetrics(vaultName: string) {
  const of = (name: string): Metric => ({
    namespace: 'AWS/Backup',
    name,
    dimensions: { BackupVaultName: vaultName },
    statistic: 'Sum',
  });
  return { failed: of('NumberOfBackupJobsFailed'), completed: of('NumberOfBackupJobsCompleted') };
}

/** A CloudFront distribution; measured in us-east-1. */
export function distributionMetrics(distributionId: string) {
  const of = (name: string, statistic: string): Metric => ({
    namespace: 'AWS/CloudFront',
    name,
    dimensions: { DistributionId: distributionId, Region: 'Global' },
    statistic,
  });
  return {
    requests: of('Requests', 'Sum'),
    errorRate: of('5xxErrorRate', 'Average'),
    clientErrorRate: of('4xxErrorRate', 'Average'),
  };
}

/** A web ACL; a regional one names its region, a global one (us-east-1) does not. */
export function firewallMetrics(metricName: string, region?: string) {
  const of = (name: string): Metric => ({
    namespace: 'AWS/WAFV2',
    name,
    dimensions: { WebACL: metricName, Rule: 'ALL', ...(region === undefined ? {} : { Region: region }) },
    statistic: 'Sum',
  });
  return { allowed: of('AllowedRequests'), blocked: of('BlockedRequests') };
}

/** A health check of Route 53; measured in us-east-1. */
export function healthCheckStatus(healthCheckId: string): Metric {
  return {
    namespace: 'AWS/Route53',
    name: 'HealthCheckStatus',
    dimensions: { HealthCheckId: healthCheckId },
    statistic: 'Minimum',
  };
}

/** A metric that the application sent through its collector. */
export function applicationMetric(namespace: string, service: string, name: string, statistic: string): Metric {
  return { namespace, name, dimensions: { 'service.name': service }, statistic };
}
