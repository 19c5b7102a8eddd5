/** The most that the namespace may take of the cluster, and what a container gets that asks for nothing. Pure. */
import type { ResolvedContainer, ResolvedWorkloads } from '../../../config/resolved/environment';
import type { WorkloadContext } from './context';
import { commonMetadata, type Manifest } from './manifest';
import { POOLER_SIZE } from './pooler';
import { cpuQuantity, memoryQuantity } from './quantity';

export interface ResourceQuotaManifest extends Manifest<'v1', 'ResourceQuota'> {
  readonly spec: { readonly hard: Readonly<Record<string, string>> };
}

export interface LimitRangeManifest extends Manifest<'v1', 'LimitRange'> {
  readonly spec: { readonly limits: readonly LimitRangeItem[] };
}

export interface LimitRangeItem {
  readonly type: 'Container';
  readonly default: Readonly<Record<string, string>>;
  readonly defaultRequest: Readonly<Record<string, string>>;
}

/** What a container gets that a person starts by hand without saying. */
const BY_HAND = { cpu: cpuQuantity(0.25), memory: memoryQuantity(256) };

/** Room for containers that people start by hand, to look around. */
const SPARE = { vcpu: 1, memoryMib: 1024, pods: 4 };

/** Runs of one job that may be there at once: a scheduled one and one by hand. */
const RUNS_OF_A_JOB = 2;

interface QuotaShare {
  readonly vcpu: number;
  readonly memoryMib: number;
  readonly pods: number;
}

/** Twice what runs at most, because a release may have old and new pods side by side, and every job twice. */
export function resourceQuota(context: WorkloadContext, { services, workers, jobs }: ResolvedWorkloads): ResourceQuotaManifest {
  const running = [...services, ...workers].map((workload) =>
    share(workload, 2 * workload.replicas.max, workload.pooler !== undefined),
  );
  const { vcpu, memoryMib, pods } = [SPARE, ...running, ...jobs.map((job) => share(job, RUNS_OF_A_JOB, false))].reduce(sum);
  const cpu = cpuQuantity(vcpu);
  const memory = memoryQuantity(memoryMib);
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
        // The only door is the ingress.
        'services.loadbalancers': '0',
        'services.nodeports': '0',
      },
    },
  };
}

function share({ vcpu, memoryMib }: ResolvedContainer, pods: number, pooled: boolean): QuotaShare {
  const extra = pooled ? POOLER_SIZE : { vcpu: 0, memoryMib: 0 };
  return { vcpu: pods * (vcpu + extra.vcpu), memoryMib: pods * (memoryMib + extra.memoryMib), pods };
}

function sum(left: QuotaShare, right: QuotaShare): QuotaShare {
  return { vcpu: left.vcpu + right.vcpu, memoryMib: left.memoryMib + right.memoryMib, pods: left.pods + right.pods };
}

/** Without it, the quota would refuse every container that says nothing of its size. */
export function limitRange(context: WorkloadContext): LimitRangeManifest {
  return {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: commonMetadata(context, 'defaults'),
    spec: { limits: [{ type: 'Container', default: BY_HAND, defaultRequest: BY_HAND }] },
  };
}
