/** Values of the charts that keep a cluster running: ingress, secrets, metrics, autoscalers. Pure. */
import { PLATFORM_ACCOUNTS } from './accounts';
import { asks, type PlatformContext } from './context';

/** Two replicas of what stands between the public and the pods; the other things may be away for a minute. */
const REPLICAS = 2;

/** Makes a load balancer from an ingress. Region and VPC are said, because pods cannot ask the node's metadata. */
export function loadBalancerControllerValues({ clusterName, region, vpcId }: PlatformContext) {
  return {
    clusterName,
    region,
    vpcId,
    replicaCount: REPLICAS,
    podDisruptionBudget: { maxUnavailable: 1 },
    serviceAccount: { create: true, name: PLATFORM_ACCOUNTS['aws-load-balancer-controller'].serviceAccount },
    ingressClass: 'alb',
    createIngressClassResource: true,
    defaultTargetType: 'ip',
    enableShield: false,
    enableWaf: false,
    enableWafv2: true,
    // Otherwise no Service could be made anywhere while the controller is away.
    enableServiceMutatorWebhook: false,
    // Otherwise each deployment would make new certificates, and webhooks fail until pods have them.
    keepTLSSecret: true,
    controllerConfig: { featureGates: { ALBGatewayAPI: false, NLBGatewayAPI: false } },
    resources: asks('100m', '200Mi'),
  };
}

/** Brings secrets of Secrets Manager into the cluster, by its own role. */
export function externalSecretsValues() {
  return {
    installCRDs: true,
    serviceAccount: { create: true, name: PLATFORM_ACCOUNTS['external-secrets'].serviceAccount },
    resources: asks('50m', '128Mi'),
    webhook: { resources: asks('20m', '64Mi') },
    certController: { resources: asks('20m', '128Mi') },
  };
}

/** CPU and memory of pods, which horizontal autoscalers follow. */
export function metricsServerValues() {
  return {
    replicas: REPLICAS,
    podDisruptionBudget: { enabled: true, minAvailable: 1 },
    resources: asks('100m', '200Mi'),
  };
}

/** Adds nodes when pods wait, and takes away those that are half empty. */
export function clusterAutoscalerValues({ clusterName, region }: PlatformContext) {
  return {
    cloudProvider: 'aws',
    awsRegion: region,
    autoDiscovery: { clusterName },
    rbac: { serviceAccount: { create: true, name: PLATFORM_ACCOUNTS['cluster-autoscaler'].serviceAccount } },
    extraArgs: {
      'balance-similar-node-groups': true,
      expander: 'least-waste',
      // DNS and the other pods of the system stand on every node: otherwise none would ever go.
      'skip-nodes-with-system-pods': false,
    },
    resources: asks('100m', '300Mi'),
  };
}

/** Scales workers on the messages that wait for them, from zero. */
export function kedaValues({ clusterName }: PlatformContext) {
  return {
    clusterName,
    serviceAccount: { operator: { create: true, name: PLATFORM_ACCOUNTS.keda.serviceAccount } },
    resources: { operator: asks('100m', '256Mi'), metricServer: asks('100m', '256Mi'), webhooks: asks('20m', '128Mi') },
  };
}
