/** Where a tunnel ends in an environment. */

/** The end of a tunnel that is in the environment, and what it connects to. */
export interface TunnelEnd {
  /** As Systems Manager names it. */
  readonly ssmTarget: string;
  /** As people know it. */
  readonly name: string;
}
