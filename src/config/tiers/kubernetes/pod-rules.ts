/** Rules about workloads that run on the other tiers, and would not or not equally run on Kubernetes. */
import { hasErrorStatus } from '../../calculations/status-ranges';
import type { ParsedEnvironment } from '../../schema/environment';
import {
  containersOf,
  CONTAINER_SECTIONS,
  hasTier,
  located,
  programsOf,
  routedServices,
  runningOf,
  RUNNING_SECTIONS,
} from '../../rules/located';
import { findingIf } from '../../rules/finding';
import { defineRule, type Rule } from '../../rules/rule';

type Scaling = ParsedEnvironment['services'][string]['scaling'] | ParsedEnvironment['workers'][string]['scaling'];

const noRoot = defineRule({
  id: 'pod-user',
  severity: 'refusal',
  summary: 'No container on Kubernetes runs as root: the namespace rejects such pods.',
  reads: ['tier', 'nextTier'],
  also: CONTAINER_SECTIONS,
  check: ({ tier, nextTier, ...workloads }) =>
    programsOf(containersOf(workloads)).flatMap(({ path, value: { user } }) =>
      findingIf(
        hasTier({ tier, nextTier }, 'kubernetes') && user !== undefined && Number(user.split(':')[0]) === 0,
        `${path}.user`,
        user,
        'a user other than 0 with tier kubernetes',
        'set a non-root user of the image, or omit it to run as 1000',
      ),
    ),
});

const healthyStatuses = defineRule({
  id: 'pod-health',
  severity: 'refusal',
  summary: 'No health check on Kubernetes takes an error status for healthy: the kubelet restarts such containers.',
  reads: ['tier', 'nextTier'],
  also: ['services'],
  check: ({ tier, nextTier, services }) =>
    located('services', services).flatMap(({ path, value: { health } }) =>
      findingIf(
        hasTier({ tier, nextTier }, 'kubernetes') && hasErrorStatus(health.matcher),
        `${path}.health.matcher`,
        health.matcher,
        'statuses from 200 to 399 with tier kubernetes: the kubelet takes all others for failures, and has no setting for it',
        'let a path of the application answer with 200 without a login, and set `health.path` to it',
      ),
    ),
});

/** Whether a workload scales on requests only, or also on other loads. */
function scalesOnRequests(scaling: Scaling): 'only' | 'also' | undefined {
  if (scaling === undefined || !('requestsPerTarget' in scaling) || scaling.requestsPerTarget === undefined) return undefined;
  return scaling.cpuPercent === undefined && scaling.memoryPercent === undefined ? 'only' : 'also';
}

const requestsUnavailable = defineRule({
  id: 'pod-scaling',
  severity: 'refusal',
  summary: 'Workloads on Kubernetes scale on CPU, memory or a queue: the cluster has no count of requests.',
  reads: ['tier', 'nextTier'],
  also: RUNNING_SECTIONS,
  check: ({ tier, nextTier, ...workloads }) =>
    runningOf(workloads).flatMap(({ path, value: { scaling } }) =>
      findingIf(
        hasTier({ tier, nextTier }, 'kubernetes') && scalesOnRequests(scaling) === 'only',
        `${path}.scaling`,
        scaling,
        'cpuPercent or memoryPercent with tier kubernetes',
        'add cpuPercent; requestsPerTarget may stay for the Fargate tier',
      ),
    ),
});

const requestsIgnored = defineRule({
  id: 'pod-scaling-requests',
  severity: 'warning',
  summary: '`requestsPerTarget` has no effect on Kubernetes.',
  reads: ['tier', 'nextTier'],
  also: RUNNING_SECTIONS,
  check: ({ tier, nextTier, ...workloads }) =>
    runningOf(workloads).flatMap(({ path, value: { scaling } }) =>
      findingIf(
        hasTier({ tier, nextTier }, 'kubernetes') && scalesOnRequests(scaling) === 'also',
        `${path}.scaling.requestsPerTarget`,
        scaling,
        'on Kubernetes only cpuPercent and memoryPercent have an effect',
        'remove it once the environment no longer uses Fargate',
      ),
    ),
});

const spotNodes = defineRule({
  id: 'pod-spot',
  severity: 'warning',
  summary: 'A Spot share on Kubernetes needs Spot nodes.',
  reads: ['tier', 'nextTier', 'kubernetes'],
  also: RUNNING_SECTIONS,
  check: ({ tier, nextTier, kubernetes, ...workloads }) =>
    runningOf(workloads).flatMap(({ path, value: { spotPercent } }) =>
      findingIf(
        hasTier({ tier, nextTier }, 'kubernetes') && spotPercent > 0 && kubernetes.spot === undefined,
        `${path}.spotPercent`,
        spotPercent,
        'without `kubernetes.spot` all pods run on on-demand nodes',
        'add `kubernetes.spot`, or remove spotPercent',
      ),
    ),
});

const metricsNeedPrometheus = defineRule({
  id: 'pod-metrics',
  severity: 'refusal',
  summary: '`metrics` of a workload needs Prometheus in the cluster.',
  reads: ['tier', 'nextTier', 'kubernetes'],
  also: RUNNING_SECTIONS,
  check: ({ tier, nextTier, kubernetes: { monitoring }, ...workloads }) =>
    runningOf(workloads).flatMap(({ path, value: { metrics } }) =>
      findingIf(
        hasTier({ tier, nextTier }, 'kubernetes') && metrics !== undefined && monitoring !== 'prometheus',
        `${path}.metrics`,
        metrics,
        `no metrics with kubernetes.monitoring "${monitoring}": nothing reads them`,
        'set kubernetes.monitoring to "prometheus", or remove it',
      ),
    ),
});

const metricsPrivate = defineRule({
  id: 'pod-metrics-public',
  severity: 'warning',
  summary: 'The metrics of a service with routes have a separate port, which the load balancer does not publish.',
  reads: ['tier', 'nextTier'],
  also: ['services'],
  check: ({ tier, nextTier, services }) =>
    routedServices(services).flatMap(({ path, value: { port, metrics } }) =>
      findingIf(
        hasTier({ tier, nextTier }, 'kubernetes') && metrics?.port === port,
        `${path}.metrics.port`,
        port,
        'a port other than that of the service: its routes may publish the metrics',
        'serve the metrics on another port, or acknowledge that the routes do not include their path',
      ),
    ),
});

export const POD_RULES: readonly Rule[] = [
  noRoot,
  healthyStatuses,
  requestsUnavailable,
  requestsIgnored,
  spotNodes,
  metricsNeedPrometheus,
  metricsPrivate,
];
