/** What is switched off while an environment sleeps. Values may be Terraform references. */

/** An ECS service. */
export interface SleepingService {
  readonly clusterName: string;
  readonly name: string;
  /** Its target of Application Auto Scaling. */
  readonly scalableTargetArn: string;
  /** Tasks that run at least while the environment is awake. */
  readonly min: number;
}

/** A node group of EKS. */
export interface SleepingNodeGroup {
  readonly clusterName: string;
  readonly name: string;
  readonly arn: string;
  /** The Auto Scaling group that EKS creates for it. */
  readonly autoScalingGroupName: string;
  readonly min: number;
}

/** An Auto Scaling group of hosts. */
export interface SleepingHostGroup {
  readonly name: string;
  readonly min: number;
}

/** What the tiers of an environment switch off. */
export interface SleepingCompute {
  readonly services: readonly SleepingService[];
  readonly nodeGroups: readonly SleepingNodeGroup[];
  readonly hostGroups: readonly SleepingHostGroup[];
  /** EC2 instances that are stopped with their disks. */
  readonly instanceIds: readonly string[];
}

/** All that is switched off, and what would report it as a failure. */
export interface SleepingResources extends SleepingCompute {
  /** The identifier of the RDS instance. @default the database keeps running, or there is none */
  readonly database?: string;
  /** The names of alarms in the environment's region; they measure, but notify no one. */
  readonly alarmNames: readonly string[];
  /** Ids of Route 53 health checks. */
  readonly healthCheckIds: readonly string[];
}

/** A tier that switches nothing off. */
export const NOTHING: SleepingCompute = { services: [], nodeGroups: [], hostGroups: [], instanceIds: [] };

/** What several tiers switch off together. */
export function together(parts: readonly SleepingCompute[]): SleepingCompute {
  return {
    services: parts.flatMap(({ services }) => services),
    nodeGroups: parts.flatMap(({ nodeGroups }) => nodeGroups),
    hostGroups: parts.flatMap(({ hostGroups }) => hostGroups),
    instanceIds: parts.flatMap(({ instanceIds }) => instanceIds),
  };
}
