/** One environment's stacks, in deploy order: wiring and nothing else. */
import type { App } from 'cdktf';
import type { ResolvedEnvironment, ResolvedTier } from '../config/resolved';
import { DataStack } from './data-stack';
import { DomainStack } from './domain-stack';
import { FargateStack } from './fargate-stack';
import { NetworkStack } from './network-stack';
import type { StackKind } from './handover';
import type { TerraceStackProps } from './terrace-stack';

/** Builds every stack of an environment under the app. */
export function addEnvironment(app: App, environment: ResolvedEnvironment): void {
  const { identity, protect, workloads } = environment;
  const network = new NetworkStack(app, { stack: stackProps(environment, 'network'), identity, network: environment.network });
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
  for (const tier of [environment.tier, environment.nextTier]) {
    if (tier !== undefined) addCompute(tier);
  }

  function addCompute(tier: ResolvedTier): void {
    switch (tier.kind) {
      case 'fargate':
        new FargateStack(app, {
          stack: stackProps(environment, `compute-${tier.kind}`, { tier: tier.kind }),
          identity,
          protect,
          tier,
          workloads,
          domain: environment.domain,
          data: environment.data,
          handovers: { network: network.handover, domain: domain?.handover, data: data.handover },
        });
        return;
      case 'box':
      case 'kubernetes':
        throw new Error(`the rules let the tier ${tier.kind} through, which has no stack`);
    }
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
