/** Where the host of a box is in its network. */
import { explained } from '../../aws/errors';
import { CommandError } from '../../cli/errors';
import type { NetworkEnd } from '../network-end';
import type { Target } from '../target';
import { scriptHostOf } from './host-command';

export interface HostEnd extends NetworkEnd {
  readonly instanceId: string;
  /** Kept when the host is replaced. */
  readonly privateAddress: string;
}

/** @throws CommandError where no host is deployed, or it has no network */
export async function hostEnd(target: Target): Promise<HostEnd> {
  const { aws, name } = target;
  const instanceId = await scriptHostOf(target);
  const ec2 = await aws.ec2();
  const { Reservations: found = [] } = await explained(`looking at the host ${instanceId}`, () =>
    ec2.describeInstances({ InstanceIds: [instanceId] }),
  );
  const [instance] = found.flatMap(({ Instances: all = [] }) => all);
  const { PrivateIpAddress: privateAddress, VpcId: vpcId, SubnetId: subnetId } = instance ?? {};
  const [{ GroupId: securityGroupId } = {}] = instance?.SecurityGroups ?? [];
  if (privateAddress === undefined || vpcId === undefined || subnetId === undefined || securityGroupId === undefined)
    throw new CommandError(`the host ${instanceId} of ${name} has no network: it is not running`);
  return { name: `the host of ${name}`, aws, instanceId, privateAddress, vpcId, subnetIds: [subnetId], securityGroupId };
}
