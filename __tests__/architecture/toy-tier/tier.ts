/** The toy tier: one parameter that holds the message. */
import { SsmParameter } from '@cdktf/provider-aws/lib/ssm-parameter';
import { TerraceStack } from '../../terraform/terrace-stack';
import type { Tier } from '../tier';

export const toy: Tier<'toy'> = {
  createStacks: ({ app, tier, stackProps, handovers }) => {
    const stack = new TerraceStack(app, stackProps('compute-toy'));
    const { vpcId } = handovers.network.in(stack);
    new SsmParameter(stack, 'message', { name: '/toy/message', type: 'String', value: `${tier.message} in ${vpcId}` });
    return {
      kind: 'toy',
      destination: () => ({ kind: 'address', address: '192.0.2.1' }),
      monitored: () => ({ firewalls: [] }),
      sleeping: () => ({ services: [], nodeGroups: [], hostGroups: [], instanceIds: [] }),
    };
  },
};
