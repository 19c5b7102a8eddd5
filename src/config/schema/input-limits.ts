/**
 * The sizes of a description. They are far above what an environment needs, and low enough that every check of it takes less than
 * a second: some rules compare each entry with each other.
 */
export const INPUT_LIMITS = {
  /** Entries of a section such as `services`: one load balancer takes 100 rules, and so routes about as many services. */
  sectionEntries: 200,
  /** Entries of any other list or object: the largest is the list of networks of a firewall rule. */
  entries: 1000,
  /** All values together. */
  values: 50_000,
  /** The deepest field is nine levels down. */
  depth: 20,
  /** Characters of a text. ECS accepts 64 KiB for a whole task definition. */
  textLength: 65_536,
  /** Characters of a name; those of tags, the longest that AWS knows, have 128. */
  nameLength: 256,
} as const;
