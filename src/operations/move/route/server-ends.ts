/** Where the server of a database is in its network. */
import { explained } from '../../../aws/errors';
import { CommandError } from '../../../cli/errors';
import { hostEnd } from '../../box/host-network';
import type { NetworkEnd } from '../../network-end';
import type { Target } from '../../target';

/** The one that the description names. @throws CommandError while it is not deployed */
export async function serverEnd(target: Target): Promise<NetworkEnd> {
  return target.environment.data.database?.placement === 'host' ? hostEnd(target) : managedEnd(target);
}

/** A standby takes over in another subnet of the group. */
export async function managedEnd({ aws, name, environment }: Target): Promise<NetworkEnd> {
  const { database } = environment.data;
  if (database?.placement !== 'managed') throw new CommandError(`the description of ${name} has no managed database`);
  const { identifier } = database;
  const rds = await aws.rds();
  const { DBInstances: [instance] = [] } = await explained(`looking for the database ${identifier}`, () =>
    rds.describeDBInstances({ DBInstanceIdentifier: identifier }),
  );
  const { VpcId: vpcId, Subnets: subnets = [] } = instance?.DBSubnetGroup ?? {};
  const [{ VpcSecurityGroupId: securityGroupId } = {}] = instance?.VpcSecurityGroups ?? [];
  const subnetIds = subnets.flatMap(({ SubnetIdentifier: id }) => id ?? []);
  if (vpcId === undefined || securityGroupId === undefined || subnetIds.length === 0)
    throw new CommandError(`${identifier} is not ready yet: RDS names no network`);
  return { name: `RDS of ${name}`, aws, vpcId, subnetIds, securityGroupId };
}
