/** What the guard refuses. */

/** The kinds of harm; an allowance names one of them. `delete` and `replace` lose something, `open` opens, `weaken` weakens. */
export const HARMS = ['delete', 'replace', 'open', 'weaken'] as const;

export type Harm = (typeof HARMS)[number];

/** One harmful change of a plan. Holds no value out of the plan, which may be secret. */
export interface HarmfulChange {
  readonly address: string;
  readonly harm: Harm;
  /** What is lost, who gets access, or what protects no longer. */
  readonly why: string;
  /** What to do instead, where there is an alternative. */
  readonly instead?: string;
}

/** What the plan is judged against, apart from its own content. */
export interface Circumstances {
  /** Accounts whose principals are no strangers: that of the plan, and those that are trusted. */
  readonly accounts: readonly string[];
  /** The stack's id. */
  readonly stack?: string;
}
