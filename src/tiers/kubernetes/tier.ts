/** Kubernetes, as environments see it. */
import { DataAwsLb } from '@cdktf/provider-aws/lib/data-aws-lb';
import { regionalFirewalls } from '../../modules/observability/monitored-resources';
import { NOTHING } from '../../modules/sleep/sleeping-resources';
import type { Tier } from '../tier';
import { KubernetesStack } from './cluster-stack';
import { PlatformStack } from './platform-stack';
import { WorkloadsStack } from './workloads-stack';

/** EKS in three stacks: the providers of the second and third log in to the cluster of the first. */
export const kubernetes: Tier<'kubernetes'> = {
  createStacks: ({ app, environment, tier, handovers, stackProps }) => {
    const { identity, protect, workloads, data, edge, network, observability, sleep } = environment;
    const cluster = new KubernetesStack(app, {
      stack: stackProps('compute-kubernetes'),
      identity,
      protect,
      sleep,
      tier,
      workloads,
      data,
      edge,
      observability,
      handovers,
    });
    const platform = new PlatformStack(app, {
      stack: stackProps('platform'),
      identity,
      tier,
      handovers: { network: handovers.network, cluster: cluster.handover },
    });
    const { handover } = new WorkloadsStack(app, {
      stack: stackProps('workloads'),
      identity,
      protect,
      tier,
      workloads,
      network,
      data,
      edge,
      handovers: { ...handovers, cluster: cluster.handover, platform: platform.handover },
    });
    return {
      kind: 'kubernetes',
      destination: (edgeStack) => {
        const { loadBalancer } = handover.in(edgeStack);
        if (loadBalancer === undefined) return undefined;
        const { dnsName, zoneId } = new DataAwsLb(edgeStack, 'ingress', { name: loadBalancer.name });
        return { kind: 'aws', dnsName, hostedZoneId: zoneId, ipv6: false, followsHealth: true };
      },
      balancer: (edgeStack) => {
        const { loadBalancer } = handover.in(edgeStack);
        return loadBalancer && new DataAwsLb(edgeStack, 'ingress', { name: loadBalancer.name });
      },
      monitored: (observability) => {
        const { loadBalancer } = handover.in(observability);
        const published = cluster.handover.in(observability);
        return {
          balancer: loadBalancer && {
            // The ingress controller made it, so no state holds more than its name.
            arnSuffix: new DataAwsLb(observability, 'ingress', { name: loadBalancer.name }).arnSuffix,
            targets: [],
          },
          cluster: {
            name: published.clusterName,
            watchdogTopicName: published.alertTopics?.watchdogName,
            insights: tier.kubernetes.monitoring === 'container-insights',
            nodeGroups: Object.entries(published.autoScalingGroupNames).map(([key, groupName]) => ({ key, groupName })),
          },
          firewalls: regionalFirewalls(published.webAclName),
        };
      },
      sleeping: (sleepStack) => {
        const { clusterName, nodeGroups = {}, autoScalingGroupNames } = cluster.handover.in(sleepStack);
        const sleeping = tier.kubernetes.nodeGroups.flatMap(({ key, min }) => {
          const [group, autoScalingGroupName] = [nodeGroups[key], autoScalingGroupNames[key]];
          if (group === undefined || autoScalingGroupName === undefined) return [];
          return [{ clusterName, ...group, autoScalingGroupName, min }];
        });
        return { ...NOTHING, nodeGroups: sleeping };
      },
    };
  },
};
