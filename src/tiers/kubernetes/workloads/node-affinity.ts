/** Whether pods stand on Spot nodes, by the label that EKS puts on nodes of managed groups. Pure. */

export interface NodeAffinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: { readonly nodeSelectorTerms: readonly NodeSelectorTerm[] };
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly {
    readonly weight: number;
    readonly preference: NodeSelectorTerm;
  }[];
}

export interface NodeSelectorTerm {
  readonly matchExpressions: readonly {
    readonly key: string;
    readonly operator: 'In' | 'NotIn';
    readonly values: readonly string[];
  }[];
}

/** `SPOT` or `ON_DEMAND`. Source: Amazon EKS user guide, managed node group capacity types. */
const CAPACITY_TYPE = 'eks.amazonaws.com/capacityType';

/**
 * Without a Spot share pods stay off Spot nodes; with one they prefer them, the more the greater the share, and still
 * start elsewhere when Spot is short.
 */
export function nodeAffinity(spotPercent: number): NodeAffinity {
  const term = (operator: 'In' | 'NotIn'): NodeSelectorTerm => ({
    matchExpressions: [{ key: CAPACITY_TYPE, operator, values: ['SPOT'] }],
  });
  if (spotPercent === 0) return { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term('NotIn')] } };
  const weight = Math.max(1, Math.round(spotPercent));
  return { preferredDuringSchedulingIgnoredDuringExecution: [{ weight, preference: term('In') }] };
}
