/** One environment's stacks, in deploy order: wiring and nothing else. */
import type { App } from 'cdktf';
import type { ResolvedEnvironment, ResolvedTier } from '../config/resolved/environment';
import { BoxStack } from '../tiers/box/stack';
import { DataStack } from './data-stack';
import { DomainStack } from './domain-stack';
import { EdgeStack, hasEdge } from './edge-stack';
import { FargateStack } from '../tiers/fargate/stack';
import { KubernetesStack } from '../tiers/kubernetes/cluster-stack';
import { NetworkStack } from './network-stack';
import { ObservabilityStack } from './observability-stack';
import { PlatformStack } from '../tiers/kubernetes/platform-stack';
import { WorkloadsStack } from '../tiers/kubernetes/workloads-stack';
import type { EdgeHandover } from '../contracts/handovers';
import type { Handover, StackKind } from '../terraform/handover';
import type { ServingHandover } from '../tiers/serving-handover';
import type { TerraceStackProps } from '../terraform/terrace-stack';

/** Builds every stack of an environment under the app. */
export function addEnvironment(app: App, environment: ResolvedEnvironment): void {
  const { identity, protect, workloads } = environment;
  const network = new NetworkStack(app, {
    stack: stackProps(environment, 'network'),
    identity,
    protect,
    network: environment.network,
  });
  const domain =
    environment.domain &&
    new DomainStack(app, { stack: stackProps(environment, 'domain'), identity, protect, domain: environment.domain });
  const data = new DataStack(app, {
    stack: stackProps(environment, 'data'),
    identity,
    protect,
    data: environment.data,
    network: network.handover,
  });
  const serving = addCompute(environment.tier);
  const waiting = environment.nextTier && addCompute(environment.nextTier);
  const edge = addEdge();
  addObservability();

  function addCompute(tier: ResolvedTier): ServingHandover {
    switch (tier.kind) {
      case 'fargate': {
        const { handover } = new FargateStack(app, {
          stack: stackProps(environment, `compute-${tier.kind}`, { tier: tier.kind }),
          identity,
          protect,
          tier,
          workloads,
          domain: environment.domain,
          edge: environment.edge,
          data: environment.data,
          handovers: { network: network.handover, domain: domain?.handover, data: data.handover },
        });
        return { kind: tier.kind, compute: handover };
      }
      case 'box': {
        const { handover } = new BoxStack(app, {
          stack: stackProps(environment, `compute-${tier.kind}`, { tier: tier.kind }),
          identity,
          protect,
          tier,
          workloads,
          domain: environment.domain,
          data: environment.data,
          handovers: { network: network.handover, domain: domain?.handover, data: data.handover },
        });
        return { kind: tier.kind, compute: handover };
      }
      case 'kubernetes':
        return addKubernetes(tier);
    }
  }

  /** Three stacks: the providers of the second and third log in to the cluster of the first. */
  function addKubernetes(tier: Extract<ResolvedTier, { kind: 'kubernetes' }>): ServingHandover {
    const owned = { tier: tier.kind };
    const cluster = new KubernetesStack(app, {
      stack: stackProps(environment, `compute-${tier.kind}`, owned),
      identity,
      protect,
      tier,
      workloads,
      data: environment.data,
      edge: environment.edge,
      handovers: { network: network.handover, data: data.handover },
    });
    const platform = new PlatformStack(app, {
      stack: stackProps(environment, 'platform', owned),
      identity,
      tier,
      handovers: { network: network.handover, cluster: cluster.handover },
    });
    const { handover } = new WorkloadsStack(app, {
      stack: stackProps(environment, 'workloads', owned),
      identity,
      protect,
      tier,
      workloads,
      network: environment.network,
      domain: environment.domain,
      data: environment.data,
      edge: environment.edge,
      handovers: {
        network: network.handover,
        domain: domain?.handover,
        data: data.handover,
        cluster: cluster.handover,
        platform: platform.handover,
      },
    });
    return { kind: tier.kind, compute: cluster.handover, workloads: handover };
  }

  /** What stands before the tiers, where there is anything. */
  function addEdge(): Handover<EdgeHandover> | undefined {
    if (environment.domain === undefined || domain === undefined || !hasEdge(environment)) return undefined;
    const { handover } = new EdgeStack(app, {
      stack: stackProps(environment, 'edge'),
      identity,
      protect,
      domain: environment.domain,
      edge: environment.edge,
      data: environment.data,
      serving: waiting === undefined ? [serving] : [serving, waiting],
      handovers: { network: network.handover, domain: domain.handover, data: data.handover },
    });
    return handover;
  }

  /** Last: it watches the tier that serves, and what every tier stands on. */
  function addObservability(): void {
    if (environment.observability === undefined) return;
    new ObservabilityStack(app, {
      stack: stackProps(environment, 'observability'),
      identity,
      observability: environment.observability,
      tier: environment.tier,
      workloads,
      domain: environment.domain,
      data: environment.data,
      handovers: { network: network.handover, domain: domain?.handover, data: data.handover, serving, edge },
    });
  }
}

/** The frame of one stack: id, state, region, account, tags. The tier stands only on what a tier owns. */
function stackProps(
  { identity, backend }: ResolvedEnvironment,
  kind: StackKind,
  tags: Readonly<Record<string, string>> = {},
): TerraceStackProps {
  return {
    state: {
      backend,
      stackId: `${identity.environment}-${kind}`,
      stateKey: `${identity.shortName}/${kind}/terraform.tfstate`,
    },
    region: identity.region,
    account: identity.account,
    tags: { ...identity.tags, ...tags },
  };
}
