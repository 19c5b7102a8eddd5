/** What the state of a run means. Pure. Source: HCP Terraform API documentation, "Runs", "Run states". */
import { z } from 'zod';

export const runSchema = z.object({
  id: z.string(),
  attributes: z.object({
    status: z.string(),
    actions: z
      .object({
        'is-cancelable': z.boolean().default(false),
        'is-confirmable': z.boolean().default(false),
        'is-discardable': z.boolean().default(false),
      })
      .prefault({}),
    permissions: z.object({ 'can-apply': z.boolean().optional() }).nullish(),
  }),
  relationships: z
    .looseObject({
      plan: z.object({ data: z.object({ id: z.string() }).nullish() }).optional(),
      apply: z.object({ data: z.object({ id: z.string() }).nullish() }).optional(),
      'configuration-version': z.object({ data: z.object({ id: z.string() }).nullish() }).optional(),
    })
    .default({}),
});

export type Run = z.output<typeof runSchema>;

/**
 * - `moving`: it changes without anyone's doing. `planned`, `cost_estimated` and `policy_checked` are among these where cost
 *   estimation, policy checks or run tasks follow; only `is-confirmable` says that nothing follows.
 * - `confirmable`: it waits for a confirmation.
 * - `overridable`: a policy has soft-failed; a person may override it.
 * - `planned`: it is over, and there is nothing to apply.
 */
export type RunPhase = 'moving' | 'confirmable' | 'overridable' | 'planned' | 'applied' | 'ended';

/** A run that only plans ends with `policy_soft_failed` where another one waits for an override. */
const ENDED = new Set(['errored', 'discarded', 'canceled', 'force_canceled', 'policy_soft_failed']);

const OVERRIDABLE = new Set(['policy_override', 'post_plan_awaiting_decision', 'pre_apply_awaiting_decision']);

export function phaseOf({ attributes: { status, actions } }: Run): RunPhase {
  if (status === 'applied') return 'applied';
  if (status === 'planned_and_finished') return 'planned';
  if (ENDED.has(status)) return 'ended';
  if (OVERRIDABLE.has(status)) return 'overridable';
  return actions['is-confirmable'] ? 'confirmable' : 'moving';
}

const APPLYING = new Set(['confirmed', 'pre_apply_running', 'pre_apply_completed', 'apply_queued', 'applying']);

/** Whether it was confirmed and is not over. */
export const isApplying = ({ attributes: { status } }: Run): boolean => APPLYING.has(status);

/** Whether it cannot change any more. */
export const isOver = (run: Run): boolean => ['planned', 'applied', 'ended'].includes(phaseOf(run));
