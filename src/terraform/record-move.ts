/**
 * Renames without loss: tells Terraform that what stood at one address now stands at another.
 *
 * cdktf's own `moveFromId` runs `terraform version` during synth and fails where there is none, so the block is written as
 * an override of the stack. The address lock (docs/lock.md) accepts a changed address only with such a block.
 */
import { TerraformStack, type TerraformResource } from 'cdktf';

interface Move {
  readonly from: string;
  readonly to: string;
}

const movesByStack = new WeakMap<TerraformStack, readonly Move[]>();

/**
 * Writes a `moved` block. It may go once every environment was applied with it.
 * @param resource under its new construct path, in the same stack as before: a move between states is done by hand
 * @param formerName what stood behind the type in the old address: `database_primary`
 */
export function recordMove(resource: TerraformResource, formerName: string): void {
  const stack = TerraformStack.of(resource);
  const { terraformResourceType: type, friendlyUniqueId } = resource;
  const moves = [...(movesByStack.get(stack) ?? []), { from: `${type}.${formerName}`, to: `${type}.${friendlyUniqueId}` }];
  movesByStack.set(stack, moves);
  stack.addOverride('moved', moves);
}
