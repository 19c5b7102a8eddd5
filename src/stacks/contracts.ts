/**
 * What each stack hands on to later ones: a fixed contract, the same on every tier.
 *
 * Every value becomes a Terraform output of its stack whether or not somebody reads it, so that changing the tier
 * changes no byte of network, domain or data. Nothing here is secret: secrets are handed on by ARN.
 */
import type { Region } from '../config/tables/regions';

/** The replica region's network: where a cross-region replica lives. */
export interface ReplicaNetworkHandover {
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
}

export interface NetworkHandover {
  readonly vpcId: string;
  readonly publicSubnetIds: readonly string[];
  readonly privateSubnetIds: readonly string[];
  readonly isolatedSubnetIds: readonly string[];
  /** Security groups of data, empty until a compute stack lets itself in. Present when the environment has such data. */
  readonly databaseSecurityGroupId?: string;
  readonly cacheSecurityGroupId?: string;
  readonly fileSystemSecurityGroupId?: string;
  /** Present with interface endpoints; compute opens 443 to it. */
  readonly endpointSecurityGroupId?: string;
  readonly replicaNetworks: Readonly<Partial<Record<Region, ReplicaNetworkHandover>>>;
}

export interface DomainHandover {
  /** The zone that the environment's records are written to; `recordZone` of src/config/record-zone.ts says whose it is. */
  readonly zoneId: string;
  /** A validated certificate for every name of the environment, in its region. */
  readonly certificateArn: string;
  /** The same in us-east-1, for CloudFront. */
  readonly edgeCertificateArn?: string;
}

export interface DatabaseHandover {
  readonly host: string;
  /** The instance's resource id (`db-...`), which IAM authentication names. */
  readonly resourceId: string;
  readonly masterSecretArn: string;
  /** Role name to the ARN of the secret that holds its login as JSON: username, password and, where one is read, url. */
  readonly roleSecretArns: Readonly<Record<string, string>>;
  /** Replica key to its host. */
  readonly replicaHosts: Readonly<Record<string, string>>;
}

export interface DataHandover {
  /** The environment's own KMS key, when it has one. */
  readonly keyArn?: string;
  readonly database?: DatabaseHandover;
  readonly cache?: { readonly host: string };
  readonly buckets: Readonly<Record<string, { readonly name: string; readonly arn: string }>>;
  readonly fileSystems: Readonly<
    Record<string, { readonly id: string; readonly arn: string; readonly accessPoints: Readonly<Record<string, { readonly id: string; readonly arn: string }>> }>
  >;
  readonly queues: Readonly<Record<string, { readonly url: string; readonly arn: string; readonly name: string }>>;
  readonly secrets: Readonly<Record<string, { readonly arn: string }>>;
  readonly images: Readonly<Record<string, { readonly repositoryUrl: string; readonly repositoryArn: string; readonly parameterName: string }>>;
  /** Log group key to its name and ARN. */
  readonly logGroups: Readonly<Record<string, { readonly name: string; readonly arn: string }>>;
}

/** What serves on Fargate; edge points names at it, observability watches it. */
export interface FargateHandover {
  readonly clusterName: string;
  readonly loadBalancer?: {
    readonly arn: string;
    /** The part of the ARN that CloudWatch uses as dimension. */
    readonly arnSuffix: string;
    readonly dnsName: string;
    readonly hostedZoneId: string;
  };
  /** Service key to its ECS name and, with routes, its target group's CloudWatch dimension. */
  readonly services: Readonly<Record<string, { readonly name: string; readonly targetGroupArnSuffix?: string }>>;
  readonly workers: Readonly<Record<string, { readonly name: string }>>;
}
