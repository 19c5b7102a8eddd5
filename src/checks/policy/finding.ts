/** What a policy has found on one resource: checkov's, or one of our own. */

export interface Finding {
  /** `CKV_AWS_21`, or the id of one of our own rules. */
  readonly check: string;
  /** What the check requires. */
  readonly name: string;
  /** The stack's id. */
  readonly stack: string;
  /** The resource's Terraform address. */
  readonly address: string;
  /** More specific than `name`, where there is more to say. */
  readonly detail?: string;
  /** What an exception names, where a resource can have several findings of one check. */
  readonly subject?: string;
  /** Whether no exception counts where data is protected. */
  readonly isFinal?: boolean;
}
