/** The Fargate tier behind the interface that all tiers share. */
import { runningWorkloads } from '../../config/calculations/workloads';
import type { FargateHandover } from '../../contracts/handovers';
import { balancerDestination } from '../../modules/load-balancer/destination';
import type { MonitoredBalancer, MonitoredFargate } from '../../modules/observability/monitored-resources';
import { regionalFirewalls } from '../../modules/observability/monitored-resources';
import { NOTHING, type SleepingService } from '../../modules/sleep/sleeping-resources';
import type { Tier, TierContext } from '../tier';
import { createFargatePreview } from './preview';
import { FargateStack } from './stack';

type Context = TierContext<'fargate'>;

/** ECS Fargate behind an application load balancer. */
export const fargate: Tier<'fargate'> = {
  createPreview: createFargatePreview,
  createStacks: (context) => {
    const { app, environment, tier, handovers, stackProps } = context;
    const { handover } = new FargateStack(app, {
      stack: stackProps('compute-fargate'),
      identity: environment.identity,
      protect: environment.protect,
      sleep: environment.sleep,
      tier,
      workloads: environment.workloads,
      edge: environment.edge,
      data: environment.data,
      hasPreviews: environment.preview !== undefined,
      handovers,
    });
    return {
      kind: 'fargate',
      destination: (edge) => {
        const { loadBalancer } = handover.in(edge);
        return loadBalancer && balancerDestination(loadBalancer);
      },
      balancer: (edge) => handover.in(edge).loadBalancer,
      monitored: (observability) => {
        const published = handover.in(observability);
        return {
          balancer: monitoredBalancer(published),
          fargate: monitoredServices(context, published),
          firewalls: regionalFirewalls(published.webAcl?.name),
        };
      },
      sleeping: (sleep) => ({ ...NOTHING, services: sleepingServices(context, handover.in(sleep)) }),
    };
  },
};

function monitoredBalancer({ loadBalancer, services }: FargateHandover): MonitoredBalancer | undefined {
  if (loadBalancer === undefined) return undefined;
  return {
    arnSuffix: loadBalancer.arnSuffix,
    targets: Object.entries(services).flatMap(([service, { targetGroupArnSuffix }]) =>
      targetGroupArnSuffix === undefined ? [] : [{ service, arnSuffix: targetGroupArnSuffix }],
    ),
  };
}

function sleepingServices({ environment }: Context, handover: FargateHandover): readonly SleepingService[] {
  const { clusterName, services, workers, scalableTargetArns = {} } = handover;
  const running = { ...services, ...workers };
  return runningWorkloads(environment.workloads).flatMap(({ key, replicas }) => {
    const [service, scalableTargetArn] = [running[key], scalableTargetArns[key]];
    if (service === undefined || scalableTargetArn === undefined) return [];
    return [{ clusterName, name: service.name, scalableTargetArn, min: replicas.min }];
  });
}

function monitoredServices({ tier, environment }: Context, handover: FargateHandover): MonitoredFargate {
  const running = { ...handover.services, ...handover.workers };
  return {
    clusterName: handover.clusterName,
    insights: tier.containerInsights !== 'disabled',
    services: runningWorkloads(environment.workloads).flatMap(({ key, name, replicas, tracing }) => {
      const service = running[key];
      return service === undefined
        ? []
        : [{ key, name: service.name, minimum: replicas.min, tracedAs: tracing === undefined ? undefined : name }];
    }),
    schedules: Object.entries(handover.schedules).map(([key, { deadLetterQueueName }]) => ({ key, deadLetterQueueName })),
  };
}
