/** What a route of a move consists of: connections from one end to another, each on one port. */
import { explained } from '../../../aws/errors';
import type { AwsClients } from '../../../aws/clients';
import type { NetworkEnd } from '../../network-end';

/** On everything that a route creates; its value is the id of the move. No description has it, so no plan of a stack knows it. */
export const ROUTE_TAG = 'terrace:move';

export interface Crossing {
  /** What connects. */
  readonly from: NetworkEnd;
  /** What is connected to. */
  readonly to: NetworkEnd;
  readonly port: number;
}

export function isInsideOne({ from, to }: Crossing): boolean {
  return from.vpcId === to.vpcId;
}

/** The networks of an end's subnets: as little as possible is opened. */
export async function cidrsOf({ aws, name, subnetIds }: NetworkEnd): Promise<readonly string[]> {
  const ec2 = await aws.ec2();
  const { Subnets: subnets = [] } = await explained(`looking at the subnets of ${name}`, () =>
    ec2.describeSubnets({ SubnetIds: [...subnetIds] }),
  );
  return [...new Set(subnets.flatMap(({ CidrBlock: cidr }) => cidr ?? []))].sort();
}

/** One client for each region: what is looked for by its tag is found once. */
export function oncePerRegion(all: readonly AwsClients[]): readonly AwsClients[] {
  return [...new Map(all.map((aws) => [aws.options.region, aws])).values()];
}

export function tagsOf(move: string): { Key: string; Value: string }[] {
  return [{ Key: ROUTE_TAG, Value: move }];
}
