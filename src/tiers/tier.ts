/** What it takes to build one tier. The half that the configuration knows is `TierPolicy` in src/config/tiers. */
import type { App } from 'cdktf';
import type { ResolvedEnvironment } from '../config/resolved/environment';
import type { ResolvedTier } from '../config/tiers/registry';
import type { TierKind } from '../config/schema/tiers';
import type { ResolvedPreview } from '../config/resolved/preview';
import type { DataHandover, DomainHandover, LoadBalancerHandover, NetworkHandover } from '../contracts/handovers';
import type { Destination } from '../modules/dns/dns-provider';
import type { OriginBalancer } from '../modules/edge/vpc-origin';
import type { MonitoredResources } from '../modules/observability/monitored-resources';
import type { SleepingCompute } from '../modules/sleep/sleeping-resources';
import type { StackKind } from '../contracts/stack-kinds';
import type { StateLocation } from '../terraform/backends';
import type { Handover, Published } from '../terraform/handover';
import type { TerraceStack, TerraceStackProps } from '../terraform/terrace-stack';

/** What a tier is built from. */
export interface TierContext<K extends TierKind = TierKind> {
  readonly app: App;
  readonly environment: ResolvedEnvironment;
  /** The tier's own settings: `environment.tier`, or `environment.nextTier` while it waits. */
  readonly tier: Extract<ResolvedTier, { readonly kind: K }>;
  /** The frame of a stack of this tier: id, state, region, account, and tags that name the tier. */
  readonly stackProps: (kind: StackKind) => TerraceStackProps;
  /** What the stacks below every tier publish. */
  readonly handovers: {
    readonly network: Handover<NetworkHandover>;
    readonly domain?: Published<DomainHandover>;
    readonly data: Handover<DataHandover>;
  };
}

/** What observability monitors of a tier. */
export type MonitoredCompute = Pick<MonitoredResources, 'balancer' | 'fargate' | 'host' | 'cluster' | 'firewalls'>;

/** A tier whose stacks are built: what later stacks may ask of it. Asking makes the later stack deploy after the tier. */
export interface ServingTier {
  readonly kind: TierKind;
  /** What the edge stack points names at; undefined where nothing is reachable from outside. */
  readonly destination: (edge: TerraceStack) => Destination | undefined;
  /**
   * The load balancer that CloudFront connects to inside the VPC; undefined without one. The edge stack calls either this or
   * `destination`.
   */
  readonly balancer?: (edge: TerraceStack) => OriginBalancer | undefined;
  /** What the observability stack monitors. */
  readonly monitored: (observability: TerraceStack) => MonitoredCompute;
  /** What the stack of sleep switches off. Called only in an environment that sleeps. */
  readonly sleeping: (sleep: TerraceStack) => SleepingCompute;
}

/** What the containers of a preview are built from. */
export interface PreviewContext {
  readonly stack: TerraceStack;
  readonly preview: ResolvedPreview;
  /** Where the states of the environment are. */
  readonly parentState: (kind: StackKind) => StateLocation;
  /** The network of the environment, with the security group of the preview's own cache. */
  readonly network: NetworkHandover;
  /** What the containers see; without the login of the master. */
  readonly handover: DataHandover;
  /** The login that creates the database of the preview, and the key that encrypts it. */
  readonly master?: { readonly secretArn?: string; readonly keyArn?: string };
  /** For the names of the preview. */
  readonly certificateArn: string;
}

/** What the names of a preview lead to. */
export interface PreviewCompute {
  readonly loadBalancer: LoadBalancerHandover;
}

/** One way to run the containers of an environment. */
export interface Tier<K extends TierKind = TierKind> {
  /** Builds every stack of the tier, in deploy order. */
  readonly createStacks: (context: TierContext<K>) => ServingTier;
  /** Adds the containers of a preview to its stack. @default the tier has no previews, and the rule `preview-possible` refuses them */
  readonly createPreview?: (context: PreviewContext) => PreviewCompute;
}
