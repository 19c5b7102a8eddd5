/** What a tier hands on, told apart by the tier: edge points names at it, observability watches it. */
import type { BoxHandover, FargateHandover, KubernetesHandover, WorkloadsHandover } from './contracts';
import type { Handover } from './handover';

export type ServingHandover =
  | { readonly kind: 'box'; readonly compute: Handover<BoxHandover> }
  | { readonly kind: 'fargate'; readonly compute: Handover<FargateHandover> }
  | {
      readonly kind: 'kubernetes';
      readonly compute: Handover<KubernetesHandover>;
      readonly workloads: Handover<WorkloadsHandover>;
    };
