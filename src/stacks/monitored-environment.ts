/** What is monitored, from the description of the environment and from what earlier stacks publish. */
import type { Identity, ResolvedData, ResolvedWorkloads } from '../config/resolved/environment';
import type { ResolvedObservability } from '../config/resolved/observability';
import { EDGE_REGION } from '../config/tables/regions';
import { queueNames } from '../modules/messaging/queue';
import type { MonitoredResources, MonitoredDatabase, MonitoredNat } from '../modules/observability/monitored-resources';
import type { DataHandover, DomainHandover, EdgeHandover, NetworkHandover } from '../contracts/handovers';
import { DRILLED_DATABASE, drilledFiles } from '../contracts/restore-metrics';
import type { Handover, Published } from '../terraform/handover';
import type { ServingTier } from '../tiers/tier';
import type { TerraceStack } from '../terraform/terrace-stack';

export interface MonitoredEnvironmentProps {
  readonly identity: Identity;
  readonly observability: ResolvedObservability;
  readonly workloads: ResolvedWorkloads;
  readonly data: ResolvedData;
  /** The tier that serves; one that waits is not monitored. */
  readonly serving: ServingTier;
  readonly handovers: {
    readonly network: Handover<NetworkHandover>;
    readonly domain?: Published<DomainHandover>;
    readonly data: Handover<DataHandover>;
    readonly edge?: Handover<EdgeHandover>;
  };
}

/** Reads only the stacks that contain something to monitor. */
export function monitoredEnvironment(stack: TerraceStack, props: MonitoredEnvironmentProps): MonitoredResources {
  const { identity, data } = props;
  const compute = props.serving.monitored(stack);
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
    emailConfigurationSet: data.email?.configurationSet,
    nat: monitoredNat(props.handovers.network.in(stack)),
    certificates: monitoredCertificates(stack, props, {
      regional: compute.balancer !== undefined,
      edge: (edge?.distribution ?? edge?.frontendDistributions) !== undefined,
    }),
    // The vault has the environment's name, and exists where something is copied.
    backupVaultName: data.backups !== undefined && copied(data) ? identity.environment : undefined,
    restoreDrill: monitoredDrill(props),
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

function monitoredDrill({ identity, data }: MonitoredEnvironmentProps): MonitoredResources['restoreDrill'] {
  const { restoreDrill: drill } = data;
  return (
    drill && {
      environment: identity.environment,
      resources: [...(drill.database === undefined ? [] : ([DRILLED_DATABASE] as const)), ...drill.fileSystems.map(drilledFiles)],
      alarmAfterHours: drill.alarmAfterHours,
    }
  );
}

function monitoredEdge(edge: EdgeHandover | undefined): MonitoredResources['edge'] {
  return {
    distributions: [
      ...(edge?.distribution === undefined ? [] : [{ key: 'cdn', id: edge.distribution.id }]),
      ...Object.entries(edge?.frontendDistributions ?? {}).map(([key, { id }]) => ({ key: `cdn-${key}`, id })),
    ],
    healthChecks: Object.entries(edge?.healthCheckIds ?? {}).map(([key, id]) => ({ key, id })),
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

/** Only those in use: ACM renews no others, and their expiry affects nothing. */
function monitoredCertificates(
  stack: TerraceStack,
  { identity, handovers }: MonitoredEnvironmentProps,
  used: { readonly regional: boolean; readonly edge: boolean },
): MonitoredResources['certificates'] {
  if (handovers.domain === undefined || !(used.regional || used.edge)) return [];
  const { certificateArn, edgeCertificateArn } = handovers.domain.in(stack);
  // In us-east-1 one certificate serves both.
  const regional = (used.regional || identity.region === EDGE_REGION) && certificateArn !== undefined;
  const edge = used.edge && edgeCertificateArn !== undefined && identity.region !== EDGE_REGION;
  return [
    ...(regional ? [{ key: 'regional', arn: certificateArn, region: identity.region }] : []),
    ...(edge ? [{ key: 'edge', arn: edgeCertificateArn, region: EDGE_REGION } as const] : []),
  ];
}
