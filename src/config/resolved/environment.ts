/**
 * The resolved environment: every default filled, every name decided, nothing optional that has a default.
 * Stacks and modules see slices of this and default nothing again.
 */
import type { z } from 'zod';
import type { Warning } from '../problems/problem';
import type { ParsedContainer } from '../schema/containers';
import type { KeyChoice } from '../schema/encryption';
import type { ResolvedBoxVolume } from '../tiers/box/resolved';
import type { ResolvedTier } from '../tiers/registry';
import type { ResolvedCache } from './cache';
import type { ResolvedCost } from './cost';
import type { ResolvedDomain } from './domain';
import type { ResolvedEdge } from './edge';
import type { ResolvedEmail } from './email';
import type { DeepReadonly, Entry, Parsed } from './readonly';
import type { ResolvedObservability, ResolvedTracing } from './observability';
import type { ResolvedPreviewSettings } from './preview-settings';
import type { ImageChoice, ResolvedSidecar } from './sidecar';
import type { Reference, ResolvedVariables, SecretSource } from './variables';
import type { backendSchema, stateStoreSchema } from '../schema/backend';
import type { AcceptedText } from '../calculations/plain-secrets';
import type { SubnetPlan } from '../calculations/subnets';
import type { Region } from '../tables/regions';
import type { ThirdPartyImage } from '../tables/third-party-images';

export type { HostCache, ManagedCache, ResolvedCache } from './cache';
export type { Reference, ResolvedDomain, ResolvedSidecar, ResolvedTier, ResolvedVariables, SecretSource, Warning };

export type StateStore = Omit<DeepReadonly<z.output<typeof stateStoreSchema>>, 'lockTable'> & { readonly lockTable: string };

type ParsedBackend = DeepReadonly<z.output<typeof backendSchema>>;

export type Backend = Exclude<ParsedBackend, { readonly kind: 's3' }> | { readonly kind: 's3'; readonly store: StateStore };

/** The identity of an environment; the only place where its name is known. */
export interface Identity {
  readonly system: string;
  readonly environment: string;
  /** `prod` of `h2o-prod`: part of the paths of secrets, parameters and states. */
  readonly shortName: string;
  /** `/h2o/prod`: what secrets, parameters and log groups are below. */
  readonly path: string;
  readonly region: Region;
  readonly account?: string;
  /** Tags on everything: system, environment, managed-by and the environment's own. No tier among them. */
  readonly tags: Readonly<Record<string, string>>;
}

export interface ResolvedReplicaNetwork {
  readonly region: Region;
  readonly cidr: string;
  readonly subnets: readonly [string, string];
  /** Full zone names, such as `us-east-1a`. */
  readonly zones: readonly [string, string];
}

export interface ResolvedNetwork extends Omit<Parsed<'network'>, 'zones' | 'subnets' | 'replicaNetworks' | 'egress'> {
  /** Full zone names, such as `eu-west-1a`. */
  readonly zones: readonly string[];
  readonly subnets: SubnetPlan;
  readonly replicaNetworks: readonly ResolvedReplicaNetwork[];
  /** Which security groups of data the network stack creates; they are empty, and the tiers add rules. */
  readonly dataSecurityGroups: { readonly database: boolean; readonly cache: boolean; readonly fileSystems: boolean };
  /** Whether a public address is kept for a single host: wherever there is a `box` section, on every tier. */
  readonly boxAddress: boolean;
}

export interface ResolvedReplica {
  readonly key: string;
  readonly name: string;
  readonly region: Region;
  readonly instanceClass: string;
}

/** A login of an application. */
export type ResolvedRole = Omit<Database<'host'>['roles'][string], 'secretName'> & {
  readonly name: string;
  readonly secretName: string;
  /** Whether some container reads this role's `url`, so that the secret must hold one. */
  readonly holdsUrl: boolean;
};

type Database<P extends string> = Extract<Parsed<'database'>, { readonly placement: P }>;
type Credentials<K extends string> = Extract<Database<'managed'>['credentials'], { readonly kind: K }>;

/** PostgreSQL on RDS. */
export type ManagedDatabase = Omit<
  Database<'managed'>,
  'roles' | 'replicas' | 'credentials' | 'maxStorageGb' | 'applyImmediately'
