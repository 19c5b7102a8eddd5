/**
 * What the renderers of the host receive, and what they return. Pure: no cdktf.
 *
 * A string may stand for a Terraform reference, unless its docstring says "literal". Renderers only embed such strings whole:
 * they never split, measure or interpret them. The text that they return is not escaped for Terraform; the caller escapes it.
 */
import type { ResolvedBox } from '../../../config/tiers/box/resolved';
import type {
  Identity,
  HostCache as ResolvedHostCache,
  ResolvedContainer,
  ResolvedDatabase,
  ResolvedJob,
  ResolvedRole,
  ResolvedService,
  ResolvedWorker,
} from '../../../config/resolved/environment';
import type { SecretVariable } from '../../../modules/containers/variable-values';

/** A file on the host. */
export interface HostFile {
  /** Absolute. */
  readonly path: string;
  readonly mode: '0644' | '0755';
  /** Plain text that ends with a line feed and holds no secret. */
  readonly content: string;
}

/** PostgreSQL on this host: its superuser needs no password. */
export type HostPostgres = Pick<ResolvedDatabase, 'version' | 'name'> & {
  readonly placement: 'host';
  /** Created on the host. The secret of each is JSON with `username` and `password`. */
  readonly roles: readonly (Pick<ResolvedRole, 'name' | 'privileges'> & { readonly secretArn: string })[];
};

/** PostgreSQL on this host, or on RDS. */
export type HostDatabase =
  | HostPostgres
  | (Pick<ResolvedDatabase, 'version' | 'name'> & {
      readonly placement: 'managed';
      readonly host: string;
      readonly port: string;
      /** The master's login, for backups and drills: JSON with `username` and `password`. */
      readonly masterSecretArn: string;
    });

/** Redis on this host. */
export type HostRedis = Pick<ResolvedHostCache, 'version' | 'evictionPolicy'> & { readonly placement: 'host' };

/** Redis on this host, or ElastiCache. */
export type HostCache = HostRedis | { readonly placement: 'managed'; readonly host: string; readonly port: string };

/** A directory of the host inside a container. Literal. */
export interface HostMount {
  /** Absolute, on the data volume; created when missing. */
  readonly source: string;
  readonly path: string;
  readonly readOnly: boolean;
  /** Owner of the directory, `uid:gid`. */
  readonly owner: string;
  /** Octal mode of the directory. */
  readonly permissions: string;
}

/** What all containers have. Literal but for `plain`, the ARNs and `logs.group`. */
type Container = Pick<
  ResolvedContainer,
  | 'key'
  | 'command'
  | 'entryPoint'
  | 'vcpu'
  | 'memoryMib'
  | 'writablePaths'
  | 'readOnlyRoot'
  | 'user'
  | 'stopTimeoutSeconds'
  | 'logs'
> & {
  /** The SSM parameter with the reference of the image to run, or the reference itself. */
  readonly image: { readonly parameterName: string } | { readonly reference: string };
  readonly plain: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, Omit<SecretVariable, 'name'>>>;
  readonly mounts: readonly HostMount[];
};

/** Runs once, whatever its `replicas`: a port of the host can be used only once. */
export type HostService = Container & Pick<ResolvedService, 'port' | 'health' | 'singleton'> & { readonly kind: 'service' };

/** `count` copies; none has a port. */
export type HostWorker = Container & Pick<ResolvedWorker, 'singleton'> & { readonly kind: 'worker'; readonly count: number };

/** Runs at its schedule, or on demand without one. */
export type HostJob = Container & Pick<ResolvedJob, 'schedule' | 'timezone' | 'timeoutSeconds'> & { readonly kind: 'job' };

export type HostContainer = HostService | HostWorker | HostJob;

/** A host name that nginx serves, and the ports that answer on it. Literal. */
export interface HostSite {
  readonly name: string;
  /** Most specific first. A path is a prefix ending in `/` (or `/` itself), or a load balancer's pattern with `*` or `?`. */
  readonly locations: readonly { readonly path: string; readonly port: number }[];
}

/** A host name that nginx redirects to another one, path and query included. Literal. */
export interface HostRedirect {
  readonly name: string;
  readonly target: string;
}

/**
 * How requests reach nginx. `direct`: from the clients or from Cloudflare, over HTTPS, with certificates of the host.
 * `load-balancer`: over plain HTTP from a load balancer, which has the certificate.
 */
export type HostIngress =
  | {
      readonly kind: 'direct';
      readonly origin: ResolvedBox['origin'];
      readonly sites: readonly HostSite[];
      /** @default none */
      readonly redirects?: readonly HostRedirect[];
      /** Value of the header of that name, in every response over HTTPS. @default the application decides */
      readonly strictTransportSecurity?: string;
    }
  | {
      readonly kind: 'load-balancer';
      readonly sites: readonly HostSite[];
      readonly health: BalancerHealth;
    };

/** The path that a load balancer requests, and the service that answers there. Literal. */
export interface BalancerHealth {
  readonly path: string;
  readonly port: number;
  readonly servicePath: string;
}

/** The whole host. */
export type HostDescription = Pick<Identity, 'environment' | 'system' | 'region'> &
  Pick<
    ResolvedBox,
    | 'operatingSystem'
    | 'architecture'
    | 'applicationDirectory'
    | 'dataStores'
    | 'certificateEmail'
    | 'certificateRenewal'
    | 'restartTime'
    | 'timezone'
    | 'postgres'
    | 'redis'
    | 'capabilities'
    | 'processLimit'
    | 'configurationBucket'
    | 'logGroup'
  > & {
    /** `vol-…`, by which boot finds the data volume. Left out: `/data` is a directory of the system disk. */
    readonly dataVolumeId?: string;
    readonly database?: HostDatabase;
    readonly cache?: HostCache;
    readonly containers: readonly HostContainer[];
    readonly ingress: HostIngress;
    /** Seconds after which nginx closes a connection on which nothing is sent. */
    readonly idleTimeoutSeconds: number;
    /** nginx asks for a login on every site. Path patterns, literal, and the secret with a login in each line. @default nothing does */
    readonly basicAuth?: { readonly except: readonly string[]; readonly secretArn: string };
    /** Whether the host's firewall opens port 22; the security group limits the sources. */
    readonly sshAllowed: boolean;
    readonly backup: Pick<ResolvedBox['backup'], 'schedule' | 'hostRetentionDays' | 'drillSchedule'> & {
      /** The bucket's name. */
      readonly bucket: string;
      /** Directories that are backed up besides the application directory. Literal. */
      readonly paths: readonly string[];
      /** Days after which the files are archived whole again; in between only what has changed. */
      readonly fullArchiveDays: number;
    };
    /** Registries besides ECR that need a login: JSON with `username` and `password`. */
    readonly registries: readonly { readonly server: string; readonly secretArn: string }[];
  };
