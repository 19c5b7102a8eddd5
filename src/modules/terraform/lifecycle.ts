/** Terraform lifecycle of what holds data. */

/** `prevent_destroy` on stateful resources of a protected environment; nothing otherwise. */
export function keepWhenProtected(protect: boolean): { readonly preventDestroy: true } | undefined {
  return protect ? { preventDestroy: true } : undefined;
}
