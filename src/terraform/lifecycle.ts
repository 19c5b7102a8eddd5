/** Arguments of Terraform's `lifecycle`. */
import type { TerraformResource } from 'cdktf';

/** `prevent_destroy` on stateful resources of a protected environment; nothing otherwise. */
export function keepWhenProtected(protect: boolean): { readonly preventDestroy: true } | undefined {
  return protect ? { preventDestroy: true } : undefined;
}

/**
 * An entry of `replace_triggered_by`: the id of a resource, which changes only when the resource is replaced. Terraform requires
 * a bare reference here, where cdktf would write `${...}`.
 */
export function replacementOf(resource: TerraformResource): string {
  return `${resource.terraformResourceType}.${resource.friendlyUniqueId}.id`;
}
