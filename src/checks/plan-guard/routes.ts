/** Routes from the internet into subnets that exist. Pure. */
import { nestedBlocks } from '../../terraform/root-module';
import { isInternet } from './cidr';
import type { Attributes, Plan, ResourceChange } from './plan';
import { stringsOf } from './values';

const DESTINATIONS = ['destination_cidr_block', 'destination_ipv6_cidr_block', 'cidr_block', 'ipv6_cidr_block'] as const;

function leadsToInternet(route: Attributes): boolean {
  const destination = DESTINATIONS.flatMap((name) => stringsOf(route[name])).filter((cidr) => cidr !== '');
  return stringsOf(route.gateway_id).some((gateway) => gateway.startsWith('igw-')) && destination.some(isInternet);
}

/**
 * Whether a table that is not new gets a route to an internet gateway, by a route or in the table. A gateway that is not known
 * yet counts by the configuration: it is new in the same plan.
 */
export function newInternetRoute(plan: Plan, { type, address, before, after, unknown }: ResourceChange): boolean {
  if (after === undefined) return false;
  if (type === 'aws_route_table' || type === 'aws_default_route_table') {
    const isOpen = (attributes: Attributes | undefined): boolean => nestedBlocks(attributes?.route).some(leadsToInternet);
    return before !== undefined && isOpen(after) && !isOpen(before);
  }
  if (type !== 'aws_route' || unknown.has('route_table_id')) return false;
  const references = plan.configured.find((resource) => resource.address === address)?.references.gateway_id ?? [];
  const isNewGateway = unknown.has('gateway_id') && references.some((name) => name.startsWith('aws_internet_gateway.'));
  const isOpen = leadsToInternet(isNewGateway ? { ...after, gateway_id: 'igw-new' } : after);
  return isOpen && !(before !== undefined && before.route_table_id === after.route_table_id && leadsToInternet(before));
}
