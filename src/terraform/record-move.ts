/**
 * Renames without loss: a `moved` block for a resource whose address has changed.
 *
 * cdktf's `moveFromId` runs `terraform version` during synth and fails without the binary, so the block is written as an override
 * of the stack. The address lock (docs/lock.md) accepts a changed address only with such a block.
 */
import { TerraformStack, type TerraformResource } from 'cdktf';

interface Move {
  readonly from: string;
  readonly to: string;
}

const movesByStack = new WeakMap<TerraformStack, readonly Move[]>();

/**
 * Writes a `moved` block, which can be removed once every environment was applied with it.
 * @param resource under its new construct path, in the same stack as before: moves between states are manual
 * @param formerName the old address without its type: `database_primary`
 */
export function recordMove(resource: TerraformResource, formerName: string): void {
  const stack = TerraformStack.of(resource);
  const { terraformResourceType: type, friendlyUniqueId } = resource;
  const moves = [...(movesByStack.get(stack) ?? []), { from: `${type}.${formerName}`, to: `${type}.${friendlyUniqueId}` }];
  movesByStack.set(stack, moves);
  stack.addOverride('moved', moves);
}
