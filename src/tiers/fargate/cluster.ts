/** The ECS cluster: on-demand and Spot Fargate, metrics of its tasks, and a log of what people type in shells. */
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { EcsCluster, type EcsClusterConfiguration } from '@cdktf/provider-aws/lib/ecs-cluster';
import { EcsClusterCapacityProviders } from '@cdktf/provider-aws/lib/ecs-cluster-capacity-providers';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { ResolvedTier } from '../../config/resolved/environment';

export interface FargateClusterProps {
  readonly name: string;
  readonly containerInsights: Extract<ResolvedTier, { kind: 'fargate' }>['containerInsights'];
  /** The log of shells. Left out when no workload has `exec`. */
  readonly execLog?: {
    readonly groupName: string;
    readonly retentionDays: number;
    /** A key that CloudWatch Logs may use. @default CloudWatch's own */
    readonly keyArn?: string;
  };
}

/** A cluster that runs tasks on Fargate only. */
export class FargateCluster extends Construct {
  public readonly arn: string;
  public readonly name: string;
  /** The capacity providers, which must exist before a service names one. */
  public readonly ready: readonly ITerraformDependable[];
  public readonly execLogGroupArn?: string;

  constructor(scope: Construct, id: string, { name, containerInsights, execLog }: FargateClusterProps) {
    super(scope, id);
    const group = execLog && this.createExecLog(execLog);
    const cluster = new EcsCluster(this, 'cluster', {
      name,
      setting: [{ name: 'containerInsights', value: containerInsights }],
      configuration: group && execConfiguration(group.name, execLog.keyArn !== undefined),
    });
    const providers = new EcsClusterCapacityProviders(this, 'capacity', {
      clusterName: cluster.name,
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
    });
    this.arn = cluster.arn;
    this.name = cluster.name;
    this.ready = [providers];
    this.execLogGroupArn = group?.arn;
  }

  private createExecLog({ groupName, retentionDays, keyArn }: NonNullable<FargateClusterProps['execLog']>): CloudwatchLogGroup {
    return new CloudwatchLogGroup(this, 'shells', { name: groupName, retentionInDays: retentionDays, kmsKeyId: keyArn });
  }
}

function execConfiguration(groupName: string, encrypted: boolean): EcsClusterConfiguration {
  return {
    executeCommandConfiguration: {
      logging: 'OVERRIDE',
      // `true` refuses shells while the log group has no customer-managed key.
      logConfiguration: { cloudWatchLogGroupName: groupName, cloudWatchEncryptionEnabled: encrypted },
    },
  };
}
