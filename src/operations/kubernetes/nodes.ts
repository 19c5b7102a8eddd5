/** The nodes of a cluster, as instances of EC2. */
import { explained } from '../../aws/errors';
import { CommandError } from '../../cli/errors';
import type { Target } from '../target';

/** The ids of the instances in service. @throws CommandError when there is none */
export async function nodesOf({ aws, name, published }: Target): Promise<readonly string[]> {
  const groups = Object.values((await published('compute-kubernetes'))?.autoScalingGroupNames ?? {});
  if (groups.length === 0) throw new CommandError(`${name}-compute-kubernetes is not deployed`);
  const scaling = await aws.autoScaling();
  const { AutoScalingGroups: found = [] } = await explained('listing the nodes', () =>
    scaling.describeAutoScalingGroups({ AutoScalingGroupNames: groups }),
  );
  const instances = found.flatMap(({ Instances: all = [] }) => all).filter(({ LifecycleState: state }) => state === 'InService');
  const ids = instances.flatMap(({ InstanceId: id }) => (id === undefined ? [] : [id]));
  if (ids.length === 0) throw new CommandError(`no node of ${name} is in service`);
  return ids;
}
