/** What a dashboard shows of an environment: three rows, from the outside in. Pure. */
import { HOST_METRICS } from '../../contracts/host-metrics';
import { EDGE_REGION } from '../domain/validated-certificate';
import type { Row, Series, Widget } from './dashboard-body';
import {
  applicationMetric,
  balancerMetrics,
  cacheMetrics,
  clusterMetrics,
  databaseMetrics,
  distributionMetrics,
  firewallMetrics,
  groupMetrics,
  hostMetric,
  instanceMetrics,
  natGatewayMetrics,
  queryTime,
  queueMetrics,
  serviceMetrics,
  targetMetrics,
} from './metrics';
import type {
  MonitoredResources,
  MonitoredBalancer,
  MonitoredCluster,
  MonitoredDatabase,
  MonitoredFargate,
  MonitoredHost,
} from './monitored-resources';

/** The rows of an environment. Empty widgets and rows are left out by whoever draws them. */
export function dashboardRows(watched: MonitoredResources): readonly Row[] {
  return [
    { title: 'Edge', widgets: edgeWidgets(watched) },
    { title: 'Compute', widgets: computeWidgets(watched) },
    { title: 'Data', widgets: dataWidgets(watched) },
  ];
}

function edgeWidgets({ edge, balancer, firewalls, region }: MonitoredResources): readonly Widget[] {
  return [
    {
      title: 'CloudFront: requests',
      region: EDGE_REGION,
      series: edge.distributions.map(({ key, id }) => ({ label: key, metric: distributionMetrics(id).requests })),
    },
    {
      title: 'CloudFront: errors (%)',
      region: EDGE_REGION,
      series: edge.distributions.flatMap(({ key, id }) => [
        { label: `${key} 5xx`, metric: distributionMetrics(id).errorRate },
        { label: `${key} 4xx`, metric: distributionMetrics(id).clientErrorRate },
      ]),
    },
    ...(balancer === undefined ? [] : balancerWidgets(balancer)),
    ...(['regional', 'global'] as const).map((scope) => ({
      title: `Firewall: requests (${scope})`,
      region: scope === 'global' ? EDGE_REGION : region,
      series: firewalls
        .filter((firewall) => firewall.scope === scope)
        .flatMap(({ key, metricName }) => {
          const { allowed, blocked } = firewallMetrics(metricName, scope === 'regional' ? region : undefined);
          return [
            { label: `${key} blocked`, metric: blocked },
            { label: `${key} allowed`, metric: allowed },
          ];
        }),
    })),
  ];
}

function balancerWidgets({ arnSuffix, targets }: MonitoredBalancer): readonly Widget[] {
  const { requests, targetErrors, ownErrors, errorRate, latency } = balancerMetrics(arnSuffix);
  return [
    {
      title: 'Load balancer: requests',
      series: [
        { label: 'requests', metric: requests },
        { label: '5xx of services', metric: targetErrors },
        { label: '5xx of its own', metric: ownErrors },
      ],
    },
    { title: 'Load balancer: errors (%)', series: [{ label: 'error rate', metric: errorRate }] },
    {
      title: 'Load balancer: latency (s)',
      series: [
        { label: 'p95', metric: latency },
        { label: 'mean', metric: { ...latency, statistic: 'Average' } },
      ],
    },
    {
      title: 'Healthy tasks',
      series: targets.map(({ service, arnSuffix: group }) => ({
        label: service,
        metric: targetMetrics(arnSuffix, group).healthy,
      })),
    },
  ];
}

function computeWidgets({ fargate, host, cluster, application, nat }: MonitoredResources): readonly Widget[] {
  return [
    ...(fargate === undefined ? [] : fargateWidgets(fargate)),
    ...(host === undefined ? [] : hostWidgets(host)),
    ...(cluster === undefined ? [] : clusterWidgets(cluster)),
    ...(application?.metrics ?? []).map(({ name, title, statistic }): Widget => ({
      title,
      series: (fargate?.services ?? []).flatMap(({ key, tracedAs }) =>
        tracedAs === undefined
          ? []
          : [{ label: key, metric: applicationMetric(application?.namespace ?? '', tracedAs, name, statistic) }],
      ),
    })),
    {
      title: 'NAT: bytes out',
      series: nat.gateways.map(({ zone, id }) => ({ label: zone, metric: natGatewayMetrics(id).sent })),
    },
  ];
}

function fargateWidgets({ clusterName, services, insights }: MonitoredFargate): readonly Widget[] {
  const each = (metric: keyof ReturnType<typeof serviceMetrics>): readonly Series[] =>
    services.map(({ key, name }) => ({ label: key, metric: serviceMetrics(clusterName, name)[metric] }));
  return [
    { title: 'Services: CPU (%)', series: each('cpu') },
    { title: 'Services: memory (%)', series: each('memory') },
    { title: 'Services: running tasks', series: insights ? each('running') : [] },
  ];
}

