/** Rules about workloads on Kubernetes: what runs on the other tiers and would not run the same there. */
import type { ParsedEnvironment } from '../../schema/environment';
import { containersOf, CONTAINER_SECTIONS, hasTier, runningOf, RUNNING_SECTIONS } from '../../rules/located';
import { findingIf } from '../../rules/finding';
import { defineRule, type Rule } from '../../rules/rule';

type Scaling = ParsedEnvironment['services'][string]['scaling'] | ParsedEnvironment['workers'][string]['scaling'];

const noRoot = defineRule({
  id: 'pod-user',
  severity: 'refusal',
  summary: 'On Kubernetes no container runs as root: the namespace refuses such pods.',
  reads: ['tier', 'nextTier'],
  also: CONTAINER_SECTIONS,
  check: ({ tier, nextTier, ...workloads }) =>
    containersOf(workloads).flatMap(({ path, value: { user } }) =>
      findingIf(
        hasTier({ tier, nextTier }, 'kubernetes') && user !== undefined && Number(user.split(':')[0]) === 0,
        `${path}.user`,
        user,
        'a user other than 0 with tier kubernetes',
        'name the user that the image has for it, or leave it out to run as 1000',
      ),
    ),
});

/** Whether requests are the only load that is followed, or one of several. */
function followsRequests(scaling: Scaling): 'only' | 'also' | undefined {
  if (scaling === undefined || !('requestsPerTarget' in scaling) || scaling.requestsPerTarget === undefined) return undefined;
  return scaling.cpuPercent === undefined && scaling.memoryPercent === undefined ? 'only' : 'also';
}

const requestsCounted = defineRule({
  id: 'pod-scaling',
  severity: 'refusal',
  summary: 'On Kubernetes something scales on CPU, memory or a queue: nobody in the cluster counts requests.',
  reads: ['tier', 'nextTier'],
  also: RUNNING_SECTIONS,
  check: ({ tier, nextTier, ...workloads }) =>
    runningOf(workloads).flatMap(({ path, value: { scaling } }) =>
      findingIf(
        hasTier({ tier, nextTier }, 'kubernetes') && followsRequests(scaling) === 'only',
        `${path}.scaling`,
        scaling,
        'cpuPercent or memoryPercent with tier kubernetes',
        'add cpuPercent; requestsPerTarget may stay for the other tier',
      ),
    ),
});

const requestsIgnored = defineRule({
  id: 'pod-scaling-requests',
  severity: 'warning',
  summary: 'On Kubernetes `requestsPerTarget` is not followed.',
  reads: ['tier', 'nextTier'],
  also: RUNNING_SECTIONS,
  check: ({ tier, nextTier, ...workloads }) =>
    runningOf(workloads).flatMap(({ path, value: { scaling } }) =>
      findingIf(
        hasTier({ tier, nextTier }, 'kubernetes') && followsRequests(scaling) === 'also',
        `${path}.scaling.requestsPerTarget`,
        scaling,
        'on Kubernetes only cpuPercent and memoryPercent are followed',
        'remove it when no environment needs it any more',
      ),
    ),
});

const spotNodes = defineRule({
  id: 'pod-spot',
  severity: 'warning',
  summary: 'On Kubernetes a Spot share needs Spot nodes.',
  reads: ['tier', 'nextTier', 'kubernetes'],
  also: RUNNING_SECTIONS,
  check: ({ tier, nextTier, kubernetes, ...workloads }) =>
    runningOf(workloads).flatMap(({ path, value: { spotPercent } }) =>
      findingIf(
        hasTier({ tier, nextTier }, 'kubernetes') && spotPercent > 0 && kubernetes.spot === undefined,
        `${path}.spotPercent`,
        spotPercent,
        'without `kubernetes.spot` all pods stand on nodes at the full price',
        'add `kubernetes.spot`, or remove spotPercent',
      ),
    ),
});

export const POD_RULES: readonly Rule[] = [noRoot, requestsCounted, requestsIgnored, spotNodes];