> & {
  /** The RDS identifier of the primary. */
  readonly identifier: string;
  /** Left out: storage does not grow. */
  readonly maxStorageGb?: number;
  readonly applyImmediately: boolean;
  readonly credentials:
    Credentials<'rds-managed'> | (Omit<Credentials<'rotated-secret'>, 'secretName'> & { readonly secretName: string });
  /** The roles that log in with a password. Those that use IAM tokens have no secret. */
  readonly roles: readonly (ResolvedRole & Pick<Database<'managed'>['roles'][string], 'rotateAfterDays'>)[];
  readonly replicas: readonly ResolvedReplica[];
};

/** PostgreSQL on the box. */
export type HostDatabase = Omit<Database<'host'>, 'roles'> & {
  readonly roles: readonly ResolvedRole[];
  /** Under which name containers on the same host reach it. */
  readonly hostName: string;
};

export type ResolvedDatabase = ManagedDatabase | HostDatabase;

export type ResolvedBucket = Omit<Entry<'buckets'>, 'name' | 'versioning'> & {
  readonly key: string;
  readonly name: string;
  readonly versioning: boolean;
};

export type ResolvedFileSystem = Omit<Entry<'fileSystems'>, 'backup'> & {
  readonly key: string;
  readonly name: string;
  readonly backup: boolean;
};

export type ResolvedQueue = Entry<'queues'> & { readonly key: string; readonly name: string };

export type ResolvedSecret = Omit<Entry<'secrets'>, 'name'> & { readonly key: string; readonly name: string };

export type ResolvedImage = Entry<'images'> & {
  readonly key: string;
  /** The ECR repository's name: `<system>/<short name>/<key>`. */
  readonly repositoryName: string;
  /** The SSM parameter that says which image runs: `/<system>/<short name>/images/<key>`. */
  readonly parameterName: string;
  /** The platforms of the containers that run it, in Docker's notation: `linux/amd64`, `linux/arm64`. */
  readonly platforms: readonly string[];
};

/** A repository for a copy of a third-party image, so that its registry is not needed to start containers. */
export interface ResolvedMirror {
  readonly key: string;
  readonly repositoryName: string;
  readonly image: ThirdPartyImage;
}

/** A log group in the data stack: it outlives the tier that writes to it. */
export interface ResolvedLogGroup {
  /** Stable id inside the stack, derived from the name. */
  readonly key: string;
  readonly name: string;
}

export type Permission = Entry<'services'>['permissions'][number];
/** Where a container connects to besides HTTPS, data and services. */
export type Destination = NonNullable<Entry<'services'>['egress']>[number];
export type Mount = Entry<'services'>['mounts'][number];
export type Pooler = NonNullable<Entry<'services'>['pooler']>;
export type Health = Entry<'services'>['health'];
export type Route = Entry<'services'>['routes'][number];
export type Deployment = Entry<'services'>['deployment'];
export type LoadScaling = NonNullable<Entry<'services'>['scaling']> & { readonly kind: 'load' };
export type QueueScaling = Extract<NonNullable<Entry<'workers'>['scaling']>, { readonly queue: unknown }> & {
  readonly kind: 'queue';
};

/** On a list in Redis. */
export type ListScaling = Extract<NonNullable<Entry<'workers'>['scaling']>, { readonly redisList: unknown }> & {
  readonly kind: 'list';
};

/** Fields of a container that are replaced by what they mean. */
type Replaced =
  | 'name'
  | 'image'
  | 'environment'
  | 'egress'
  | 'writableRoot'
  | 'logGroup'
  | 'logStreamPrefix'
  | 'stopTimeoutSeconds'
  | 'secrets';

/** What services, workers and jobs have in common. */
export interface ResolvedContainer extends Omit<DeepReadonly<ParsedContainer>, Replaced> {
  readonly key: string;
  /** The name AWS shows. */
  readonly name: string;
  readonly image: ImageChoice;
  readonly variables: ResolvedVariables;
  readonly egress: readonly Destination[];
  /** Declared secrets this workload may read at run time. */
  readonly readableSecrets: readonly string[];
  readonly readOnlyRoot: boolean;
  /** Time between `SIGTERM` and `SIGKILL`. */
  readonly stopTimeoutSeconds: number;
  readonly logs: { readonly group: string; readonly streamPrefix: string };
  /** In the order of the description. Jobs have none. */
  readonly sidecars: readonly ResolvedSidecar[];
}

type Workload<K extends 'services' | 'workers' | 'jobs'> = ResolvedContainer & Omit<Entry<K>, Replaced | 'scaling' | 'sidecars'>;

export type ResolvedService = Workload<'services'> & {
  readonly kind: 'service';
  readonly scaling?: LoadScaling;
  readonly tracing?: ResolvedTracing;
};

