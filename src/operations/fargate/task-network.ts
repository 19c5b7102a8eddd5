/** Where tasks that run scripts are in their network: as those of `database-init`. */
import { CommandError } from '../../cli/errors';
import { DATABASE_INIT_KEY } from '../../config/names';
import type { NetworkEnd } from '../network-end';
import { checkAccount, type Target } from '../target';
import { jobPlacement, jobStateMachineArn } from './job-placement';

/** @throws CommandError where the environment is not deployed */
export async function taskEnd(target: Target): Promise<NetworkEnd> {
  const { aws, name, published } = target;
  const machine = jobStateMachineArn(target, await checkAccount(target), DATABASE_INIT_KEY);
  const { network } = await jobPlacement(aws, DATABASE_INIT_KEY, machine);
  const vpcId = (await published('network'))?.vpcId;
  const [securityGroupId] = network.securityGroups;
  if (vpcId === undefined || securityGroupId === undefined) throw new CommandError(`${name}-network is not deployed`);
  return { name: `tasks of ${name}`, aws, vpcId, subnetIds: network.subnets, securityGroupId };
}
