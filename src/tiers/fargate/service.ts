/** A service or worker on ECS: its task, its security group, how many tasks run and how a release replaces them. */
import { EcsService, type EcsServiceCapacityProviderStrategy } from '@cdktf/provider-aws/lib/ecs-service';
import { Construct } from 'constructs';
import { consumedQueues } from '../../config/calculations/workloads';
import type { ResolvedService, ResolvedWorker } from '../../config/resolved/environment';
import type { NetworkHandover } from '../../contracts/handovers';
import type { BalancerTarget } from '../../modules/load-balancer/balancer-targets';
import type { FargateCluster } from './cluster';
import { FargateTask, type TaskContext } from './task';
import { TaskSecurityGroup } from './task-security-group';

export interface FargateServiceProps {
  readonly context: TaskContext;
  readonly cluster: Pick<FargateCluster, 'arn' | 'ready'>;
  readonly network: NetworkHandover;
  /** A service has a port and a health check, a worker has neither. */
  readonly workload: ResolvedService | ResolvedWorker;
  /** The target group that the load balancer reaches it through. Left out without routes. */
  readonly target?: BalancerTarget;
  /** Where callers find its tasks. Left out without callers. */
  readonly registryArn?: string;
  /**
   * Whether containers of others run in the cluster: a permission on its tasks would be one on theirs, so a worker cannot protect its
   * own. @default false
   */
  readonly sharesCluster?: boolean;
}

/** A container that always runs, in any number of tasks. */
export class FargateService extends Construct {
  public readonly task: FargateTask;
  public readonly security: TaskSecurityGroup;
  /** A reference, like `arn`: what scales or restarts the service is created after it. */
  public readonly name: string;
  public readonly arn: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: FargateServiceProps,
  ) {
    super(scope, id);
    const { context, network, workload, target, sharesCluster = false } = props;
    const listener = workload.kind === 'service' ? workload : undefined;
    const protects = !sharesCluster && workload.kind === 'worker' && consumedQueues(workload).length > 0;
    this.task = new FargateTask(this, 'task', {
      context,
      container: workload,
      port: listener?.port,
      health: listener?.health,
      exec: workload.exec,
      pooler: workload.pooler,
      tracing: workload.tracing,
      protectsItself: protects,
    });
    this.security = new TaskSecurityGroup(this, 'security', { environment: context.environment, workload, network });
    if (listener !== undefined && target !== undefined) this.security.admit(target.balancerSecurityGroupId, listener.port);

    const service = this.createService(listener, target, protects);
    this.name = service.name;
    this.arn = service.arn;
  }

  private createService(
    listener: ResolvedService | undefined,
    target: BalancerTarget | undefined,
    protects: boolean,
  ): EcsService {
    const { cluster, network, workload, registryArn } = this.props;
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
      // Rebalancing stops running tasks, busy ones too. It starts the replacement first, which a maximum of 100 % forbids.
      availabilityZoneRebalancing: maximumPercent > 100 && !protects ? 'ENABLED' : 'DISABLED',
      enableExecuteCommand: workload.exec,
      enableEcsManagedTags: true,
      propagateTags: 'SERVICE',
      waitForSteadyState: false,
      networkConfiguration: {
        subnets: [...network.privateSubnetIds],
        securityGroups: [this.security.id],
        assignPublicIp: false,
      },
      ...(listener === undefined || target === undefined ? {} : behindBalancer(listener, target)),
      serviceRegistries: registryArn === undefined ? undefined : { registryArn },
      // ECS refuses a capacity provider that the cluster does not have, and a target group without a listener.
      dependsOn: [...cluster.ready, ...(target?.reachedBy ?? [])],
      // Terraform writes the first count only; afterwards scaling and people set it.
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

/** Unless all tasks are on Spot, the first one is not: a shortage of Spot capacity stops no service. */
export function capacityStrategy(spotPercent: number): EcsServiceCapacityProviderStrategy[] {
  const onDemand = { capacityProvider: 'FARGATE', base: 1, weight: 100 - spotPercent };
  const spot = { capacityProvider: 'FARGATE_SPOT', weight: spotPercent };
  if (spotPercent === 0) return [{ capacityProvider: 'FARGATE', weight: 1 }];
  return spotPercent === 100 ? [spot] : [onDemand, spot];
}
