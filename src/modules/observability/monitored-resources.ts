/** Everything that is monitored in one environment: alarms and dashboard are generated from it. Pure. */
import type { DrilledResource } from '../../contracts/restore-metrics';
import { EDGE_REGION, type Region } from '../../config/tables/regions';

/** A service or worker on Fargate. */
export interface MonitoredService {
  readonly key: string;
  /** The ECS service's name. */
  readonly name: string;
  readonly minimum: number;
  /** The service name in traces and metrics; left out without tracing. */
  readonly tracedAs?: string;
}

export interface MonitoredFargate {
  readonly clusterName: string;
  /** Whether Container Insights counts tasks. */
  readonly insights: boolean;
  readonly services: readonly MonitoredService[];
  readonly schedules: readonly { readonly key: string; readonly deadLetterQueueName: string }[];
}

export interface MonitoredBalancer {
  readonly arnSuffix: string;
  /** Empty where the target groups are not published, or a controller creates them: one alarm then covers all of them. */
  readonly targets: readonly { readonly service: string; readonly arnSuffix: string }[];
}

export interface MonitoredInstance {
  readonly key: string;
  readonly identifier: string;
  readonly region: Region;
  readonly instanceClass: string;
}

export interface MonitoredDatabase {
  readonly primary: MonitoredInstance;
  readonly replicas: readonly MonitoredInstance[];
  readonly storageGb: number;
  /** The resource id of the primary; only with Performance Insights. */
  readonly insightsOf?: string;
}

export interface MonitoredQueue {
  readonly key: string;
  readonly name: string;
  readonly deadLetterName: string;
  readonly visibilityTimeoutSeconds: number;
}

export interface MonitoredHost {
  readonly namespace: string;
  /** The dimension `Environment`. */
  readonly environment: string;
  /** Where there is one host. */
  readonly instanceId?: string;
  /** Where there are several. */
  readonly groupName?: string;
  /** Whether it may use more CPU credits than it earns; AWS charges for them. */
  readonly bursts: boolean;
  readonly postgres: boolean;
  readonly redis: boolean;
  readonly jobs: boolean;
  readonly certificates: boolean;
  /** Whether it has a database, whose backups a restore drill tests. */
  readonly drills: boolean;
  readonly backupHours: number;
  readonly drillHours: number;
}

export interface MonitoredCluster {
  readonly name: string;
  /** Whether Container Insights measures pods and nodes. */
  readonly insights: boolean;
  /** The topic to which its Alertmanager reports that it works. @default no Alertmanager */
  readonly watchdogTopicName?: string;
  /** The Auto Scaling groups of its nodes. */
  readonly nodeGroups: readonly { readonly key: string; readonly groupName: string }[];
}

export interface MonitoredNat {
  readonly gateways: readonly { readonly zone: string; readonly id: string }[];
  /** The Auto Scaling group of a NAT instance. */
  readonly instanceGroupName?: string;
}

export interface MonitoredEdge {
  readonly distributions: readonly { readonly key: string; readonly id: string }[];
  readonly healthChecks: readonly { readonly key: string; readonly id: string }[];
}

export interface MonitoredCertificate {
  readonly key: string;
  readonly arn: string;
  readonly region: Region;
}

export interface MonitoredFirewall {
  readonly key: string;
  readonly metricName: string;
  readonly scope: 'regional' | 'global';
}

/** The application's own metrics and their namespace. */
export interface MonitoredApplication {
  readonly namespace: string;
  readonly metrics: readonly {
    readonly key: string;
    readonly name: string;
    readonly title: string;
    readonly statistic: string;
    readonly alarmAbove?: number;
  }[];
}

/** The restore drill, by the dimensions of its metric. */
export interface MonitoredRestoreDrill {
  readonly environment: string;
  readonly resources: readonly DrilledResource[];
  readonly alarmAfterHours: number;
}

export interface MonitoredResources {
  readonly region: Region;
  readonly balancer?: MonitoredBalancer;
  readonly fargate?: MonitoredFargate;
  readonly host?: MonitoredHost;
  readonly cluster?: MonitoredCluster;
  readonly database?: MonitoredDatabase;
  /** Ids of ElastiCache nodes, which end in their number. */
  readonly cacheNodes: readonly string[];
  readonly queues: readonly MonitoredQueue[];
  /** The configuration set that e-mail is sent with. */
  readonly emailConfigurationSet?: string;
  readonly nat: MonitoredNat;
  readonly certificates: readonly MonitoredCertificate[];
  readonly backupVaultName?: string;
  readonly restoreDrill?: MonitoredRestoreDrill;
  readonly edge: MonitoredEdge;
  readonly firewalls: readonly MonitoredFirewall[];
  readonly application?: MonitoredApplication;
}

/** Every region in which something is measured, once. */
export function regionsOf({ region, edge, certificates, database }: MonitoredResources): readonly Region[] {
  const edges: readonly Region[] = edge.distributions.length + edge.healthChecks.length > 0 ? [EDGE_REGION] : [];
  const located = [...certificates, ...(database?.replicas ?? [])];
  return [...new Set([region, ...edges, ...located.map((resource) => resource.region)])];
}

/** The firewall of a load balancer, where there is one. */
export function regionalFirewalls(metricName: string | undefined): readonly MonitoredFirewall[] {
  return metricName === undefined ? [] : [{ key: 'load balancer', metricName, scope: 'regional' }];
}
