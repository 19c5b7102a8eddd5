/** What a dashboard shows of an environment: three rows, from the outside in. Pure. */
import { EDGE_REGION } from '../../config/tables/regions';
import { applicationMetric, errorRate, hostMetrics, METRICS, queryTime, type Formula, type Metric } from './metrics';
import type {
  MonitoredApplication,
  MonitoredBalancer,
  MonitoredCluster,
  MonitoredDatabase,
  MonitoredFargate,
  MonitoredHost,
  MonitoredResources,
} from './monitored-resources';

/** One line in a widget. */
export interface Series {
  readonly label: string;
  readonly metric: Metric | Formula;
}

export interface Widget {
  readonly title: string;
  readonly series: readonly Series[];
  /** Where its metrics are. @default the dashboard's region */
  readonly region?: string;
}

export interface Row {
  readonly title: string;
  readonly widgets: readonly Widget[];
}

type Widgets = readonly Widget[];

/** The rows of an environment. `dashboardBody` leaves out empty widgets and rows. */
export function dashboardRows(resources: MonitoredResources): readonly Row[] {
  return [
    { title: 'Edge', widgets: edgeWidgets(resources) },
    { title: 'Compute', widgets: computeWidgets(resources) },
    { title: 'Data', widgets: dataWidgets(resources) },
  ];
}

function ifPresent<T>(value: T | undefined, widgetsOf: (value: T) => Widgets): Widgets {
  return value === undefined ? [] : widgetsOf(value);
}

function series(label: string, metric: Metric | Formula): Series {
  return { label, metric };
}

function edgeWidgets({ edge, balancer, firewalls, region: home }: MonitoredResources): Widgets {
  const distributions = edge.distributions.map(({ key, id }) => ({ key, ...METRICS.distribution(id) }));
  return [
    {
      title: 'CloudFront: requests',
      region: EDGE_REGION,
      series: distributions.map(({ key, requests }) => series(key, requests)),
    },
    {
      title: 'CloudFront: errors (%)',
      region: EDGE_REGION,
      series: distributions.flatMap(({ key, errorRate: serverErrors, clientErrorRate }) => [
        series(`${key} 5xx`, serverErrors),
        series(`${key} 4xx`, clientErrorRate),
      ]),
    },
    ...ifPresent(balancer, balancerWidgets),
    ...(['regional', 'global'] as const).map((scope): Widget => {
      const region = scope === 'global' ? EDGE_REGION : home;
      return {
        title: `Firewall: requests (${scope})`,
        region,
        series: firewalls
          .filter((firewall) => firewall.scope === scope)
          .flatMap(({ key, metricName }) => {
            const { allowed, blocked } = METRICS.firewall(metricName, scope === 'regional' ? region : undefined);
            return [series(`${key} blocked`, blocked), series(`${key} allowed`, allowed)];
          }),
      };
    }),
  ];
}

function balancerWidgets({ arnSuffix, targets }: MonitoredBalancer): Widgets {
  const { requests, targetErrors, ownErrors, latency, meanLatency } = METRICS.balancer(arnSuffix);
  return [
    {
      title: 'Load balancer: requests',
      series: [
        series('requests', requests),
        series('5xx from services', targetErrors),
        series('5xx from the load balancer', ownErrors),
      ],
    },
    { title: 'Load balancer: errors (%)', series: [series('error rate', errorRate(arnSuffix))] },
    { title: 'Load balancer: latency (s)', series: [series('p95', latency), series('mean', meanLatency)] },
    {
      title: 'Healthy tasks',
      series: targets.map(({ service, arnSuffix: group }) => series(service, METRICS.target(arnSuffix, group).healthy)),
    },
  ];
}

function computeWidgets({ fargate, host, cluster, application, nat }: MonitoredResources): Widgets {
  return [
    ...ifPresent(fargate, fargateWidgets),
    ...ifPresent(host, hostWidgets),
    ...ifPresent(cluster, clusterWidgets),
    ...ifPresent(application, (metrics) => applicationWidgets(metrics, fargate)),
    { title: 'NAT: bytes out', series: nat.gateways.map(({ zone, id }) => series(zone, METRICS.natGateway(id).sent)) },
  ];
}

