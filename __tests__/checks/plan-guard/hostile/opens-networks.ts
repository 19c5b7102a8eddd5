/** Plans that open a network to everyone. */
import { entry, several, single, type Entry, type HostileCase } from './hostile-case';

const rule = (source: object): object => ({
  security_group_id: 'sg-1',
  ip_protocol: 'tcp',
  from_port: 5432,
  to_port: 5432,
  ...source,
});
const rules = (...sources: readonly string[]): readonly Entry[] =>
  sources.map((cidr, index) =>
    entry(
      `aws_vpc_security_group_ingress_rule.r${index}`,
      null,
      rule(cidr.includes(':') ? { cidr_ipv6: cidr } : { cidr_ipv4: cidr }),
    ),
  );
const EIGHTHS = Array.from({ length: 32 }, (_, index) => `${index * 8}.0.0.0/8`);
const list = (...cidrs: readonly string[]): object => ({ address_family: 'IPv4', entry: cidrs.map((cidr) => ({ cidr })) });
const CLOUDFRONT = {
  address: 'data.aws_ec2_managed_prefix_list.x',
  mode: 'data',
  type: 'aws_ec2_managed_prefix_list',
  values: { id: 'pl-1', entries: [{ cidr: '120.52.22.96/27' }] },
};

export const OPENS_NETWORKS: readonly HostileCase[] = [
  several('the internet in halves', rules('0.0.0.0/1', '128.0.0.0/1'), rules('10.0.0.0/8', '172.16.0.0/12')),
  several(
    'the internet in networks of 16 million addresses',
    rules(...EIGHTHS),
    rules('10.0.0.0/8', '203.0.113.0/24', '198.51.100.0/24'),
  ),
  several(
    'the internet of IPv6 in parts',
    rules('2000::/16', '2400::/16', '2600::/16'),
    rules('2001:db8::/32', '2600:1f00::/24'),
  ),
  several(
    'a second network joins one that is there',
    [
      entry('aws_vpc_security_group_ingress_rule.old', rule({ cidr_ipv4: '52.0.0.0/8' }), rule({ cidr_ipv4: '52.0.0.0/8' })),
      ...rules('54.0.0.0/8'),
    ],
    [
      entry('aws_vpc_security_group_ingress_rule.old', rule({ cidr_ipv4: '52.0.0.0/8' }), rule({ cidr_ipv4: '52.0.0.0/8' })),
      ...rules('10.0.0.0/8'),
    ],
  ),
  single(
    'the whole internet within one group',
    'aws_security_group.x',
    { ingress: [] },
    { ingress: [{ protocol: 'tcp', from_port: 22, to_port: 22, cidr_blocks: EIGHTHS }] },
    { ingress: [{ protocol: 'tcp', from_port: 22, to_port: 22, cidr_blocks: ['10.0.0.0/8'] }] },
  ),
  several(
    'a prefix list whose networks are not shown',
    [entry('aws_vpc_security_group_ingress_rule.r', null, rule({ prefix_list_id: 'pl-unknown' }))],
    { changes: [entry('aws_vpc_security_group_ingress_rule.r', null, rule({ prefix_list_id: 'pl-1' }))], data: [CLOUDFRONT] },
  ),
  several(
    'a rule by a prefix list of the internet',
    [
      entry('aws_ec2_managed_prefix_list.l', { id: 'pl-9', ...list('0.0.0.0/0') }, { id: 'pl-9', ...list('0.0.0.0/0') }),
      entry('aws_vpc_security_group_ingress_rule.r', null, rule({ prefix_list_id: 'pl-9' })),
    ],
    [
      entry('aws_ec2_managed_prefix_list.l', { id: 'pl-9', ...list('10.0.0.0/8') }, { id: 'pl-9', ...list('10.0.0.0/8') }),
      entry('aws_vpc_security_group_ingress_rule.r', null, rule({ prefix_list_id: 'pl-9' })),
    ],
  ),
  single(
    'a prefix list becomes the internet',
    'aws_ec2_managed_prefix_list.l',
    list('10.0.0.0/8'),
    list('0.0.0.0/0'),
    list('10.0.0.0/8', '203.0.113.0/24'),
  ),
  single(
    'an entry of a prefix list is the internet',
    'aws_ec2_managed_prefix_list_entry.e',
    null,
    { prefix_list_id: 'pl-9', cidr: '0.0.0.0/0' },
    { prefix_list_id: 'pl-9', cidr: '203.0.113.0/24' },
  ),
  single(
    'a cluster answers the internet in halves',
    'aws_eks_cluster.main',
    { vpc_config: [{ endpoint_public_access: true, public_access_cidrs: ['203.0.113.0/24'] }] },
    { vpc_config: [{ endpoint_public_access: true, public_access_cidrs: ['0.0.0.0/1', '128.0.0.0/1'] }] },
    {
      vpc_config: [{ endpoint_public_access: true, public_access_cidrs: [], endpoint_private_access: true }].map((config) => ({
        ...config,
        endpoint_public_access: false,
      })),
    },
  ),
  single(
    'a list of the firewall is the internet',
    'aws_wafv2_ip_set.admins',
    { addresses: ['203.0.113.0/24'] },
    { addresses: ['0.0.0.0/1', '128.0.0.0/1'] },
    { addresses: ['203.0.113.0/24', '198.51.100.0/24'] },
  ),
  single(
    'a network list allows the internet',
    'aws_network_acl_rule.in',
    null,
    { egress: false, rule_action: 'allow', protocol: '6', from_port: 22, to_port: 22, cidr_block: '0.0.0.0/0' },
    { egress: false, rule_action: 'deny', protocol: '6', from_port: 22, to_port: 22, cidr_block: '0.0.0.0/0' },
  ),
  single(
    'a network list no longer refuses',
    'aws_network_acl_rule.in',
    { egress: false, rule_action: 'deny', cidr_block: '203.0.113.0/24' },
    null,
    {},
  ),
  single(
    'an isolated table gets a route to the internet',
    'aws_route.open',
    null,
    { route_table_id: 'rtb-isolated', gateway_id: 'igw-1', destination_cidr_block: '0.0.0.0/0' },
    { route_table_id: 'rtb-isolated', nat_gateway_id: 'nat-1', destination_cidr_block: '0.0.0.0/0' },
  ),
  single(
    'a table gets a route to the internet',
    'aws_route_table.isolated',
    { route: [] },
    { route: [{ gateway_id: 'igw-1', cidr_block: '0.0.0.0/0' }] },
    { route: [{ nat_gateway_id: 'nat-1', cidr_block: '0.0.0.0/0' }] },
  ),
  several(
    "a load balancer of the internet with a database's group",
    {
      changes: [entry('aws_lb.new', null, { internal: false })],
      configured: [
        {
          address: 'aws_lb.new',
          type: 'aws_lb',
          expressions: {
            security_groups: { references: ['data.terraform_remote_state.network.outputs.database_security_group_id'] },
          },
        },
      ],
    },
    {
      changes: [entry('aws_lb.new', null, { internal: false })],
      configured: [
        {
          address: 'aws_lb.new',
          type: 'aws_lb',
          expressions: { security_groups: { references: ['aws_security_group.lb.id', 'aws_security_group.lb'] } },
        },
      ],
    },
  ),
  single(
    'a service of the cluster for the internet',
    'kubernetes_service_v1.db',
    { spec: [{ type: 'ClusterIP' }] },
    { spec: [{ type: 'LoadBalancer', load_balancer_source_ranges: ['0.0.0.0/0'] }] },
    { spec: [{ type: 'LoadBalancer', load_balancer_source_ranges: ['10.0.0.0/8'] }] },
  ),
];
