/** The verdict on a plan. Pure. */
import { allowanceFor, expired, type Allowance } from './allowances';
import type { HarmfulChange } from './harm';
import { losses, lossNotices } from './losses';
import { notices } from './notices';
import { openingNotices, openings } from './openings';
import type { Action, Plan } from './plan';
import { showsProtection } from './protection';
import { weakenings } from './weakenings';

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
  /** Accounts whose principals are no strangers, apart from the one that the plan shows. */
  readonly accounts?: readonly string[];
  /**
   * Whether weakenings are refused. False only for an environment without `protect`; a plan that shows protection before its
   * changes is refused all the same.
   * @default true
   */
  readonly isProtected?: boolean;
}

/** Judges one plan. */
export function judge(plan: Plan, { allowances, today, stack, accounts = [], isProtected = true }: JudgeOptions): Verdict {
  const circumstances = { accounts: [...plan.accounts, ...accounts], stack };
  const weak = weakenings(plan, circumstances);
  const isRefused = (severity: string): boolean => severity === 'refused' && (isProtected || showsProtection(plan));
  const harmful = weak.filter(({ severity }) => isRefused(severity)).map(({ severity: _, ...change }) => change);
  const judged = [...losses(plan), ...openings(plan, circumstances), ...harmful].map((change) => ({
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
    notices: [
      ...new Set([
        ...lossNotices(plan),
        ...openingNotices(plan),
        ...weak.filter(({ severity }) => !isRefused(severity)).map(({ address, why }) => `${address}: ${why}`),
        ...notices(plan, circumstances),
      ]),
    ],
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
