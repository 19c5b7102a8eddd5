/**
 * What the renderers of the host need to know, and what they give back. Pure: no cdktf.
 *
 * Every string may stand for a Terraform reference, except where it says "literal". Renderers only ever embed it whole: they
 * never look into it, split it or measure it. What they return is plain text in which nothing is escaped for Terraform yet;
 * whoever puts the text into an attribute does that.
 */

import type { METRICS_NAMESPACE } from '../../../contracts/host-metrics';

/** A file on the host. */
export interface HostFile {
  /** Absolute. */
  readonly path: string;
  readonly mode: '0644' | '0755' | '0600';
  /** Plain text, ends with a line feed, holds no secret. */
  readonly content: string;
}

/** The label of the data volume's file system. */
export const DATA_VOLUME_LABEL = 'terrace-data';

/** Where the data volume is mounted. */
export const DATA_DIRECTORY = '/data';

export type OperatingSystem = 'ubuntu-24.04' | 'amazon-linux-2023';
export type Architecture = 'x86_64' | 'arm64';

/** A value in Secrets Manager: the whole secret, or one key of its JSON. */
export interface SecretReference {
  readonly arn: string;
  /** Literal. */
  readonly key?: string;
}

export interface HostDatabaseRole {
  /** Literal. */
  readonly name: string;
  readonly privileges: 'owner' | 'read-write' | 'read-only';
  /** Its secret holds JSON with `username` and `password`. */
  readonly secretArn: string;
}

export interface HostDatabase {
  readonly placement: 'host' | 'managed';
  /** Major version; literal. */
  readonly version: string;
  /** Literal. */
  readonly name: string;
  /** What containers connect to: `postgres` with containers, `127.0.0.1` with packages, RDS's address when managed. */
  readonly host: string;
  readonly port: string;
  /** The master login of a managed database (JSON with `username` and `password`): backups and drills use it. */
  readonly masterSecretArn?: string;
  /** Made on the host by `apply` with placement `host`; by the job `database-init` otherwise. */
  readonly roles: readonly HostDatabaseRole[];
}

export interface HostCache {
  readonly placement: 'host' | 'managed';
  /** Literal, such as `7.1`. */
  readonly version: string;
  readonly evictionPolicy: string;
  /** `redis` with containers, `127.0.0.1` with packages, ElastiCache's address when managed. */
  readonly host: string;
  readonly port: string;
  readonly tls: boolean;
}

/** A directory of the host inside a container. */
export interface HostMount {
  /** Absolute, on the data volume; made when missing. Literal. */
  readonly source: string;
  readonly path: string;
  readonly readOnly: boolean;
  /** Whom the directory belongs to, `uid:gid`. @default root */
  readonly owner?: string;
  /** Octal mode of the directory. @default '0755' */
  readonly permissions?: string;
}

/** A service, worker or job. All but `plain`, `secrets` and `logs.group` is literal. */
export interface HostContainer {
  readonly key: string;
  /** An SSM parameter that holds the reference of the image that runs, or the reference itself. */
  readonly image: { readonly parameterName: string } | { readonly reference: string };
  readonly kind: 'service' | 'worker' | 'job';
  /** What a service listens on. */
  readonly port?: number;
  /** What a service answers 200 on. */
  readonly healthPath?: string;
  /** A shell line run inside the container. */
  readonly healthCommand?: string;
  /** Seconds. @default 30 */
  readonly healthIntervalSeconds?: number;
  /** Seconds. @default 5 */
  readonly healthTimeoutSeconds?: number;
  /** Failures in a row. @default 3 */
  readonly healthRetries?: number;
  /** Seconds. @default 60 */
  readonly healthStartPeriodSeconds?: number;
  readonly command?: readonly string[];
  readonly entryPoint?: readonly string[];
  /** A limit. */
  readonly vcpu: number;
  /** A limit. */
  readonly memoryMib: number;
  readonly plain: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, SecretReference>>;
  readonly mounts: readonly HostMount[];
  readonly writablePaths: readonly string[];
  readonly readOnlyRoot: boolean;
  /** `uid[:gid]`. */
  readonly user?: string;
  readonly stopTimeoutSeconds: number;
  /** Of a job: five cron fields in UTC. On demand without one. */
  readonly schedule?: string;
  /** Of a job: seconds after which a run is stopped. */
  readonly timeoutSeconds?: number;
  readonly logs: { readonly group: string; readonly streamPrefix: string };
  /** Of a worker: how many. A service is always one, because its port is taken once. */
  readonly replicas: number;
}

/** One host name of nginx, and what answers on it. Literal. */
export interface HostSite {
  readonly name: string;
  /** Most specific first. A path is a prefix ending in `/` (or `/` itself), or a pattern of the load balancer with `*`. */
  readonly locations: readonly { readonly path: string; readonly port: number }[];
}

/** Several hosts behind a load balancer, which has the certificates: nginx speaks plain HTTP to it, and to nobody else. */
export interface BehindBalancer {
  /** Beside `HostDescription.sites`, which is empty then. Literal. */
  readonly sites: readonly HostSite[];
  /** What the load balancer asks a host, and which service answers for it. Literal. */
  readonly health: { readonly path: string; readonly port: number; readonly servicePath: string };
}

export interface HostBackup {
  /** The bucket's name. */
  readonly bucket: string;
  /** Five cron fields in UTC; literal. */
  readonly schedule: string;
  readonly hostRetentionDays: number;
  /** Five cron fields in UTC; literal. */
  readonly drillSchedule: string;
  /** Directories beside the application directory that are backed up: uploads. Literal. */
  readonly paths: readonly string[];
}

/** The whole host. */
export interface HostDescription {
  /** Literal. */
  readonly environment: string;
  /** Literal. */
  readonly system: string;
  readonly region: string;
  readonly operatingSystem: OperatingSystem;
  readonly architecture: Architecture;
  /** Literal, absolute. */
  readonly applicationDirectory: string;
  readonly dataStores: 'containers' | 'packages';
  /** `vol-…`: how boot tells the data volume from every other disk. Without one `/data` is a directory of the system disk. */
  readonly dataVolumeId?: string;
  readonly dataVolumeLabel: typeof DATA_VOLUME_LABEL;
  readonly dataDirectory: typeof DATA_DIRECTORY;
  readonly database?: HostDatabase;
  readonly cache?: HostCache;
  readonly containers: readonly HostContainer[];
  /** One nginx site per host name. */
  readonly sites: readonly HostSite[];
  /** Left out where the host itself meets the world. */
  readonly behindBalancer?: BehindBalancer;
  readonly certificateEmail: string;
  readonly origin: 'public' | 'cloudflare';
  /** Whether the host's own firewall lets port 22 through; the security group says from where. */
  readonly sshAllowed: boolean;
  readonly backup: HostBackup;
  /** The bucket that holds the bundle. */
  readonly configurationBucket: string;
  /** The bundle's key: JSON `{ "files": [{ "path", "mode", "content" }] }`. */
  readonly configurationKey: string;
  readonly metricsNamespace: typeof METRICS_NAMESPACE;
  /** Registries beside ECR that ask for a login: JSON with `username` and `password`. @default none */
  readonly registries?: readonly { readonly server: string; readonly secretArn: string }[];
  /** The log group of the host itself (nginx, system, boot). @default not shipped */
  readonly hostLogGroup?: string;
}
