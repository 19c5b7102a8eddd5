/** What a rule is: a check across fields, with the sections it reads, so that it can run while other sections are broken. */
import type { ParsedEnvironment } from '../schema/environment';
import type { Problem } from '../problems/problem';

export type Section = keyof ParsedEnvironment;

/** Sections made of entries that people name. */
export type RecordSection =
  'buckets' | 'fileSystems' | 'queues' | 'secrets' | 'images' | 'services' | 'workers' | 'jobs' | 'builders' | 'frontends';

/** A finding of a rule. Refusals are problems; risks become problems unless acknowledged, warnings never do. */
export type Finding = Omit<Problem, 'rule'>;

/**
 * - `refusal`: cannot work; never silenced.
 * - `risk`: possible but dangerous or expensive; refused until `acknowledge: { '<id>': 'reason' }` accepts it.
 * - `warning`: worth knowing; printed, silenced by the same entry.
 */
export type Severity = 'refusal' | 'risk' | 'warning';

/** One rule. */
export interface Rule<K extends Section = Section, A extends RecordSection = RecordSection> {
  /** Short and stable: `acknowledge` refers to it. */
  readonly id: string;
  readonly severity: Severity;
  /** What it requires, in one sentence; printed in docs/rules.md. */
  readonly summary: string;
  /** Sections that must be valid for the rule to run. */
  readonly reads: readonly K[];
  /** Sections of which it sees the valid entries: an invalid entry does not keep it from running. Only records. */
  readonly also?: readonly A[];
  readonly check: (environment: Pick<ParsedEnvironment, K | A>) => readonly Finding[];
}

/** Types a rule by the sections it reads. */
export function defineRule<const K extends Section = never, const A extends RecordSection = never>(rule: Rule<K, A>): Rule {
  return rule;
}
