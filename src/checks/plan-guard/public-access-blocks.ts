/** Public access blocks by the bucket that they are for, whatever their address. Pure. */
import type { HarmfulChange } from './harm';
import type { Plan, ResourceChange } from './plan';
import { ownerGoes, successorOf } from './successors';

const BLOCKS: readonly string[] = ['aws_s3_bucket_public_access_block', 'aws_s3_account_public_access_block'];

/** A block that is deleted, left to itself, or moved to another bucket, unless its bucket goes too or has another one. */
export function removedBlock(plan: Plan, change: ResourceChange): readonly HarmfulChange[] {
  const { type, address, action, before, after } = change;
  if (!BLOCKS.includes(type) || before === undefined) return [];
  const owner = type === 'aws_s3_bucket_public_access_block' ? 'bucket' : 'account_id';
  const isGone = action === 'delete' || action === 'forget' || change.leavesOld;
  const isMoved = after !== undefined && after[owner] !== before[owner];
  if (!isGone && !(['update', 'replace'].includes(action) && isMoved)) return [];
  if (ownerGoes(plan, change, owner) || successorOf(plan, change, [owner]) !== undefined) return [];
  const what = action === 'forget' ? 'left to itself, and Terraform would not notice its next change' : 'removed';
  return [
    {
      address,
      harm: 'open',
      why: isGone ? `the public access block would be ${what}` : 'the public access block would be for another bucket',
      instead: 'keep it, or delete the bucket first',
    },
  ];
}
