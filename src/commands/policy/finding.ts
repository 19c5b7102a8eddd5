/** What a policy says of one resource, whether checkov's or ours. */

export interface Finding {
  /** `CKV_AWS_21`, or one of our own ids. */
  readonly check: string;
  /** What the check wants. */
  readonly name: string;
  /** The stack's id. */
  readonly stack: string;
  /** The resource's Terraform address. */
  readonly address: string;
  /** More than the name says, where there is more. */
  readonly detail?: string;
}
