/** A preview: what its own stack is built from, and what it shares with its environment. */
import type {
  Identity,
  ManagedCache,
  ManagedDatabase,
  ResolvedData,
  ResolvedEnvironment,
  ResolvedWorkloads,
} from './environment';

/** What a preview keeps for itself, under names of its own. */
export type PreviewData = Pick<ResolvedData, 'buckets' | 'queues' | 'secrets' | 'logGroups' | 'logs'> & {
  /** On the server of its environment, with logins of its own. */
  readonly database?: Pick<ManagedDatabase, 'placement' | 'name' | 'roles'>;
  readonly cache?: ManagedCache;
};

export interface ResolvedPreview {
  /** The number of the pull request. */
  readonly number: number;
  /** `pr-12`: the kind of its stack. */
  readonly label: `pr-${number}`;
  /** What it shares. */
  readonly parent: ResolvedEnvironment;
  /** Its names begin with `<environment>-pr-12`; its tags are those of its environment, and `preview`. */
  readonly identity: Identity;
  /** Its host names. */
  readonly hosts: readonly string[];
  readonly workloads: Pick<ResolvedWorkloads, 'services' | 'workers' | 'jobs'>;
  readonly data: PreviewData;
  /** Key of a declared image to the tag or digest of the pull request; other images are those that the environment runs. */
  readonly tags: Readonly<Record<string, string>>;
  /** Jobs that run after each deployment, in this order: first the one that creates its database. */
  readonly afterDeployment: readonly string[];
  /** Jobs that run before it is destroyed. */
  readonly beforeDestruction: readonly string[];
  /** The priority of its first rule at the load balancer. */
  readonly firstPriority: number;
  /** Days after its last deployment. */
  readonly lifetimeDays: number;
}
