/** The namespace of the system, the most that it may use of the cluster, and the defaults of its containers. Pure. */
import type { LimitRange, Namespace, ResourceQuota } from 'kubernetes-types/core/v1';
import { runningWorkloads } from '../../../config/calculations/workloads';
import { POOLER_SIZE } from '../../../config/calculations/node-capacity';
import type { ResolvedContainer, ResolvedWorkloads } from '../../../config/resolved/environment';
import { commonLabels, commonMetadata, type WorkloadContext } from './context';
import { cpuQuantity, memoryQuantity } from './notation';

/** Enforces the strictest of Kubernetes' pod security standards: no root, no privileges. */
export function namespace(context: WorkloadContext) {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: context.namespace,
      labels: {
        ...commonLabels(context),
        'pod-security.kubernetes.io/enforce': 'restricted',
        'pod-security.kubernetes.io/warn': 'restricted',
        'pod-security.kubernetes.io/audit': 'restricted',
        // A pod is ready only once the load balancer finds it healthy; a release waits for that before it replaces the next.
        'elbv2.k8s.aws/pod-readiness-gate-inject': 'enabled',
      },
    },
  } satisfies Namespace;
}

/** Room for containers that people start by hand. */
const SPARE = { vcpu: 1, memoryMib: 1024, pods: 4 };

/** Concurrent runs of one job: a scheduled one, and one started by hand. */
const RUNS_PER_JOB = 2;

/** Twice the maximum of every workload, because a release may run old and new pods side by side. */
export function resourceQuota(context: WorkloadContext, workloads: ResolvedWorkloads) {
  const { vcpu, memoryMib, pods } = [
    SPARE,
    ...runningWorkloads(workloads).map(({ pooler, replicas, ...workload }) =>
      podsOf(workload, 2 * replicas.max, [...workload.sidecars, ...(pooler === undefined ? [] : [POOLER_SIZE])]),
    ),
    ...workloads.jobs.map((job) => podsOf(job, RUNS_PER_JOB)),
  ].reduce((sum, next) => ({
    vcpu: sum.vcpu + next.vcpu,
    memoryMib: sum.memoryMib + next.memoryMib,
    pods: sum.pods + next.pods,
  }));
  const [cpu, memory] = [cpuQuantity(vcpu), memoryQuantity(memoryMib)];
  return {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: commonMetadata(context, 'total'),
    spec: {
      hard: {
        'requests.cpu': cpu,
        'requests.memory': memory,
        'limits.cpu': cpu,
        'limits.memory': memory,
        pods: String(pods),
        // The ingress is the only public entry point.
        'services.loadbalancers': '0',
        'services.nodeports': '0',
      },
    },
  } satisfies ResourceQuota;
}

type Size = Pick<ResolvedContainer, 'vcpu' | 'memoryMib'>;

function podsOf(container: Size, pods: number, others: readonly Size[] = []) {
  const sum = (field: keyof Size) => others.reduce((all, one) => all + one[field], container[field]);
  return { vcpu: pods * sum('vcpu'), memoryMib: pods * sum('memoryMib'), pods };
}

/** For containers without resources, which people start by hand and which the quota would refuse. */
const DEFAULT_RESOURCES = { cpu: cpuQuantity(0.25), memory: memoryQuantity(256) };

export function limitRange(context: WorkloadContext) {
  return {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: commonMetadata(context, 'defaults'),
    spec: { limits: [{ type: 'Container', default: DEFAULT_RESOURCES, defaultRequest: DEFAULT_RESOURCES }] },
  } satisfies LimitRange;
}
