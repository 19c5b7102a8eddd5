/** Which resource of a plan takes the place of another one, and what a resource belongs to. Pure. */
import type { Action, Attributes, Plan, ResourceChange } from './plan';
import { REMOVALS } from './weakening-rows';

export const APPLIED: readonly Action[] = ['create', 'update', 'replace'];

/** Attributes by which other resources name one. */
const NAMES: readonly string[] = ['id', 'arn', 'name', 'bucket', 'url', 'key_id', 'identifier', 'invoke_arn'];

const isOne = (attributes: Attributes | undefined, name: unknown): boolean =>
  attributes !== undefined && NAMES.some((attribute) => attributes[attribute] === name);

const isNamed = (value: unknown): boolean => typeof value === 'string' && value !== '';

/** Whether what a resource belongs to is deleted by the same plan. */
export function ownerGoes({ changes }: Plan, { type, before }: ResourceChange, owner: string): boolean {
  const name = before?.[owner];
  return (
    isNamed(name) &&
    changes.some((other) => other.type !== type && ['delete', 'replace'].includes(other.action) && isOne(other.before, name))
  );
}

/** Whether what a resource belongs to is new in this plan, or not known before the apply. */
export function ownerIsNew({ changes }: Plan, { type, after, unknown }: ResourceChange, owner: string): boolean {
  const name = after?.[owner];
  if (unknown.has(owner) || !isNamed(name)) return true;
  return changes.some((other) => other.type !== type && other.action === 'create' && isOne(other.after, name));
}

/** The resource of the same type that has the same values afterwards, under another address. */
export function successorOf(
  { changes }: Plan,
  { type, address, before }: ResourceChange,
  attributes: readonly string[],
): ResourceChange | undefined {
  return changes.find(
    (other) =>
      other.type === type &&
      other.address !== address &&
      other.action !== 'delete' &&
      other.action !== 'forget' &&
      isNamed(before?.[attributes[0] ?? '']) &&
      attributes.every((name) => (other.after?.[name] ?? undefined) === (before?.[name] ?? undefined)),
  );
}

/** The attributes before a change; for a new resource those of the one whose place it takes. */
export function earlierAttributes({ changes }: Plan, change: ResourceChange, owner: string | undefined): Attributes | undefined {
  const { action, type, after, before } = change;
  if (action !== 'create' || owner === undefined || !isNamed(after?.[owner])) return before;
  return changes.find(
    (other) => other.type === type && ['delete', 'forget'].includes(other.action) && other.before?.[owner] === after?.[owner],
  )?.before;
}

/** The policy before; for a new resource that of the one whose place it takes. */
export function earlierPolicy(plan: Plan, change: ResourceChange): Attributes | undefined {
  const owner = REMOVALS.find(({ type }) => type === change.type)?.owner?.[0];
  return earlierAttributes(plan, change, owner);
}
