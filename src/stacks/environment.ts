/** One environment's stacks, in deploy order: wiring and nothing else. */
import type { App } from 'cdktf';
import { boundaryOf } from '../config';
import type { ResolvedDomain, ResolvedEnvironment, ResolvedTier } from '../config/resolved/environment';
import { ignoreChangesBySleep } from './changed-by-sleep';
import { DataStack } from './data-stack';
import { DomainStack } from './domain-stack';
import { EdgeStack, hasEdge } from './edge-stack';
import { environmentState } from '../terraform/environment-state';
import { extendStacks } from './extensions';
import { NetworkStack } from './network-stack';
import { ObservabilityStack } from './observability-stack';
import { readZone } from './shared-zone';
import { SleepStack } from './sleep-stack';
import type { DomainHandover, EdgeHandover } from '../contracts/handovers';
import type { StackKind } from '../contracts/stack-kinds';
import { NO_EXTENSIONS, type ReadExtensions } from '../extend/extensions';
import type { Handover, Published } from '../terraform/handover';
import { createTierStacks } from '../tiers/registry';
import type { ServingTier } from '../tiers/tier';
import type { TerraceStackProps } from '../terraform/terrace-stack';

/** Builds every stack of an environment under the app, with what its team adds. */
export function addEnvironment(app: App, environment: ResolvedEnvironment, extensions: ReadExtensions = NO_EXTENSIONS): void {
  const { identity, protect, workloads } = environment;
  const network = new NetworkStack(app, {
    stack: stackProps(environment, 'network'),
    identity,
    protect,
    network: environment.network,
  });
  const domain = environment.domain && addDomain(environment.domain);
  const data = new DataStack(app, {
    stack: stackProps(environment, 'data'),
    identity,
    protect,
    data: environment.data,
    network: network.handover,
    previewSecrets: environment.preview?.secrets,
  });
  const handovers = { network: network.handover, domain, data: data.handover };
  const serving = addTier(environment.tier);
  const waiting = environment.nextTier && addTier(environment.nextTier);
  const edge = addEdge();
  const observability = addObservability();
  addSleep();
  extendStacks(app, { environment, extensions, domain, stackProps: (kind) => stackProps(environment, kind) });

  /** Names in a shared zone have no stack here: the zone's stacks own what a domain stack would. */
  function addDomain(resolved: ResolvedDomain): Published<DomainHandover> {
    if (resolved.kind === 'shared') return readZone(resolved, identity.region, environment.backend);
    return new DomainStack(app, { stack: stackProps(environment, 'domain'), identity, protect, domain: resolved }).handover;
  }

  function addTier(tier: ResolvedTier): ServingTier {
    return createTierStacks({
      app,
      environment,
      tier,
      stackProps: (kind) => stackProps(environment, kind, { tier: tier.kind }),
      handovers,
    });
  }

  /** What visitors pass before they reach a tier, where there is anything. */
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
      handovers: { network: network.handover, domain, data: data.handover },
    });
    return handover;
  }

  /** Last: it monitors the tier that serves, and what all tiers share. */
  function addObservability(): ObservabilityStack | undefined {
    if (environment.observability === undefined) return undefined;
    return new ObservabilityStack(app, {
      stack: stackProps(environment, 'observability'),
      identity,
      observability: environment.observability,
      workloads,
      data: environment.data,
      serving,
      handovers: { ...handovers, edge },
      sleep: environment.sleep,
    });
  }

  /** After everything that it switches off. */
  function addSleep(): void {
    if (environment.sleep === undefined) return;
    const stack = new SleepStack(app, {
      stack: stackProps(environment, 'sleep'),
      identity,
      sleep: environment.sleep,
      data: environment.data,
      tiers: waiting === undefined ? [serving] : [serving, waiting],
      alarmNames: observability?.alarmNames ?? [],
      handovers: { data: data.handover, edge },
    });
    if (observability !== undefined) stack.addDependency(observability);
    ignoreChangesBySleep(app);
  }
}

/** The frame of one stack: id, state, region, account, tags. Only resources of a tier have its tag. */
function stackProps(
  environment: ResolvedEnvironment,
  kind: StackKind,
  tags: Readonly<Record<string, string>> = {},
): TerraceStackProps {
  const { identity, backend } = environment;
  return {
    state: environmentState(environment, kind),
    region: identity.region,
    account: identity.account,
    tags: { ...identity.tags, ...tags },
    permissionsBoundary: boundaryOf(backend, identity.environment),
  };
}
