/** A service or worker on ECS: its task, its firewall, and how many run, are replaced, and are taken back. */
import { EcsService, type EcsServiceCapacityProviderStrategy } from '@cdktf/provider-aws/lib/ecs-service';
import { Construct } from 'constructs';
import type { ResolvedService, ResolvedWorker } from '../../config/resolved/environment';
import type { NetworkHandover } from '../../contracts/handovers';
import { dataAccess } from '../../modules/containers/data-access';
import type { BalancerTarget } from '../../modules/load-balancer/application-load-balancer';
import type { FargateCluster } from './cluster';
import { FargateTask, type TaskContext } from './task';
import { TaskSecurityGroup } from './task-security-group';

export interface FargateServiceProps {
  readonly context: TaskContext;
  readonly cluster: Pick<FargateCluster, 'arn' | 'ready'>;
  readonly network: NetworkHandover;
  /** A service has a port and a health check, a worker has neither. */
  readonly workload: ResolvedService | ResolvedWorker;
  /** Where the load balancer reaches it. Left out without routes. */
  readonly target?: BalancerTarget;
}

/** What runs all the time. */
export class FargateService extends Construct {
  public readonly task: FargateTask;
  /** References, so that what scales or restarts the service comes after it. */
  public readonly name: string;
  public readonly arn: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: FargateServiceProps,
  ) {
    super(scope, id);
    const { context, network, workload, target } = props;
    const listener = workload.kind === 'service' ? workload : undefined;
    this.task = new FargateTask(this, 'task', {
      context,
      container: workload,
      port: listener?.port,
      health: listener?.health,
      exec: workload.exec,
      pooler: workload.pooler,
      tracing: workload.tracing,
    });
    const security = new TaskSecurityGroup(this, 'security', {
      environment: context.environment,
      workload: workload.key,
      network,
      access: dataAccess(workload),
    });
    if (listener !== undefined && target !== undefined) security.admit(target.balancerSecurityGroupId, listener.port);

    const service = this.service(security.id, listener, target);
    this.name = service.name;
    this.arn = service.arn;
  }

  private service(
    securityGroupId: string,
    listener: ResolvedService | undefined,
    target: BalancerTarget | undefined,
  ): EcsService {
    const { cluster, network, workload } = this.props;
    const { minimumHealthyPercent, maximumPercent, circuitBreaker } = workload.deployment;
    return new EcsService(this, 'service', {
      name: workload.name,
      cluster: cluster.arn,
      taskDefinition: this.task.arn,
      desiredCount: workload.replicas.min,
      capacityProviderStrategy: capacityStrategy(workload.spotPercent),
      // Without it the provider replaces the whole service, with an outage, when the Spot share is tuned.
      forceNewDeployment: true,
      platformVersion: 'LATEST',
      schedulingStrategy: 'REPLICA',
      deploymentMinimumHealthyPercent: minimumHealthyPercent,
      deploymentMaximumPercent: maximumPercent,
      deploymentCircuitBreaker: { enable: circuitBreaker, rollback: circuitBreaker },
      // ECS moves tasks between zones by starting one more first, which a maximum of 100% forbids.
      availabilityZoneRebalancing: maximumPercent > 100 ? 'ENABLED' : 'DISABLED',
      enableExecuteCommand: workload.exec,
      enableEcsManagedTags: true,
      propagateTags: 'SERVICE',
      waitForSteadyState: false,
      networkConfiguration: {
        subnets: [...network.privateSubnetIds],
        securityGroups: [securityGroupId],
        assignPublicIp: false,
      },
      ...(listener === undefined || target === undefined ? {} : behindBalancer(listener, target)),
      // ECS refuses a provider that the cluster does not have, and a target group that no listener leads to.
      dependsOn: [...cluster.ready, ...(target?.reachedBy ?? [])],
      // Scaling and people set the count; Terraform wrote only the first.
      lifecycle: { ignoreChanges: ['desired_count'] },
    });
  }
}

function behindBalancer({ key, port, health }: ResolvedService, { arn }: BalancerTarget) {
  return {
    loadBalancer: [{ targetGroupArn: arn, containerName: key, containerPort: port }],
    healthCheckGracePeriodSeconds: health.gracePeriodSeconds,
  };
}

/** Unless everything is on Spot, the first task never is: a shortage of Spot takes no service down. */
export function capacityStrategy(spotPercent: number): EcsServiceCapacityProviderStrategy[] {
  const onDemand = { capacityProvider: 'FARGATE', base: 1, weight: 100 - spotPercent };
  const spot = { capacityProvider: 'FARGATE_SPOT', weight: spotPercent };
  if (spotPercent === 0) return [{ capacityProvider: 'FARGATE', weight: 1 }];
  return spotPercent === 100 ? [spot] : [onDemand, spot];
}
