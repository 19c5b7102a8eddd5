/** What a rule is: a check across fields, with the sections it reads, so that it can run while other sections are broken. */
import type { AcknowledgeableRule } from '../schema/acknowledgements';
import type { ParsedEnvironment } from '../schema/environment';
import type { Problem } from '../problems/problem';

export type Section = keyof ParsedEnvironment;

/** Sections made of entries that people name. */
export type RecordSection =
  'buckets' | 'fileSystems' | 'queues' | 'secrets' | 'images' | 'services' | 'workers' | 'jobs' | 'builders' | 'frontends';

/** A finding of a rule. Refusals are problems; risks become problems unless acknowledged, warnings never do. */
export interface Finding extends Omit<Problem, 'rule' | 'accept'> {
  /**
   * What an acknowledgement names, where accepting any value at the path would accept too much. @default the path
   * @example 'box.sshCidrs[0] = 0.0.0.0/0'
   */
  readonly subject?: string;
}

/**
 * - `refusal`: cannot work; never silenced.
 * - `risk`: possible but dangerous or expensive; refused until `acknowledge: { '<id>': { '<path>': '<reason>' } }` accepts it.
 * - `warning`: worth knowing; printed, silenced by the same entry.
 */
export type Severity = 'refusal' | 'risk' | 'warning';

/** One rule. */
export type Rule<K extends Section = Section, A extends RecordSection = RecordSection> = Identity & {
  /** What it requires, in one sentence; printed in docs/rules.md. */
  readonly summary: string;
  /** Sections that must be valid for the rule to run. */
  readonly reads: readonly K[];
  /** Sections of which it sees the valid entries: an invalid entry does not keep it from running. Only records. */
  readonly also?: readonly A[];
  readonly check: (environment: Pick<ParsedEnvironment, K | A>) => readonly Finding[];
};

/** The id is short and stable: `acknowledge` refers to it. */
type Identity =
  | { readonly id: string; readonly severity: 'refusal' }
  | { readonly id: AcknowledgeableRule; readonly severity: 'risk' | 'warning' };

/** Types a rule by the sections it reads. */
export function defineRule<const K extends Section = never, const A extends RecordSection = never>(rule: Rule<K, A>): Rule {
  return rule;
}
