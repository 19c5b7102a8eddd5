/** What there is to watch, gathered from the description and from what earlier stacks handed on. */
import { DataAwsLb } from '@cdktf/provider-aws/lib/data-aws-lb';
import type { Identity, ResolvedData, ResolvedDomain, ResolvedTier, ResolvedWorkloads } from '../config/resolved/environment';
import type { ResolvedObservability } from '../config/resolved/observability';
import { EDGE_REGION } from '../modules/domain/validated-certificate';
import { queueNames } from '../modules/messaging/queue';
import type {
  MonitoredResources,
  MonitoredBalancer,
  MonitoredDatabase,
  MonitoredFargate,
  MonitoredHost,
  MonitoredNat,
} from '../modules/observability/monitored-resources';
import type {
  BoxHandover,
  DataHandover,
  DomainHandover,
  EdgeHandover,
  FargateHandover,
  NetworkHandover,
} from '../contracts/handovers';
import type { Handover } from '../terraform/handover';
import type { ServingHandover } from '../tiers/serving-handover';
import type { TerraceStack } from '../terraform/terrace-stack';

export interface MonitoredEnvironmentProps {
  readonly identity: Identity;
  readonly observability: ResolvedObservability;
  readonly tier: ResolvedTier;
  readonly workloads: ResolvedWorkloads;
  readonly domain?: ResolvedDomain;
  readonly data: ResolvedData;
  readonly handovers: {
    readonly network: Handover<NetworkHandover>;
    readonly domain?: Handover<DomainHandover>;
    readonly data: Handover<DataHandover>;
    /** Of the tier that serves; one that waits is not watched. */
    readonly serving: ServingHandover;
    readonly edge?: Handover<EdgeHandover>;
  };
}

/** Reads only the stacks that something to watch stands in. */
export function monitoredEnvironment(stack: TerraceStack, props: MonitoredEnvironmentProps): MonitoredResources {
  const { identity, data } = props;
  const compute = monitoredCompute(stack, props);
  const edge = props.handovers.edge?.in(stack);
  return {
    region: identity.region,
    ...compute,
    database: monitoredDatabase(stack, props),
    cacheNodes: cacheNodes(data),
    queues: data.queues.map(({ key, name, fifo, visibilityTimeoutSeconds }) => {
      const names = queueNames(name, fifo);
      return { key, name: names.main, deadLetterName: names.deadLetters, visibilityTimeoutSeconds };
    }),
    nat: monitoredNat(props.handovers.network.in(stack)),
    certificates: monitoredCertificates(stack, props, {
      regional: compute.balancer !== undefined,
      edge: edge?.distribution !== undefined,
    }),
    // The vault bears the environment's name, and is there when something is copied.
    backupVaultName: data.backups !== undefined && copied(data) ? identity.environment : undefined,
    edge: monitoredEdge(edge),
    firewalls: [
      ...compute.firewalls,
      ...(edge?.webAcl === undefined ? [] : [{ key: 'edge', metricName: edge.webAcl.name, scope: 'global' } as const]),
    ],
    application: monitoredApplication(props.observability),
  };
}

function monitoredApplication({ tracing, applicationMetrics }: ResolvedObservability): MonitoredResources['application'] {
  return tracing && { namespace: tracing.namespace, metrics: applicationMetrics };
}

function copied({ database, fileSystems }: ResolvedData): boolean {
  return database?.placement === 'managed' || fileSystems.some(({ backup }) => backup);
}

type MonitoredCompute = Pick<MonitoredResources, 'balancer' | 'fargate' | 'host' | 'cluster' | 'firewalls'>;

function monitoredCompute(stack: TerraceStack, props: MonitoredEnvironmentProps): MonitoredCompute {
  const { serving } = props.handovers;
  switch (serving.kind) {
    case 'fargate': {
      const handover = serving.compute.in(stack);
      return {
        balancer: fargateBalancer(handover),
        fargate: monitoredFargate(props, handover),
        firewalls: regionalFirewall(handover.webAcl?.name),
      };
    }
    case 'box': {
      const handover = serving.compute.in(stack);
      const { loadBalancer } = handover;
      return {
        balancer: loadBalancer && { arnSuffix: loadBalancer.arnSuffix, targets: [] },
        host: monitoredHost(props, handover),
        firewalls: [],
      };
    }
    case 'kubernetes': {
      const { loadBalancer } = serving.workloads.in(stack);
      const cluster = serving.compute.in(stack);
      return {
        balancer: loadBalancer && {
          // The controller made it, so only its name is known before.
          arnSuffix: new DataAwsLb(stack, 'ingress', { name: loadBalancer.name }).arnSuffix,
          targets: [],
        },
        cluster: {
          name: cluster.clusterName,
          insights: props.tier.kind === 'kubernetes' && props.tier.kubernetes.monitoring === 'container-insights',
          nodeGroups: Object.entries(cluster.autoScalingGroupNames).map(([key, groupName]) => ({ key, groupName })),
        },
        firewalls: regionalFirewall(cluster.webAclName),
      };
    }
  }
}

