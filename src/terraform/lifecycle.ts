/** Terraform lifecycle: what is kept, and what follows the replacement of something else. */
import type { TerraformResource } from 'cdktf';

/** `prevent_destroy` on stateful resources of a protected environment; nothing otherwise. */
export function keepWhenProtected(protect: boolean): { readonly preventDestroy: true } | undefined {
  return protect ? { preventDestroy: true } : undefined;
}

/**
 * An entry of `replace_triggered_by`: whoever lists it is replaced together with the resource, and not when that one is
 * only changed, because an id changes only then. Written bare, as Terraform reads the list; cdktf would write `${...}`.
 */
export function replacementOf(resource: TerraformResource): string {
  return `${resource.terraformResourceType}.${resource.friendlyUniqueId}.id`;
}
