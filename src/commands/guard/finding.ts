/** What the guard has against a plan. */

/** The kinds of harm; an allowance names one of them. */
export const HARMS = ['delete', 'replace', 'open'] as const;

export type Harm = (typeof HARMS)[number];

/** One harm that a plan does. Told without any value out of the plan, which may be secret. */
export interface Finding {
  readonly address: string;
  readonly harm: Harm;
  /** What is lost, or who gets in. */
  readonly why: string;
  /** What to do instead, where there is something. */
  readonly instead?: string;
}
