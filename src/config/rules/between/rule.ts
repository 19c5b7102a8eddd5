/** A rule between environments: what no environment file shows alone. Never acknowledged, because another file disagrees. */
import type { Problem } from '../../problems/problem';
import type { ResolvedEnvironment } from '../../resolved/environment';

/** A data volume as it was last recorded. */
export interface RecordedVolume {
  readonly sizeGb: number;
  readonly zone: string;
}

/** Environment name to its volume. */
export type RecordedVolumes = Readonly<Record<string, RecordedVolume>>;

/** Everything that the rules compare. */
export interface EnvironmentSet {
  readonly environments: readonly ResolvedEnvironment[];
  readonly recordedVolumes: RecordedVolumes;
  /** Whether further environments are missing here because their files were refused. @default false */
  readonly incomplete?: boolean;
}

/** A problem in the file of one environment. */
export type SetFinding = Omit<Problem, 'rule'> & {
  /** The environment that is refused. */
  readonly environment: string;
};

export interface BetweenRule {
  /** Short and stable. */
  readonly id: string;
  /** What it guards, in one sentence; printed in docs/rules.md. */
  readonly summary: string;
  readonly check: (set: EnvironmentSet) => readonly SetFinding[];
}
