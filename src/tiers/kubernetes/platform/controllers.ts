/** Values of the charts that keep a cluster running: ingress, secrets, metrics, autoscalers. Pure. */
import { CHARTS, resourcesOfController, type PlatformContext } from './charts';

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
    resources: resourcesOfController('100m', '200Mi'),
  };
}

/** Copies secrets of Secrets Manager into the cluster. */
export function externalSecretsValues() {
  return {
    installCRDs: true,
    serviceAccount: { create: true, name: CHARTS['external-secrets'].serviceAccount },
    resources: resourcesOfController('50m', '128Mi'),
    webhook: { resources: resourcesOfController('20m', '64Mi') },
    certController: { resources: resourcesOfController('20m', '128Mi') },
  };
}

/** Measures CPU and memory of pods for horizontal autoscalers. */
export function metricsServerValues() {
  return {
    replicas: REPLICAS,
    podDisruptionBudget: { enabled: true, minAvailable: 1 },
    resources: resourcesOfController('100m', '200Mi'),
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
    resources: resourcesOfController('100m', '300Mi'),
  };
}

/** Scales workers on the messages in their queues, from zero. */
export function kedaValues({ clusterName }: PlatformContext) {
  return {
    clusterName,
    serviceAccount: { operator: { create: true, name: CHARTS.keda.serviceAccount } },
    resources: {
      operator: resourcesOfController('100m', '256Mi'),
      metricServer: resourcesOfController('100m', '256Mi'),
      webhooks: resourcesOfController('20m', '128Mi'),
    },
  };
}
