/** What a role needs although a rule refuses it. */

export interface Need {
  /** The stack, by its kind. */
  readonly stacks: RegExp;
  /** The address of the policy. */
  readonly holder: RegExp;
  /** May contain `*`. */
  readonly actions: readonly string[];
  /** What every resource of the statement looks like. */
  readonly resources: RegExp;
  /** A condition key that must have exact values. */
  readonly condition?: string;
  readonly reason: string;
}
