/** Wires rotated secrets to the services and workers that hold them. */
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
  /** Key of a service or worker to what runs it. */
  readonly running: ReadonlyMap<string, FargateService>;
}

/** Containers see a rotated secret only when they are started again. Nothing is made when nobody holds one. */
export function addRedeployment(scope: Construct, { context, clusterName, workloads, data, running }: RedeploymentProps): void {
  const holders = runningWorkloads(workloads).flatMap(({ key, name, variables }) => {
    const sources = rotatedSources({ variables }, data);
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
    accountId: context.accountId,
  });
}
