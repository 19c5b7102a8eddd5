/** What the configuration knows of a tier: the pure half. The half that builds it is `Tier` in src/tiers/tier.ts. */
import type { ParsedEnvironment } from '../schema/environment';
import type { TierKind } from '../schema/tiers';
import type { Rule } from '../rules/rule';

type Service = ParsedEnvironment['services'][string];
type Worker = ParsedEnvironment['workers'][string];
type Job = ParsedEnvironment['jobs'][string];

/** A setting of containers that has no effect on a tier. */
export type IgnoredSetting = IgnoredText & (IgnoredOfRunning | IgnoredOfAll);

interface IgnoredOfRunning {
  readonly appliesTo: readonly ('services' | 'workers')[];
  /** The value, when the container asks for what the tier does not do; undefined when it does not ask. */
  readonly requested: (container: Service | Worker) => unknown;
}

/** A setting that jobs have too. */
interface IgnoredOfAll {
  readonly requestedByAny: (container: Service | Worker | Job) => unknown;
}

interface IgnoredText {
  /** Path below the container, such as `scaling` or `replicas.max`. */
  readonly field: string;
  /** What the tier does instead. */
  readonly instead: string;
  /** How to write it so that the description says what happens. */
  readonly fix: string;
}

/** Whether a tier has previews. */
export type TierPreviews =
  | { readonly possible: true }
  | {
      readonly possible: false;
      /** What a preview would share there that it must not. */
      readonly because: string;
    };

/** Everything the configuration needs of one tier. */
export interface TierPolicy<K extends TierKind = TierKind> {
  /** Rules about environments on this tier. */
  readonly rules: readonly Rule[];
  /** Settings that other tiers honour and this one does not: refused until acknowledged, never dropped in silence. */
  readonly ignores: readonly IgnoredSetting[];
  /** Whether environments on it can have previews, or why not. @default they cannot */
  readonly previews?: TierPreviews;
  /** The tier with every default filled. Runs after the rules have passed. */
  readonly resolve: (parsed: ParsedEnvironment) => { readonly kind: K };
}