function fargateWidgets({ clusterName, services, insights }: MonitoredFargate): Widgets {
  const each = (metric: 'cpu' | 'memory'): readonly Series[] =>
    services.map(({ key, name }) => series(key, METRICS.service(clusterName, name)[metric]));
  const running = services.map(({ key, name }) => series(key, METRICS.serviceInsights(clusterName, name).running));
  return [
    { title: 'Services: CPU (%)', series: each('cpu') },
    { title: 'Services: memory (%)', series: each('memory') },
    { title: 'Services: running tasks', series: insights ? running : [] },
  ];
}

function applicationWidgets({ namespace, metrics }: MonitoredApplication, fargate: MonitoredFargate | undefined): Widgets {
  return metrics.map(({ name, title, statistic }) => ({
    title,
    series: (fargate?.services ?? []).flatMap(({ key, tracedAs }) =>
      tracedAs === undefined ? [] : [series(key, applicationMetric(namespace, tracedAs, name, statistic))],
    ),
  }));
}

function hostWidgets({ namespace, environment, instanceId, groupName, postgres, redis }: MonitoredHost): Widgets {
  const own = hostMetrics(namespace, environment);
  return [
    {
      title: 'Host: CPU (%)',
      series: [
        ...(instanceId === undefined ? [] : [series('CPU', METRICS.instance(instanceId).cpu)]),
        ...(groupName === undefined ? [] : [series('CPU', METRICS.autoScalingGroup(groupName).cpu)]),
      ],
    },
    { title: 'Host: memory and disk (%)', series: [series('memory', own.memoryUsed), series('disk', own.diskUsed)] },
    {
      title: 'Host: availability',
      series: [
        series('failed health checks', own.healthCheckFailures),
        ...(postgres ? [series('PostgreSQL', own.postgresUp)] : []),
        ...(redis ? [series('Redis', own.redisUp)] : []),
      ],
    },
    {
      title: 'Host: backups (hours)',
      series: [
        series('since the last successful backup', own.backupAge),
        series('since the last successful restore drill', own.restoreProvenAge),
      ],
    },
  ];
}

function clusterWidgets({ name, insights, nodeGroups }: MonitoredCluster): Widgets {
  const { memory, nodes, failedNodes } = METRICS.cluster(name);
  return [
    {
      title: 'Nodes: CPU (%)',
      series: nodeGroups.map(({ key, groupName }) => series(key, METRICS.autoScalingGroup(groupName).cpu)),
    },
    { title: 'Nodes: memory (%)', series: insights ? [series('memory', memory)] : [] },
    { title: 'Nodes', series: insights ? [series('all', nodes), series('not ready', failedNodes)] : [] },
  ];
}

function dataWidgets({ database, cacheNodes, queues, region }: MonitoredResources): Widgets {
  const each = (metric: 'memory' | 'cpu' | 'evictions' | 'connections'): readonly Series[] =>
    cacheNodes.map((node) => series(node, METRICS.cacheNode(node)[metric]));
  return [
    ...ifPresent(database, (present) => databaseWidgets(present, region)),
    { title: 'Redis: memory (%)', series: each('memory') },
    { title: 'Redis: CPU (%)', series: each('cpu') },
    { title: 'Redis: evictions and connections', series: [...each('evictions'), ...each('connections')] },
    {
      title: 'Queues: messages',
      series: queues.flatMap(({ key, name, deadLetterName }) => [
        series(key, METRICS.queue(name).waiting),
        series(`${key}, dead letters`, METRICS.queue(deadLetterName).waiting),
      ]),
    },
  ];
}

function databaseWidgets({ primary, replicas, insightsOf }: MonitoredDatabase, region: string): Widgets {
  const { connections, readLatency, writeLatency } = METRICS.database(primary.identifier);
  const near = [primary, ...replicas.filter((replica) => replica.region === region)];
  const each = (metric: 'cpu' | 'freeStorage'): readonly Series[] =>
    near.map(({ key, identifier }) => series(key, METRICS.database(identifier)[metric]));
  return [
    { title: 'Database: connections', series: [series('connections', connections)] },
    { title: 'Database: CPU (%)', series: each('cpu') },
    {
      title: 'Database: query performance (s)',
      series: [
        ...(insightsOf === undefined ? [] : [series('mean query', queryTime(insightsOf))]),
        series('disk read', readLatency),
        series('disk write', writeLatency),
      ],
    },
    { title: 'Database: free storage (bytes)', series: each('freeStorage') },
    ...replicas.map(({ key, identifier, region: elsewhere }) => ({
      title: `Replica ${key}: lag (s)`,
      region: elsewhere,
      series: [series(key, METRICS.database(identifier).replicaLag)],
    })),
  ];
}
