/** What the values of charts are made from. Pure: some are Terraform references. */
import type { ResolvedKubernetes } from '../../../config/tiers/kubernetes/resolved';

export interface PlatformContext {
  readonly clusterName: string;
  readonly region: string;
  readonly vpcId: string;
  /** The namespace of services, workers and jobs. */
  readonly namespace: string;
  /** Where the logs of everything else go. */
  readonly platformLogGroupName: string;
  readonly prometheus: ResolvedKubernetes['prometheus'];
}

/** What containers of a controller ask for; memory is also their limit, CPU has none: slow is better than throttled. */
export function asks(cpu: string, memory: string) {
  return { requests: { cpu, memory }, limits: { memory } } as const;
}