function hostWidgets({ namespace, environment, instanceId, groupName, postgres, redis }: MonitoredHost): readonly Widget[] {
  const own = (metric: keyof typeof HOST_METRICS, statistic: string) =>
    hostMetric(namespace, environment, HOST_METRICS[metric], statistic);
  return [
    {
      title: 'Host: CPU (%)',
      series: [
        ...(instanceId === undefined ? [] : [{ label: 'CPU', metric: instanceMetrics(instanceId).cpu }]),
        ...(groupName === undefined ? [] : [{ label: 'CPU', metric: groupMetrics(groupName).cpu }]),
      ],
    },
    {
      title: 'Host: memory and disk (%)',
      series: [
        { label: 'memory', metric: own('memoryUsed', 'Average') },
        { label: 'disk', metric: own('diskUsed', 'Maximum') },
      ],
    },
    {
      title: 'Host: what answers',
      series: [
        { label: 'failed health checks', metric: own('healthCheckFailures', 'Maximum') },
        ...(postgres ? [{ label: 'PostgreSQL', metric: own('postgresUp', 'Minimum') }] : []),
        ...(redis ? [{ label: 'Redis', metric: own('redisUp', 'Minimum') }] : []),
      ],
    },
    {
      title: 'Host: backups (hours)',
      series: [
        { label: 'since the last good backup', metric: own('backupAge', 'Maximum') },
        { label: 'since a restore was proven', metric: own('restoreProvenAge', 'Maximum') },
      ],
    },
  ];
}

function clusterWidgets({ name, insights, nodeGroups }: MonitoredCluster): readonly Widget[] {
  const { memory, nodes, failedNodes } = clusterMetrics(name);
  return [
    {
      title: 'Nodes: CPU (%)',
      series: nodeGroups.map(({ key, groupName }) => ({ label: key, metric: groupMetrics(groupName).cpu })),
    },
    { title: 'Nodes: memory (%)', series: insights ? [{ label: 'memory', metric: memory }] : [] },
    {
      title: 'Nodes',
      series: insights
        ? [
            { label: 'all', metric: nodes },
            { label: 'not ready', metric: failedNodes },
          ]
        : [],
    },
  ];
}

function dataWidgets({ database, cacheNodes, queues, region }: MonitoredResources): readonly Widget[] {
  const nodes = (metric: keyof ReturnType<typeof cacheMetrics>): readonly Series[] =>
    cacheNodes.map((node) => ({ label: node, metric: cacheMetrics(node)[metric] }));
  return [
    ...(database === undefined ? [] : databaseWidgets(database, region)),
    { title: 'Redis: memory (%)', series: nodes('memory') },
    { title: 'Redis: CPU (%)', series: nodes('cpu') },
    { title: 'Redis: evictions and connections', series: [...nodes('evictions'), ...nodes('connections')] },
    {
      title: 'Queues: messages',
      series: queues.flatMap(({ key, name, deadLetterName }) => [
        { label: key, metric: queueMetrics(name).waiting },
        { label: `${key}, dead letters`, metric: queueMetrics(deadLetterName).waiting },
      ]),
    },
  ];
}

function databaseWidgets({ primary, replicas, insightsOf }: MonitoredDatabase, region: string): readonly Widget[] {
  const metrics = databaseMetrics(primary.identifier);
  const near = replicas.filter((replica) => replica.region === region);
  return [
    { title: 'Database: connections', series: [{ label: 'connections', metric: metrics.connections }] },
    {
      title: 'Database: CPU (%)',
      series: [primary, ...near].map(({ key, identifier }) => ({ label: key, metric: databaseMetrics(identifier).cpu })),
    },
    {
      title: 'Database: query performance (s)',
      series: [
        ...(insightsOf === undefined ? [] : [{ label: 'mean query', metric: queryTime(insightsOf) }]),
        { label: 'disk read', metric: metrics.readLatency },
        { label: 'disk write', metric: metrics.writeLatency },
      ],
    },
    {
      title: 'Database: free storage (bytes)',
      series: [primary, ...near].map(({ key, identifier }) => ({ label: key, metric: databaseMetrics(identifier).freeStorage })),
    },
    ...replicas.map((replica): Widget => ({
      title: `Replica ${replica.key}: lag (s)`,
      region: replica.region,
      series: [{ label: replica.key, metric: databaseMetrics(replica.identifier).replicaLag }],
    })),
  ];
}
