/**
 * Which priorities the listener rules of previews have at the load balancer that they share with their environment. Pure.
 *
 * A rule with a lower number is matched first. Those of previews name hosts that no other rule names, so they only have to come
 * before the environment's routes without a host, which match every name.
 */

/** The environment's routes have priorities below the first, with a host, or from the last on, where those without one are. */
export const PREVIEW_PRIORITIES = { first: 10_000, afterLast: 40_000 } as const;

/** Rules of one preview. */
export const PREVIEW_RULES = 16;

/** So many previews with consecutive numbers have different priorities; AWS refuses a priority that is in use. */
export const PREVIEW_SLOTS = (PREVIEW_PRIORITIES.afterLast - PREVIEW_PRIORITIES.first) / PREVIEW_RULES;

/** The priority of a preview's first rule; the others follow it. */
export function firstPreviewPriority(number: number): number {
  return PREVIEW_PRIORITIES.first + (number % PREVIEW_SLOTS) * PREVIEW_RULES;
}

/** How many listener rules routes become at most: one for each host that a route without a host has to name. */
export function previewRuleCount(routes: readonly { readonly host?: string }[], names: number): number {
  return routes.reduce((count, { host }) => count + (host === undefined ? names : 1), 0);
}
