/** What a pipeline deploys in one run with one role: an environment, or a zone that several environments share. */
export interface DeploymentGroup {
  /** Of the environment, or of the zone's first stack: the name of its GitHub environment too. */
  readonly name: string;
  /** What the keys of its states begin with. */
  readonly statePrefix: string;
  /** The keys of further states that its stacks read, with `*` for any part. */
  readonly readsStates: readonly string[];
  /** The names of its buckets with an object lock. */
  readonly lockedBuckets: readonly string[];
}
