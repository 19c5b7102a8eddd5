/**
 * Routes of a peering in the route tables of both ends. Routes have no tags: those of a move lead to its peering. Terraform owns
 * routes one by one and no table as a whole, so that a plan shows nothing of these.
 */
import type { Route, RouteTable } from '@aws-sdk/client-ec2';
import type { AwsClients } from '../../../aws/clients';
import { explained, isAwsError } from '../../../aws/errors';
import { CommandError } from '../../../cli/errors';
import type { NetworkEnd } from '../../network-end';
import type { Peering } from './peering';

/** Leads one end to networks of the other. @throws CommandError where a network is led elsewhere already */
export async function openTables(peering: Peering, end: NetworkEnd, cidrs: readonly string[]): Promise<void> {
  const ec2 = await end.aws.ec2();
  for (const table of await tablesOf(end)) {
    const id = table.RouteTableId ?? '';
    for (const cidr of cidrs) {
      if (isThere(table, cidr, peering)) continue;
      if (!peering.isOurs)
        throw new CommandError(
          `the networks have a peering of yours, ${peering.id}, and ${id} of ${end.name} has no route for ${cidr}\n  fix   add it, and call the command again: the move changes no peering that it has not made`,
        );
      await explained(`adding a route to ${id}`, () =>
        ec2.createRoute({ RouteTableId: id, DestinationCidrBlock: cidr, VpcPeeringConnectionId: peering.id }),
      );
    }
  }
}

/** Of all tables that lead to a peering. */
export async function closeTables(peering: string, aws: AwsClients): Promise<void> {
  const ec2 = await aws.ec2();
  const { RouteTables: tables = [] } = await explained('looking for the routes of the move', () =>
    ec2.describeRouteTables({ Filters: [{ Name: 'route.vpc-peering-connection-id', Values: [peering] }] }),
  );
  for (const { RouteTableId: id = '', Routes: routes = [] } of tables)
    for (const { DestinationCidrBlock: cidr, VpcPeeringConnectionId: leadsTo } of routes) {
      if (leadsTo !== peering) continue;
      await explained(`removing a route of ${id}`, async () => {
        await ec2.deleteRoute({ RouteTableId: id, DestinationCidrBlock: cidr }).catch((error: unknown) => {
          if (!isAwsError(error, 'InvalidRoute.NotFound')) throw error;
        });
      });
    }
}

function isThere({ RouteTableId: id, Routes: routes = [] }: RouteTable, cidr: string, peering: Peering): boolean {
  const route = routes.find(({ DestinationCidrBlock: other }) => other === cidr);
  if (route === undefined) return false;
  if (route.VpcPeeringConnectionId === peering.id) return true;
  throw new CommandError(
    `${id} leads ${cidr} to ${destinationOf(route)} already\n  fix   remove that route, and call the command again`,
  );
}

function destinationOf(route: Route): string {
  const { VpcPeeringConnectionId, TransitGatewayId, NatGatewayId, GatewayId, NetworkInterfaceId } = route;
  return VpcPeeringConnectionId ?? TransitGatewayId ?? NatGatewayId ?? GatewayId ?? NetworkInterfaceId ?? 'another place';
}

/** Of each subnet; one without a table of its own has the main table of its network. */
async function tablesOf({ aws, name, vpcId, subnetIds }: NetworkEnd): Promise<readonly RouteTable[]> {
  const ec2 = await aws.ec2();
  const { RouteTables: all = [] } = await explained(`looking at the route tables of ${name}`, () =>
    ec2.describeRouteTables({ Filters: [{ Name: 'vpc-id', Values: [vpcId] }] }),
  );
  const main = all.find(({ Associations: own = [] }) => own.some(({ Main: isMain }) => isMain === true));
  const tables = subnetIds.map(
    (subnet) => all.find(({ Associations: own = [] }) => own.some(({ SubnetId: id }) => id === subnet)) ?? main,
  );
  return [...new Set(tables.flatMap((table) => table ?? []))];
}
