/** How many tasks are added when some are missing, as the steps of a step scaling policy. Pure. */

/** AWS's default quota of step adjustments in one policy (Application Auto Scaling quotas). */
export const MOST_STEPS = 20;

/** From `above` missing tasks (exclusive) to `upTo` (inclusive; `undefined` for no end), `tasks` are added. */
export interface BacklogStep {
  readonly above: number;
  readonly upTo?: number;
  readonly tasks: number;
}

/**
 * One step a task up to twenty tasks; beyond that twenty steps, each rounded up to its upper end.
 *
 *   max 3:   missing 1 -> add 1,  2 -> add 2,  3 and more -> add 3
 *
 * Application Auto Scaling never exceeds the maximum of the service.
 *
 * @param max the most tasks the service may have, at least 1
 */
export function backlogSteps(max: number): readonly BacklogStep[] {
  const count = Math.min(max, MOST_STEPS);
  const ends = Array.from({ length: count }, (_, index) => Math.ceil((max * (index + 1)) / count));
  return ends.map((tasks, index) => ({ above: ends[index - 1] ?? 0, upTo: index === count - 1 ? undefined : tasks, tasks }));
}
