/** The stacks of cluster and platform as JSON. */
import { parseEnvironment, type EnvironmentInput } from '../../src/config';
import { KubernetesStack } from '../../src/tiers/kubernetes/cluster-stack';
import { PlatformStack } from '../../src/tiers/kubernetes/platform-stack';
import { example } from './example';
import { addProducers, stackProps } from './handovers';
import { synthApp, type RootModule } from './synth';

export interface KubernetesStacks {
  readonly cluster: RootModule;
  readonly platform: RootModule;
}

/** A worker that scales on a queue, which needs KEDA. */
export const queueWorker = {
  queues: { mail: {} },
  workers: { mail: { image: 'api', vcpu: 0.25, memoryMib: 512, replicas: { min: 0, max: 3 }, scaling: { queue: 'mail' } } },
} satisfies Partial<EnvironmentInput>;

const synthesised = new Map<string, KubernetesStacks>();

/** The stacks of the example with changes; each description is synthesised once. */
export function kubernetesStacks(changes: Partial<EnvironmentInput> = {}): KubernetesStacks {
  const key = JSON.stringify(changes, (_name, value: unknown) => (value === undefined ? null : value));
  const stacks = synthesised.get(key) ?? synthKubernetes(changes);
  synthesised.set(key, stacks);
  return stacks;
}

/** The same, synthesised now. */
export function synthKubernetes(changes: Partial<EnvironmentInput> = {}): KubernetesStacks {
  const environment = parseEnvironment(example({ tier: 'kubernetes', ...changes }));
  const { identity, protect, workloads, data, tier, edge, observability } = environment;
  if (tier.kind !== 'kubernetes') throw new Error(`${identity.environment} runs on ${tier.kind}`);
  const stacks = synthApp((app) => {
    const handovers = addProducers(app, environment);
    const stack = stackProps(environment, 'compute-kubernetes');
    const { handover } = new KubernetesStack(app, {
      stack,
      identity,
      protect,
      tier,
      workloads,
      data,
      edge,
      observability,
      handovers,
    });
    new PlatformStack(app, {
      stack: stackProps(environment, 'platform'),
      identity,
      tier,
      handovers: { network: handovers.network, cluster: handover },
    });
  });
  const stack = (kind: string) => stacks[`${identity.environment}-${kind}`] as RootModule;
  return { cluster: stack('compute-kubernetes'), platform: stack('platform') };
}

/** The values of a stack's outputs. */
export function outputsOf(module: RootModule): Record<string, any> {
  return Object.fromEntries(Object.entries(module.output ?? {}).map(([name, { value }]) => [name, value]));
}
