/** What a tier hands on, told apart by the tier: edge points names at it, observability watches it. */
import type { BoxHandover, FargateHandover, KubernetesHandover, WorkloadsHandover } from '../contracts/handovers';
import type { Handover } from '../terraform/handover';

export type ServingHandover =
  | { readonly kind: 'box'; readonly compute: Handover<BoxHandover> }
  | { readonly kind: 'fargate'; readonly compute: Handover<FargateHandover> }
  | {
      readonly kind: 'kubernetes';
      readonly compute: Handover<KubernetesHandover>;
      readonly workloads: Handover<WorkloadsHandover>;
    };
