/** The network plan. Pure. */
import type { Book } from '../book';
import { code, codes, facts, matrix, type Section } from '../elements';
import { html, type Part } from '../html';
import { allOf } from '../facts/references';

const KINDS = ['public', 'private', 'isolated'] as const;

const PURPOSE = {
  public: 'load balancers, NAT, single hosts',
  private: 'containers; they reach the internet through NAT',
  isolated: 'data; no route to the internet',
} as const;

const NAT = {
  none: 'none: nothing in private subnets reaches the internet',
  instance: 'one instance that replaces itself',
  single: 'one gateway, in one zone',
  'per-az': 'a gateway in every zone',
} as const;

export function networkSection({ environment, modules }: Book): Section {
  const { network } = environment;
  const subnets = allOf(modules, 'aws_subnet').filter(({ block }) => block.region === undefined);
  const zones = [...new Set(subnets.map(({ block }) => String(block.availability_zone)))].sort();
  const cidrOf = (kind: string, zone: string): Part => {
    const subnet = subnets.find(({ name, block }) => name.includes(`_${kind}-`) && block.availability_zone === zone);
    return subnet && code(String(subnet.block.cidr_block));
  };
  const endpoints = allOf(modules, 'aws_vpc_endpoint').map(({ block }) =>
    String(block.service_name).split('.').slice(3).join('.'),
  );
  return {
    id: 'network',
    title: 'Network plan',
    body: html`${facts([
      ['VPC', code(network.cidr)],
      ['out of private subnets', NAT[network.nat]],
      ['endpoints in the VPC', codes(endpoints)],
      ['flow logs', allOf(modules, 'aws_flow_log').length > 0 ? 'on' : 'off'],
      ['networks of replicas', network.replicaNetworks.map(({ region, cidr }) => html`${region} ${code(cidr)} `)],
    ])}
    ${matrix({
      caption: 'Subnets by kind and zone',
      corner: 'subnets',
      columns: zones,
      rows: KINDS.filter((kind) => subnets.some(({ name }) => name.includes(`_${kind}-`))).map((kind) => ({
        name: html`${kind}<br /><small>${PURPOSE[kind]}</small>`,
        cells: zones.map((zone) => cidrOf(kind, zone)),
      })),
    })}`,
  };
}
