/** Where a cluster is: what exact ARNs are made of. Pure. */

export interface ClusterPlace {
  readonly environment: string;
  /** Known before the cluster is there, so that roles do not wait for it. */
  readonly clusterName: string;
  readonly region: string;
  readonly accountId: string;
}

/** The cluster's ARN, by its name. */
export function clusterArn({ clusterName, region, accountId }: ClusterPlace): string {
  return `arn:aws:eks:${region}:${accountId}:cluster/${clusterName}`;
}
