/**
 * Network hops that a response of the instance metadata service survives (`httpPutResponseHopLimit`). It decides who can
 * obtain the instance's credentials.
 * Source: Amazon EC2 user guide, "Configure the Instance Metadata Service options".
 */
export const METADATA_HOPS = {
  /** Processes on the host only: containers and pods with a separate network are one hop further away. */
  host: 1,
  /** Also containers on a bridge network of the host. */
  bridgedContainers: 2,
} as const;