function regionalFirewall(metricName: string | undefined): MonitoredResources['firewalls'] {
  return metricName === undefined ? [] : [{ key: 'load balancer', metricName, scope: 'regional' }];
}

function monitoredEdge(edge: EdgeHandover | undefined): MonitoredResources['edge'] {
  return {
    distributions: edge?.distribution === undefined ? [] : [{ key: 'cdn', id: edge.distribution.id }],
    healthChecks: Object.entries(edge?.healthCheckIds ?? {}).map(([key, id]) => ({ key, id })),
  };
}

function fargateBalancer({ loadBalancer, services }: FargateHandover): MonitoredBalancer | undefined {
  if (loadBalancer === undefined) return undefined;
  return {
    arnSuffix: loadBalancer.arnSuffix,
    targets: Object.entries(services).flatMap(([service, { targetGroupArnSuffix }]) =>
      targetGroupArnSuffix === undefined ? [] : [{ service, arnSuffix: targetGroupArnSuffix }],
    ),
  };
}

function monitoredFargate({ tier, workloads }: MonitoredEnvironmentProps, handover: FargateHandover): MonitoredFargate {
  const running = { ...handover.services, ...handover.workers };
  return {
    clusterName: handover.clusterName,
    insights: tier.kind === 'fargate' && tier.containerInsights !== 'disabled',
    services: [...workloads.services, ...workloads.workers].flatMap(({ key, name, replicas, tracing }) => {
      const service = running[key];
      return service === undefined
        ? []
        : [{ key, name: service.name, minimum: replicas.min, tracedAs: tracing === undefined ? undefined : name }];
    }),
    schedules: Object.entries(handover.schedules).map(([key, { deadLetterQueueName }]) => ({ key, deadLetterQueueName })),
  };
}

function monitoredHost(
  { tier, workloads, domain, data }: MonitoredEnvironmentProps,
  handover: BoxHandover,
): MonitoredHost | undefined {
  if (tier.kind !== 'box') return undefined;
  const { box } = tier;
  return {
    namespace: handover.metricsNamespace,
    environment: handover.metricsEnvironment,
    instanceId: handover.instanceId,
    groupName: handover.groupName,
    bursts: handover.groupName === undefined && box.burstable && box.cpuCredits === 'unlimited',
    postgres: data.database?.placement === 'host',
    redis: data.cache?.placement === 'host',
    jobs: workloads.jobs.length > 0,
    certificates: domain !== undefined && handover.loadBalancer === undefined,
    drills: data.database !== undefined,
    backupHours: box.backup.alarmAfterHours,
    drillHours: box.backup.drillAlarmAfterHours,
  };
}

function monitoredDatabase(
  stack: TerraceStack,
  { identity, data, handovers }: MonitoredEnvironmentProps,
): MonitoredDatabase | undefined {
  const { database } = data;
  if (database?.placement !== 'managed') return undefined;
  const { instanceClass, identifier, replicas, storageGb, performanceInsights } = database;
  return {
    primary: { key: 'primary', identifier, region: identity.region, instanceClass },
    replicas: replicas.map((replica) => ({ ...replica, identifier: replica.name })),
    storageGb,
    insightsOf: performanceInsights ? handovers.data.in(stack).database?.resourceId : undefined,
  };
}

/** ElastiCache numbers the nodes of a replication group from 001. */
function cacheNodes({ cache }: ResolvedData): readonly string[] {
  if (cache?.placement !== 'managed') return [];
  return Array.from(
    { length: cache.replicas + 1 },
    (_, index) => `${cache.replicationGroupId}-${String(index + 1).padStart(3, '0')}`,
  );
}

function monitoredNat({ natGatewayIds = {}, natInstanceGroupName }: NetworkHandover): MonitoredNat {
  return {
    gateways: Object.entries(natGatewayIds).map(([zone, id]) => ({ zone, id })),
    instanceGroupName: natInstanceGroupName,
  };
}

/** Only those in use: ACM renews no other, so their end is nothing to wake anybody for. */
function monitoredCertificates(
  stack: TerraceStack,
  { identity, handovers }: MonitoredEnvironmentProps,
  used: { readonly regional: boolean; readonly edge: boolean },
): MonitoredResources['certificates'] {
  if (handovers.domain === undefined || !(used.regional || used.edge)) return [];
  const { certificateArn, edgeCertificateArn } = handovers.domain.in(stack);
  // In us-east-1 one certificate serves both.
  const regional = used.regional || identity.region === EDGE_REGION;
  const edge = used.edge && edgeCertificateArn !== undefined && identity.region !== EDGE_REGION;
  return [
    ...(regional ? [{ key: 'regional', arn: certificateArn, region: identity.region }] : []),
    ...(edge ? [{ key: 'edge', arn: edgeCertificateArn, region: EDGE_REGION } as const] : []),
  ];
}
