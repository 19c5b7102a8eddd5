/** The verdict on a plan. Pure. */
import { allowanceFor, expired, type Allowance } from './allowances';
import type { HarmfulChange } from './harm';
import { losses, lossNotices } from './losses';
import { openingNotices, openings } from './openings';
import type { Action, Plan } from './plan';

export interface Verdict {
  /** The stack that the plan is for; nothing is allowed when it is unknown. */
  readonly stack?: string;
  /** Whether the plan may be applied. */
  readonly passed: boolean;
  readonly refused: readonly HarmfulChange[];
  readonly allowed: readonly AllowedChange[];
  /** Expired allowances for this stack, which fail it until they are removed from the file. */
  readonly expired: readonly Allowance[];
  /** Why the plan is incomplete. */
  readonly incomplete?: string;
  /** For the reviewer; they need no allowance. */
  readonly notices: readonly string[];
  /** Resources by action; unchanged and read ones are not counted. */
  readonly counts: Readonly<Record<Exclude<Action, 'no-op' | 'read'> | 'move', number>>;
}

export interface AllowedChange extends HarmfulChange {
  readonly allowance: Allowance;
}

export interface JudgeOptions {
  /** Of every stack. */
  readonly allowances: readonly Allowance[];
  /** `YYYY-MM-DD`, UTC. */
  readonly today: string;
  /** The stack's id. */
  readonly stack?: string;
}

/** Judges one plan. */
export function judge(plan: Plan, { allowances, today, stack }: JudgeOptions): Verdict {
  const judged = [...losses(plan), ...openings(plan)].map((change) => ({
    change,
    allowance: allowanceFor(change, stack, allowances, today),
  }));
  const refused = judged.filter(({ allowance }) => allowance === undefined).map(({ change }) => change);
  const allowed = judged.flatMap(({ change, allowance }) => (allowance === undefined ? [] : [{ ...change, allowance }]));
  const over = expired(allowances, today).filter((allowance) => stack === undefined || allowance.stack === stack);
  return {
    stack,
    passed: refused.length === 0 && over.length === 0 && plan.incomplete === undefined,
    refused,
    allowed,
    expired: over,
    incomplete: plan.incomplete,
    notices: [...lossNotices(plan), ...openingNotices(plan)],
    counts: count(plan),
  };
}

function count({ changes }: Plan): Verdict['counts'] {
  const of = (action: Action): number => changes.filter((change) => change.action === action).length;
  return {
    create: of('create'),
    update: of('update'),
    replace: of('replace'),
    delete: of('delete'),
    forget: of('forget'),
    move: changes.filter(({ previousAddress }) => previousAddress !== undefined).length,
  };
}
