/** Rules about names in the cluster: none is taken before Terrace creates it. */
import { CONTAINER_SECTIONS, containersOf, hasTier } from '../../rules/located';
import { findingIf } from '../../rules/finding';
import { defineRule, type Rule } from '../../rules/rule';
import { DEFAULT_SERVICE_ACCOUNT, TAKEN_NAMESPACES } from '../../tables/kubernetes-namespaces';

const namespaceFree = defineRule({
  id: 'kubernetes-namespace',
  severity: 'refusal',
  summary: 'The namespace of the workloads is none that Kubernetes, EKS or the platform create.',
  reads: ['tier', 'nextTier', 'system', 'kubernetes'],
  check: ({ tier, nextTier, system, kubernetes }) => {
    const namespace = kubernetes.namespace ?? system;
    return findingIf(
      hasTier({ tier, nextTier }, 'kubernetes') && (TAKEN_NAMESPACES.includes(namespace) || namespace.startsWith('kube-')),
      'kubernetes.namespace',
      namespace,
      `any name but ${TAKEN_NAMESPACES.join(', ')}, and none that begins with "kube-"`,
      'rename it: the namespace is there already, and cannot be created again',
    );
  },
});

const accountFree = defineRule({
  id: 'kubernetes-service-account',
  severity: 'refusal',
  summary: 'No container has the name of the service account that Kubernetes creates in every namespace.',
  reads: ['tier', 'nextTier'],
  also: CONTAINER_SECTIONS,
  check: ({ tier, nextTier, ...workloads }) =>
    hasTier({ tier, nextTier }, 'kubernetes')
      ? containersOf(workloads).flatMap(({ key, path }) =>
          findingIf(
            key === DEFAULT_SERVICE_ACCOUNT,
            path,
            key,
            `any name but "${DEFAULT_SERVICE_ACCOUNT}" with tier kubernetes`,
            'rename it: the service account of this name is there already',
          ),
        )
      : [],
});

export const CLUSTER_NAME_RULES: readonly Rule[] = [namespaceFree, accountFree];
