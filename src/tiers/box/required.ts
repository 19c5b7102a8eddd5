/**
 * A value that earlier stacks publish whenever there is a `box` section.
 * @throws Error when it is missing; the rules of the configuration refuse that earlier
 */
export function required<T>(value: T | undefined, thing: string): T {
  if (value === undefined) throw new Error(`the box needs ${thing}, which the earlier stacks do not publish`);
  return value;
}
