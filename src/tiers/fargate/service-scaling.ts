/** Adds and removes tasks of an ECS service so that its load stays near a target. */
import { AppautoscalingPolicy } from '@cdktf/provider-aws/lib/appautoscaling-policy';
import { AppautoscalingTarget } from '@cdktf/provider-aws/lib/appautoscaling-target';
import { Construct } from 'constructs';

/** The targets that scaling maintains; a load that is left out is not followed. */
export interface Load {
  /** Average CPU utilisation of the tasks, in percent. */
  readonly cpuPercent?: number;
  /** Average memory utilisation of the tasks, in percent. */
  readonly memoryPercent?: number;
  /** Requests a minute for each task; only for a service behind a load balancer. */
  readonly requestsPerTarget?: number;
  /** Seconds after tasks were added before more are added. */
  readonly scaleOutCooldownSeconds: number;
  /** Seconds after tasks were removed before more are removed. */
  readonly scaleInCooldownSeconds: number;
}

/** The least and the most tasks of a service. */
export interface TaskRange {
  readonly min: number;
  readonly max: number;
}

export interface ServiceScalingProps {
  readonly clusterName: string;
  /** A reference to the service's name, not a copy of it: AWS accepts a policy only for a service that exists. */
  readonly serviceName: string;
  /** Begins the names of the policies. */
  readonly name: string;
  readonly replicas: TaskRange;
  /** @default only the range is enforced */
  readonly scaling?: Load;
  /** `<load balancer's ARN suffix>/<target group's ARN suffix>`; needed with `requestsPerTarget`. */
  readonly requestsResourceLabel?: string;
}

/** The task count of a service, as Application Auto Scaling names it. */
export function scalableService(clusterName: string, serviceName: string) {
  return {
    serviceNamespace: 'ecs',
    scalableDimension: 'ecs:service:DesiredCount',
    resourceId: `service/${clusterName}/${serviceName}`,
  } as const;
}

/**
 * Registers the service with Application Auto Scaling and tracks its load.
 *
 * The target exists even when `min` equals `max`: Terraform ignores the desired count, so only the target returns a service that
 * was scaled by hand to its range, and applies a changed `min`.
 */
export class ServiceScaling extends Construct {
  public readonly targetArn: string;
  private readonly target: AppautoscalingTarget;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ServiceScalingProps,
  ) {
    super(scope, id);
    const { clusterName, serviceName, replicas, scaling } = props;
    this.target = new AppautoscalingTarget(this, 'target', {
      ...scalableService(clusterName, serviceName),
      minCapacity: replicas.min,
      maxCapacity: replicas.max,
    });
    this.targetArn = this.target.arn;
    if (scaling === undefined || replicas.min === replicas.max) return;
    this.track('cpu', 'ECSServiceAverageCPUUtilization', scaling.cpuPercent);
    this.track('memory', 'ECSServiceAverageMemoryUtilization', scaling.memoryPercent);
    this.track('requests', 'ALBRequestCountPerTarget', scaling.requestsPerTarget, this.requestsLabel(scaling));
  }

  private track(id: string, metric: string, targetValue: number | undefined, resourceLabel?: string): void {
    const { name, scaling } = this.props;
    if (targetValue === undefined) return;
    new AppautoscalingPolicy(this, id, {
      name: `${name}-${id}`,
      policyType: 'TargetTrackingScaling',
      serviceNamespace: this.target.serviceNamespace,
      scalableDimension: this.target.scalableDimension,
      resourceId: this.target.resourceId,
      targetTrackingScalingPolicyConfiguration: {
        targetValue,
        scaleOutCooldown: scaling?.scaleOutCooldownSeconds,
        scaleInCooldown: scaling?.scaleInCooldownSeconds,
        predefinedMetricSpecification: { predefinedMetricType: metric, resourceLabel },
      },
    });
  }

  private requestsLabel({ requestsPerTarget }: Load): string | undefined {
    const { name, requestsResourceLabel } = this.props;
    if (requestsPerTarget !== undefined && requestsResourceLabel === undefined) {
      throw new Error(
        `${name} scales on requests but has no target group: give it a route, or scale it on cpuPercent or memoryPercent`,
      );
    }
    return requestsResourceLabel;
  }
}
