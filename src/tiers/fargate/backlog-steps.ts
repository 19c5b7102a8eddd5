/** How many tasks a backlog asks for, as the steps of a step scaling policy. Pure. */

/** AWS's default quota of step adjustments in one policy (Application Auto Scaling quotas). */
export const MOST_STEPS = 20;

/** From `above` wanted tasks (exclusive) to `upTo` (inclusive; `undefined` for no end) the service runs `tasks`. */
export interface BacklogStep {
  readonly above: number;
  readonly upTo?: number;
  readonly tasks: number;
}

/**
 * One step a task up to twenty tasks; beyond that twenty steps, each rounded up to its upper end.
 *
 *   max 3:   wanted 1 -> 1 task,  2 -> 2 tasks,  3 and more -> 3 tasks
 *
 * @param max the most tasks the service may have, at least 1
 */
export function backlogSteps(max: number): readonly BacklogStep[] {
  const count = Math.min(max, MOST_STEPS);
  const ends = Array.from({ length: count }, (_, index) => Math.ceil((max * (index + 1)) / count));
  return ends.map((tasks, index) => ({ above: ends[index - 1] ?? 0, upTo: index === count - 1 ? undefined : tasks, tasks }));
}
