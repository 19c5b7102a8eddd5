/** One environment's stacks, in deploy order: wiring and nothing else. */
import type { App } from 'cdktf';
import type { ResolvedEnvironment, ResolvedTier } from '../config/resolved/environment';
import { DataStack } from './data-stack';
import { DomainStack } from './domain-stack';
import { EdgeStack, hasEdge } from './edge-stack';
import { NetworkStack } from './network-stack';
import { ObservabilityStack } from './observability-stack';
import type { EdgeHandover } from '../contracts/handovers';
import type { StackKind } from '../contracts/stack-kinds';
import type { Handover } from '../terraform/handover';
import { createTierStacks } from '../tiers/registry';
import type { ServingTier } from '../tiers/tier';
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
  const handovers = { network: network.handover, domain: domain?.handover, data: data.handover };
  const serving = addTier(environment.tier);
  const waiting = environment.nextTier && addTier(environment.nextTier);
  const edge = addEdge();
  addObservability();

  function addTier(tier: ResolvedTier): ServingTier {
    return createTierStacks({
      app,
      environment,
      tier,
      stackProps: (kind) => stackProps(environment, kind, { tier: tier.kind }),
      handovers,
    });
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
      workloads,
      data: environment.data,
      serving,
      handovers: { ...handovers, edge },
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
