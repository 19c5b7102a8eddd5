/**
 * What each stack publishes for later ones: a fixed contract, the same on every tier.
 *
 * Every value becomes a Terraform output of its stack, whether or not a stack reads it, so that changing the tier changes no byte
 * of network or data, and adds at most the certificate of a load balancer to domain. Nothing here is secret: secrets are published
 * by ARN.
 */
import type { ServingPart } from '../config/resolved/domain';
import type { Region } from '../config/tables/regions';

/** The network of a replica in another region. */
export interface ReplicaNetworkHandover {
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
}

export interface NetworkHandover {
  readonly vpcId: string;
  readonly publicSubnetIds: readonly string[];
  readonly privateSubnetIds: readonly string[];
  readonly isolatedSubnetIds: readonly string[];
  /** Security groups of data, to which compute stacks add their rules. Present when the environment has such data. */
  readonly databaseSecurityGroupId?: string;
  readonly cacheSecurityGroupId?: string;
  readonly fileSystemSecurityGroupId?: string;
  /** Present with interface endpoints; compute opens 443 to it. */
  readonly endpointSecurityGroupId?: string;
  readonly replicaNetworks: Readonly<Partial<Record<Region, ReplicaNetworkHandover>>>;
  /** Zone to its managed NAT gateway, and the Auto Scaling group of a NAT instance; observability monitors them. */
  readonly natGatewayIds?: Readonly<Record<string, string>>;
  readonly natInstanceGroupName?: string;
  /** The public address of the single host; present with a `box` section, whatever the tier. */
  readonly boxAddress?: { readonly allocationId: string; readonly publicIp: string };
}

export interface DomainHandover {
  /** The zone of the environment's records; `recordZone` (src/config/calculations/record-zone.ts) determines its provider. */
  readonly zoneId: string;
  /** A validated certificate for every name of the environment, in its region, where a load balancer uses one. */
  readonly certificateArn?: string;
  /** The same in us-east-1, for CloudFront. */
  readonly edgeCertificateArn?: string;
}

/** A shared zone, for the stacks of its environments. */
export interface ZoneHandover {
  readonly zoneId: string;
  /** Region to the validated certificate for every name of the zone's environments; us-east-1 serves CloudFront too. */
  readonly certificateArns: Readonly<Partial<Record<Region, string>>>;
}

export interface DatabaseHandover {
  readonly host: string;
  /** The instance's resource id (`db-...`), which IAM authentication names. Only of a managed database. */
  readonly resourceId?: string;
  /** Only of a managed database: on its own host, the superuser logs in without a password. */
  readonly masterSecretArn?: string;
  /** Role name to the ARN of the secret that holds its login as JSON: username, password and, where one is read, url. */
  readonly roleSecretArns: Readonly<Record<string, string>>;
  /** Replica key to its host. */
  readonly replicaHosts: Readonly<Record<string, string>>;
}

export interface DataHandover {
  /** The environment's KMS key, with `encryption.key: 'customer-managed'`. */
  readonly keyArn?: string;
  readonly database?: DatabaseHandover;
  readonly cache?: { readonly host: string };
  readonly buckets: Readonly<Record<string, { readonly name: string; readonly arn: string }>>;
  readonly fileSystems: Readonly<
    Record<
      string,
      {
        readonly id: string;
        readonly arn: string;
        readonly accessPoints: Readonly<Record<string, { readonly id: string; readonly arn: string }>>;
      }
    >
  >;
  readonly queues: Readonly<Record<string, { readonly url: string; readonly arn: string; readonly name: string }>>;
  readonly secrets: Readonly<Record<string, { readonly arn: string }>>;
  readonly images: Readonly<
    Record<string, { readonly repositoryUrl: string; readonly repositoryArn: string; readonly parameterName: string }>
  >;
  /** Copies of third-party images, by key. */
  readonly mirrors: Readonly<Record<string, { readonly repositoryUrl: string; readonly repositoryArn: string }>>;
  /** Log group key to its name and ARN. */
  readonly logGroups: Readonly<Record<string, { readonly name: string; readonly arn: string }>>;
  /** The volume that outlives the single host; present with a `box` section, whatever the tier. */
  readonly boxVolume?: { readonly id: string };
  /** Only with previews: the secrets that a person sets once for all of them, by key. */
  readonly previewSecrets?: Readonly<Record<string, { readonly arn: string }>>;
}

/** An application load balancer that Terraform creates. */
export interface LoadBalancerHandover {
  readonly arn: string;
  /** The part of the ARN that is its CloudWatch dimension. */
  readonly arnSuffix: string;
  readonly dnsName: string;
  readonly hostedZoneId: string;
}

