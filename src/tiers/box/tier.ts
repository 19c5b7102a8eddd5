/** The box, as environments see it. */
import type { BoxHandover } from '../../contracts/handovers';
import { balancerDestination } from '../../modules/load-balancer/destination';
import type { MonitoredHost } from '../../modules/observability/monitored-resources';
import { NOTHING, type SleepingCompute } from '../../modules/sleep/sleeping-resources';
import type { MonitoredCompute, Tier, TierContext } from '../tier';
import { BoxStack } from './stack';

type Context = TierContext<'box'>;

/** One EC2 host with Docker Compose, or several equal ones behind a load balancer. */
export const box: Tier<'box'> = {
  createStacks: (context) => {
    const { app, environment, tier, handovers, stackProps } = context;
    const { handover } = new BoxStack(app, {
      stack: stackProps('compute-box'),
      identity: environment.identity,
      protect: environment.protect,
      tier,
      workloads: environment.workloads,
      edge: environment.edge,
      data: environment.data,
      handovers,
    });
    return {
      kind: 'box',
      destination: (edge) => {
        const { loadBalancer } = handover.in(edge);
        if (loadBalancer !== undefined) return balancerDestination(loadBalancer);
        // The address belongs to the network stack: it outlives the host.
        const address = handovers.network.in(edge).boxAddress?.publicIp;
        return address === undefined ? undefined : { kind: 'address', address };
      },
      balancer: (edge) => handover.in(edge).loadBalancer,
      monitored: (observability) => monitored(context, handover.in(observability)),
      sleeping: (sleep) => sleepingHosts(context, handover.in(sleep)),
    };
  },
};

function sleepingHosts({ tier }: Context, { instanceId, groupName }: BoxHandover): SleepingCompute {
  return {
    ...NOTHING,
    instanceIds: instanceId === undefined ? [] : [instanceId],
    hostGroups: groupName === undefined ? [] : [{ name: groupName, min: tier.box.instances.min }],
  };
}

function monitored(context: Context, handover: BoxHandover): MonitoredCompute {
  const { loadBalancer } = handover;
  return {
    balancer: loadBalancer && { arnSuffix: loadBalancer.arnSuffix, targets: [] },
    host: monitoredHost(context, handover),
    firewalls: [],
  };
}

function monitoredHost({ tier, environment }: Context, handover: BoxHandover): MonitoredHost {
  const { workloads, domain, data } = environment;
  return {
    namespace: handover.metricsNamespace,
    environment: handover.metricsEnvironment,
    instanceId: handover.instanceId,
    groupName: handover.groupName,
    bursts: handover.groupName === undefined && tier.box.burstable && tier.box.cpuCredits === 'unlimited',
    postgres: data.database?.placement === 'host',
    redis: data.cache?.placement === 'host',
    jobs: workloads.jobs.length > 0,
    certificates: domain !== undefined && handover.loadBalancer === undefined,
    drills: data.database !== undefined,
    backupHours: tier.box.backup.alarmAfterHours,
    drillHours: tier.box.backup.drillAlarmAfterHours,
  };
}
