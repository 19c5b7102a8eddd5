/** Values of the charts that keep a cluster running: ingress, secrets, metrics, autoscalers. Pure. */
import type { ChartContainer } from '../../../config/tables/platform-components';
import { CHARTS, chartResources, type PlatformContext } from './charts';

/** Of controllers that must not be absent; the others may be, for a minute. */
const REPLICAS = 2;

/** Creates a load balancer for each Ingress. Region and VPC are given, because pods cannot reach the node's metadata. */
export function loadBalancerControllerValues({ clusterName, region, vpcId }: PlatformContext) {
  return {
    clusterName,
    region,
    vpcId,
    replicaCount: REPLICAS,
    podDisruptionBudget: { maxUnavailable: 1 },
    serviceAccount: { create: true, name: CHARTS['aws-load-balancer-controller'].serviceAccount },
    ingressClass: 'alb',
    createIngressClassResource: true,
    defaultTargetType: 'ip',
    enableShield: false,
    enableWaf: false,
    enableWafv2: true,
    // Otherwise no Service could be created in any namespace while the controller is down.
    enableServiceMutatorWebhook: false,
    // Otherwise each deployment would issue new certificates, and webhooks would fail until pods have them.
    keepTLSSecret: true,
    controllerConfig: { featureGates: { ALBGatewayAPI: false, NLBGatewayAPI: false } },
    resources: chartResources('load-balancer-controller'),
  };
}

/** Copies secrets of Secrets Manager into the cluster. */
export function externalSecretsValues() {
  return {
    installCRDs: true,
    serviceAccount: { create: true, name: CHARTS['external-secrets'].serviceAccount },
    // Only stores and secrets of one namespace are used; what the others need are rights in the whole cluster.
    processClusterStore: false,
    processClusterExternalSecret: false,
    processClusterPushSecret: false,
    processClusterGenerator: false,
    processPushSecret: false,
    crds: {
      createClusterSecretStore: false,
      createClusterExternalSecret: false,
      createClusterPushSecret: false,
      createClusterGenerator: false,
      createPushSecret: false,
    },
    // It calls AWS with its own identity, never with the service account of a store.
    rbac: { serviceAccountTokenCreate: false },
    resources: chartResources('external-secrets'),
    webhook: { resources: chartResources('external-secrets-webhook') },
    certController: { resources: chartResources('external-secrets-certificates') },
  };
}

/** Measures CPU and memory of pods for horizontal autoscalers. */
export function metricsServerValues() {
  return {
    replicas: REPLICAS,
    podDisruptionBudget: { enabled: true, minAvailable: 1 },
    resources: chartResources('metrics-server'),
  };
}

/** Adds nodes while pods are pending, and removes nodes that are less than half used. */
export function clusterAutoscalerValues({ clusterName, region }: PlatformContext) {
  return {
    cloudProvider: 'aws',
    awsRegion: region,
    autoDiscovery: { clusterName },
    rbac: { serviceAccount: { create: true, name: CHARTS['cluster-autoscaler'].serviceAccount } },
    extraArgs: {
      'balance-similar-node-groups': true,
      expander: 'least-waste',
      // Otherwise no node could ever be removed, because every node runs DNS and other pods of the system.
      'skip-nodes-with-system-pods': false,
    },
    resources: chartResources('cluster-autoscaler'),
  };
}

/** KEDA's chart limits CPU; a value of `null` removes a default. In other charts it would become a limit of 0. */
function kedaResources(container: ChartContainer) {
  const { requests, limits } = chartResources(container);
  return { requests, limits: { ...limits, cpu: null } };
}

/** Scales workers on the messages in their queues, from zero. */
export function kedaValues({ clusterName }: PlatformContext) {
  return {
    clusterName,
    serviceAccount: { operator: { create: true, name: CHARTS.keda.serviceAccount } },
    resources: {
      operator: kedaResources('keda-operator'),
      metricServer: kedaResources('keda-metrics'),
      webhooks: kedaResources('keda-webhooks'),
    },
  };
}
