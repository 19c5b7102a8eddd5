/** What the guard refuses. */

/** The kinds of harm; an allowance names one of them. */
export const HARMS = ['delete', 'replace', 'open'] as const;

export type Harm = (typeof HARMS)[number];

/** One harmful change of a plan. Holds no value out of the plan, which may be secret. */
export interface HarmfulChange {
  readonly address: string;
  readonly harm: Harm;
  /** What is lost, or who gets access. */
  readonly why: string;
  /** What to do instead, where there is an alternative. */
  readonly instead?: string;
}
