/** The tasks of one service as targets of the load balancer, and its health check. */
import { LbTargetGroup } from '@cdktf/provider-aws/lib/lb-target-group';
import { Construct } from 'constructs';
import { resourceName } from '../../config/names';
import type { Health } from '../../config/resolved/environment';

export interface TargetGroupProps {
  readonly environment: string;
  /** The service's key. */
  readonly service: string;
  readonly vpcId: string;
  readonly port: number;
  readonly health: Health;
  /** Seconds that a stopping task keeps its open connections. AWS's default of 300 makes every release wait for five minutes. */
  readonly stopTimeoutSeconds: number;
  /** Addresses of tasks, or whole instances. @default 'ip' */
  readonly targetType?: 'ip' | 'instance';
}

/** A target group of task addresses. */
export class TargetGroup extends Construct {
  public readonly arn: string;
  /** The CloudWatch dimension. */
  public readonly arnSuffix: string;

  constructor(scope: Construct, id: string, props: TargetGroupProps) {
    super(scope, id);
    const { environment, service, vpcId, port, health, stopTimeoutSeconds, targetType } = props;
    const group = new LbTargetGroup(this, 'group', {
      // The port is part of the name because a new port creates a new group, which exists next to the old one for a while.
      name: resourceName(environment, `${service}-${port}`, 'targetGroup'),
      vpcId,
      targetType: targetType ?? 'ip',
      protocol: 'HTTP',
      port,
      deregistrationDelay: String(stopTimeoutSeconds),
      healthCheck: {
        enabled: true,
        protocol: 'HTTP',
        port: 'traffic-port',
        path: health.path,
        matcher: health.matcher,
        interval: health.intervalSeconds,
        timeout: health.timeoutSeconds,
        healthyThreshold: health.healthyThreshold,
        unhealthyThreshold: health.unhealthyThreshold,
      },
      lifecycle: { createBeforeDestroy: true },
    });
    this.arn = group.arn;
    this.arnSuffix = group.arnSuffix;
  }
}
