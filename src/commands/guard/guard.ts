/** The verdict on a plan: what it would do that must not happen by accident. Pure; other tools call it too. */
import { allowanceFor, expired, type Allowance } from './allowances';
import type { Finding } from './finding';
import { losses, lossNotices } from './losses';
import { openingNotices, openings } from './openings';
import type { Action, Plan } from './plan';

export interface Verdict {
  /** What the plan is of; undefined when nobody says, and then nothing is allowed. */
  readonly stack?: string;
  /** Whether the plan may be applied. */
  readonly passed: boolean;
  readonly refused: readonly Finding[];
  readonly allowed: readonly AllowedFinding[];
  /** Allowances for this stack whose time is over, which fail it until they are gone from the file. */
  readonly expired: readonly Allowance[];
  /** Why the plan is not whole. */
  readonly incomplete?: string;
  /** What a reviewer should know and nobody needs to allow. */
  readonly notices: readonly string[];
  /** How many resources each action befalls; what is left alone or only read is not counted. */
  readonly counts: Readonly<Record<Exclude<Action, 'nothing' | 'read'> | 'move', number>>;
}

/** A harm with the reason why it may happen. */
export interface AllowedFinding {
  readonly finding: Finding;
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
  const judged = [...losses(plan), ...openings(plan)].map((finding) => ({
    finding,
    allowance: allowanceFor(finding, stack, allowances, today),
  }));
  const refused = judged.filter(({ allowance }) => allowance === undefined).map(({ finding }) => finding);
  const allowed = judged.flatMap(({ finding, allowance }) => (allowance === undefined ? [] : [{ finding, allowance }]));
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
