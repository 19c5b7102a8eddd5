/** Plans as `terraform show -json` writes them, as small as a test needs. */

/** One entry of `resource_changes`. */
export function resourceChange(
  address: string,
  actions: readonly string[],
  { after = {}, before = {}, ...more }: Readonly<Record<string, unknown>> = {},
): object {
  const type = address.replace(/^data\./, '').split('.')[0];
  return { address, mode: 'managed', type, change: { actions, before, after, after_unknown: {} }, ...more };
}

/** A whole plan. */
export function planJson(changes: readonly object[], more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ format_version: '1.2', resource_changes: changes, ...more });
}
