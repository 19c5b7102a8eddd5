/** Connects rotated secrets to the services and workers that use them. */
import type { Construct } from 'constructs';
import { runningWorkloads } from '../../config/calculations/workloads';
import type { ResolvedData, ResolvedWorkloads } from '../../config/resolved/environment';
import { rotatedSources } from '../../modules/containers/rotation';
import { secretArn } from '../../modules/containers/variable-values';
import { SecretRedeployment } from './secret-redeployment';
import type { FargateService } from './service';
import type { TaskContext } from './task';

export interface RedeploymentProps {
  readonly context: TaskContext;
  readonly clusterName: string;
  readonly workloads: Pick<ResolvedWorkloads, 'services' | 'workers'>;
  readonly data: Pick<ResolvedData, 'database' | 'secrets'>;
  /** The ECS service of each service and worker, by key. */
  readonly running: ReadonlyMap<string, FargateService>;
}

/**
 * Containers see a rotated secret only when they are started again. Creates nothing when no container uses one.
 *
 * Workers that take messages from a queue are redeployed as well: with the old password they would fail on every message. ECS
 * leaves tasks that protect themselves running until they are done, so such a worker drains; others get `SIGTERM` and their
 * `stopTimeoutSeconds`. Source: ECS developer guide, "Protect your tasks from being terminated by scale-in events".
 */
export function addRedeployment(scope: Construct, { context, clusterName, workloads, data, running }: RedeploymentProps): void {
  const holders = runningWorkloads(workloads).flatMap((workload) => {
    const { key, name } = workload;
    const sources = rotatedSources(workload, data);
    const service = running.get(key);
    return service === undefined || sources.length === 0 ? [] : [{ name, arn: service.arn, sources }];
  });
  if (holders.length === 0) return;
  const secretArns = holders.flatMap(({ sources }) => sources.map((source) => secretArn(source, context.handover)));
  new SecretRedeployment(scope, 'rotation', {
    environment: context.environment,
    clusterName,
    services: holders.map(({ name, arn }) => ({ name, arn })),
    secretArns: [...new Set(secretArns)],
    region: context.region,
    accountId: context.accountId,
  });
}
