/** Where the server of a database is in its network. */
import { CommandError } from '../../../cli/errors';
import { hostEnd } from '../../box/host-network';
import type { NetworkEnd } from '../../network-end';
import type { Target } from '../../target';
import { rdsInstance } from '../rds-instance';

/** The one that the description names. @throws CommandError while it is not deployed */
export async function serverEnd(target: Target): Promise<NetworkEnd> {
  return target.environment.data.database?.placement === 'host' ? hostEnd(target) : managedEnd(target);
}

/** A standby takes over in another subnet of the group. */
export async function managedEnd(target: Target): Promise<NetworkEnd> {
  const { aws, name, environment } = target;
  const { database } = environment.data;
  if (database?.placement !== 'managed') throw new CommandError(`the description of ${name} has no managed database`);
  const { identifier } = database;
  const instance = await rdsInstance(target, identifier);
  const { VpcId: vpcId, Subnets: subnets = [] } = instance?.DBSubnetGroup ?? {};
  const [{ VpcSecurityGroupId: securityGroupId } = {}] = instance?.VpcSecurityGroups ?? [];
  const subnetIds = subnets.flatMap(({ SubnetIdentifier: id }) => id ?? []);
  if (vpcId === undefined || securityGroupId === undefined || subnetIds.length === 0)
    throw new CommandError(`${identifier} is not ready yet: RDS names no network`);
  return { name: `RDS of ${name}`, aws, vpcId, subnetIds, securityGroupId };
}