export type ResolvedWorker = Workload<'workers'> & {
  readonly kind: 'worker';
  readonly scaling?: LoadScaling | QueueScaling | ListScaling;
  readonly tracing?: ResolvedTracing;
};

export type ResolvedJob = Workload<'jobs'> & {
  readonly kind: 'job';
  /** Of `schedule`. */
  readonly timezone: string;
};

export type ResolvedWorkload = ResolvedService | ResolvedWorker | ResolvedJob;

export type ResolvedBuilder = Omit<Entry<'builders'>, 'buildspec'> & {
  readonly key: string;
  readonly name: string;
  readonly buildspec: NonNullable<Entry<'builders'>['buildspec']>;
};

/** Everything that runs in containers: the same on every tier. */
export interface ResolvedWorkloads {
  readonly services: readonly ResolvedService[];
  readonly workers: readonly ResolvedWorker[];
  readonly jobs: readonly ResolvedJob[];
  readonly builders: readonly ResolvedBuilder[];
}

/** A container that reads all of what was restored, and fails when it is not what was copied. */
export interface RestoreCheck {
  readonly image: string;
  /** A line of shell. */
  readonly script: string;
  readonly environment: Readonly<Record<string, string>>;
}

export type ResolvedRestoreDrill = NonNullable<NonNullable<Parsed<'backups'>>['restoreDrill']> & {
  /** With a managed database. It gets `PGHOST` and the login of the restored instance. */
  readonly database?: RestoreCheck;
  /** Keys of the file systems that are copied. */
  readonly fileSystems: readonly string[];
  /** It gets the directory `ROOT`, and `EXPECTED_BYTES`, the size of the recovery point. */
  readonly files: RestoreCheck;
  /** Whether the containers reach AWS from a public subnet, because there is no other way out of the network. */
  readonly publicAddress: boolean;
};

/** What the data stack holds. */
export interface ResolvedData {
  readonly database?: ResolvedDatabase;
  readonly cache?: ResolvedCache;
  readonly buckets: readonly ResolvedBucket[];
  /** The key of the bucket that receives access logs; one is always there when something writes access logs. */
  readonly logBucket: string;
  /** Whether buckets other than the log bucket write access logs (under `protect`). */
  readonly bucketAccessLogs: boolean;
  /** Whether CloudFront writes its access logs to the log bucket. */
  readonly cdnAccessLogs: boolean;
  readonly fileSystems: readonly ResolvedFileSystem[];
  readonly queues: readonly ResolvedQueue[];
  readonly secrets: readonly ResolvedSecret[];
  readonly images: readonly ResolvedImage[];
  readonly mirrors: readonly ResolvedMirror[];
  readonly logGroups: readonly ResolvedLogGroup[];
  readonly logs: Parsed<'logs'>;
  readonly backups?: Parsed<'backups'>;
  /** The weekly restore test of what the backup plan copies. */
  readonly restoreDrill?: ResolvedRestoreDrill;
  /** The domain that containers send e-mail from. Its identity is in the edge stack, next to its records. */
  readonly email?: ResolvedEmail;
  /** The key that encrypts the data. */
  readonly encryptionKey: KeyChoice;
  /** The volume of the single host: wherever there is a `box` section, on every tier. */
  readonly boxVolume?: ResolvedBoxVolume;
}

export type ResolvedSleep = Parsed<'sleep'> & {
  /** The SSM parameter that says whether the environment is to be asleep: `/<system>/<short name>/sleep`. */
  readonly parameterName: string;
};

export interface ResolvedEnvironment {
  readonly identity: Identity;
  readonly protect: boolean;
  /** When it sleeps; left out where it never does. */
  readonly sleep?: ResolvedSleep;
  readonly backend: Backend;
  /** How the GitHub workflows plan and apply it. */
  readonly delivery: Parsed<'delivery'>;
  readonly network: ResolvedNetwork;
  readonly domain?: ResolvedDomain;
  readonly data: ResolvedData;
  readonly workloads: ResolvedWorkloads;
  readonly tier: ResolvedTier;
  readonly nextTier?: ResolvedTier;
  readonly edge: ResolvedEdge;
  /** Left out where nothing is watched. */
  readonly observability?: ResolvedObservability;
  readonly cost: ResolvedCost;
  /** Left out where the environment has no previews. */
  readonly preview?: ResolvedPreviewSettings;
  readonly warnings: readonly Warning[];
  /** Texts that look secret and are acknowledged. Never part of a message or of an output. */
  readonly acceptedTexts: readonly AcceptedText[];
}