/** The Fargate tier: edge points names at it, observability monitors it. */
export interface FargateHandover {
  readonly clusterName: string;
  readonly loadBalancer?: LoadBalancerHandover;
  /** Service key to its ECS name and, with routes, its target group's CloudWatch dimension. */
  readonly services: Readonly<Record<string, { readonly name: string; readonly targetGroupArnSuffix?: string }>>;
  readonly workers: Readonly<Record<string, { readonly name: string }>>;
  /** Key of a job with a schedule to the queue of its runs that could not be started. */
  readonly schedules: Readonly<Record<string, { readonly deadLetterQueueName: string }>>;
  /** The web ACL of the load balancer, by its CloudWatch dimension. Absent without one, and where CloudFront has it. */
  readonly webAcl?: { readonly name: string };
  /** Key of a service or worker to the ARN of its scalable target. Only in an environment that sleeps. */
  readonly scalableTargetArns?: Readonly<Record<string, string>>;
  /** Only with previews: what they join. */
  readonly previews?: SharedComputeHandover;
}

/** A cluster and a load balancer that stacks of previews add their services to. */
export interface SharedComputeHandover {
  readonly clusterArn: string;
  /** Of HTTPS. */
  readonly listenerArn: string;
  readonly balancerSecurityGroupId: string;
}

/** The topics of a cluster's alerts. */
export interface AlertTopicsHandover {
  /** Created by the observability stack, after the cluster: known by its name. */
  readonly noticesArn: string;
  readonly watchdogArn: string;
  /** The CloudWatch dimension of the watchdog. */
  readonly watchdogName: string;
}

/** The cluster: platform and workloads log in to it, observability monitors it. */
export interface KubernetesHandover {
  readonly clusterName: string;
  readonly clusterArn: string;
  /** `https://...`; reachable from the networks that the environment admits. */
  readonly endpoint: string;
  /** Base64, as a kubeconfig holds it. */
  readonly certificateAuthority: string;
  /** The group of every node, and so of every pod and of the API's network interfaces. */
  readonly clusterSecurityGroupId: string;
  /** The log group of the platform's pods. */
  readonly platformLogGroup: { readonly name: string; readonly arn: string };
  /** Workload key to the role that its service account of the same name assumes. */
  readonly workloadRoleArns: Readonly<Record<string, string>>;
  /** Node group key to the Auto Scaling group that EKS creates for it. */
  readonly autoScalingGroupNames: Readonly<Record<string, string>>;
  /** Node group key to its name, which EKS completes, and its ARN. Only in an environment that sleeps. */
  readonly nodeGroups?: Readonly<Record<string, { readonly name: string; readonly arn: string }>>;
  /** Only with Prometheus, in an environment with alarms. */
  readonly alertTopics?: AlertTopicsHandover;
  /** The regional web ACL that the ingress names, and its CloudWatch dimension. Absent without one. */
  readonly webAclArn?: string;
  readonly webAclName?: string;
}

/** What the cluster needs before workloads, whose custom resources depend on its definitions. */
export interface PlatformHandover {
  /** Helm release to the version of its chart. */
  readonly releases: Readonly<Record<string, string>>;
}

/** The workloads on Kubernetes; edge points names at them. */
export interface WorkloadsHandover {
  readonly namespace: string;
  /** Created by the cluster, not by Terraform: edge looks it up by its name. Absent without routes. */
  readonly loadBalancer?: { readonly name: string; readonly dnsName: string };
}

/** The box: edge points names at it, observability monitors it. */
export interface BoxHandover {
  /** The single host. Absent with several hosts behind a load balancer. */
  readonly instanceId?: string;
  /** The address of the single host. */
  readonly publicIp?: string;
  /** The namespace of the metrics that hosts publish. */
  readonly metricsNamespace: string;
  /** The value of the dimension `Environment` on each of them. */
  readonly metricsEnvironment: string;
  /** Only with several hosts. */
  readonly loadBalancer?: LoadBalancerHandover;
  /** Only with several hosts: the name of their Auto Scaling group. */
  readonly groupName?: string;
}

/** What is in front of the services; observability monitors it, all of it in us-east-1. */
export interface EdgeHandover {
  readonly distribution?: { readonly id: string; readonly domainName: string };
  /** Frontend key to the distribution of its own host names; absent where no frontend has any. */
  readonly frontendDistributions?: Readonly<Record<string, { readonly id: string; readonly domainName: string }>>;
  /** The web ACL of CloudFront, by its CloudWatch dimension. */
  readonly webAcl?: { readonly name: string };
  /** Health check key to the id that Route 53's metrics name. */
  readonly healthCheckIds: Readonly<Record<string, string>>;
  readonly amplifyAppId?: string;
  /** With names in a shared zone: where these lead while the environment serves them. Read by the zone's stack of names. */
  readonly serving?: ServingHandover;
}

/** An address, a host name or the name of an AWS target for each part of the records; Route 53 aliases need the zone as well. */
export type ServingHandover = Readonly<Partial<Record<ServingPart, { readonly value: string; readonly hostedZoneId?: string }>>>;

/** The kinds of an environment's stacks to what each publishes; the stack of a shared zone publishes `domain` in its place. */
export interface Handovers {
  readonly network: NetworkHandover;
  readonly domain: DomainHandover;
  readonly data: DataHandover;
  readonly 'compute-box': BoxHandover;
  readonly 'compute-fargate': FargateHandover;
  readonly 'compute-kubernetes': KubernetesHandover;
  readonly platform: PlatformHandover;
  readonly workloads: WorkloadsHandover;
  readonly edge: EdgeHandover;
}
