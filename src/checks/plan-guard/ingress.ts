/** Ingress of security groups and network lists, as separate rules or inside the group. Pure. */
import { elementsOf, nestedBlocks } from '../../terraform/root-module';
import { isInternet } from './cidr';
import type { Attributes } from './configuration';
import { stringsOf } from './values';

/** Who may reach which ports. */
export interface IngressPath {
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
  readonly cidr: string;
}

/** The networks in a prefix list, by its id; undefined for a list that the plan does not show. */
export type PrefixLists = (id: string) => readonly string[] | undefined;

/** Types that allow ingress, possibly from a source that does not exist yet. */
export const INGRESS_TYPES: readonly string[] = [
  'aws_vpc_security_group_ingress_rule',
  'aws_security_group_rule',
  'aws_security_group',
  'aws_default_security_group',
  'aws_network_acl_rule',
  'aws_network_acl',
  'aws_default_network_acl',
];

/** The ingress that a resource allows, prefix lists resolved; none for types without ingress. */
export function ingressOf(type: string, attributes: Attributes | undefined, lists: PrefixLists): readonly IngressPath[] {
  return rulesOf(type, attributes).flatMap((rule) =>
    [...rule.cidrs, ...rule.lists.flatMap((id) => lists(id) ?? [])].flatMap((cidr) => path(rule, cidr)),
  );
}

/** Prefix lists that a resource allows and whose networks the plan does not show. */
export function hiddenLists(type: string, attributes: Attributes | undefined, lists: PrefixLists): readonly string[] {
  return rulesOf(type, attributes).flatMap((rule) => rule.lists.filter((id) => lists(id) === undefined));
}

interface Rule {
  readonly protocol: unknown;
  readonly from: unknown;
  readonly to: unknown;
  readonly cidrs: readonly unknown[];
  readonly lists: readonly string[];
}

function rulesOf(type: string, attributes: Attributes | undefined): readonly Rule[] {
  if (attributes === undefined) return [];
  switch (type) {
    case 'aws_vpc_security_group_ingress_rule':
      return [
        {
          protocol: attributes.ip_protocol,
          from: attributes.from_port,
          to: attributes.to_port,
          cidrs: [attributes.cidr_ipv4, attributes.cidr_ipv6],
          lists: stringsOf(attributes.prefix_list_id),
        },
      ];
    case 'aws_security_group_rule':
      return attributes.type === 'ingress' ? [groupRule(attributes)] : [];
    case 'aws_security_group':
    case 'aws_default_security_group':
      return nestedBlocks(attributes.ingress).map(groupRule);
    case 'aws_network_acl_rule':
      return attributes.egress !== true && isAllow(attributes.rule_action) ? [listRule(attributes)] : [];
    case 'aws_network_acl':
    case 'aws_default_network_acl':
      return nestedBlocks(attributes.ingress)
        .filter(({ action }) => isAllow(action))
        .map(listRule);
    default:
      return [];
  }
}

const isAllow = (action: unknown): boolean => String(action).toLowerCase() === 'allow';

function groupRule(rule: Attributes): Rule {
  return {
    protocol: rule.protocol,
    from: rule.from_port,
    to: rule.to_port,
    cidrs: [...elementsOf(rule.cidr_blocks), ...elementsOf(rule.ipv6_cidr_blocks)],
    lists: elementsOf(rule.prefix_list_ids).filter((id) => typeof id === 'string'),
  };
}

function listRule(rule: Attributes): Rule {
  return {
    protocol: rule.protocol,
    from: rule.from_port,
    to: rule.to_port,
    cidrs: [rule.cidr_block, rule.ipv6_cidr_block],
    lists: [],
  };
}

function path({ protocol, from, to }: Rule, cidr: unknown): readonly IngressPath[] {
  if (typeof cidr !== 'string' || cidr === '') return [];
  const name = protocol === -1 || protocol === 'all' ? '-1' : String(protocol).toLowerCase();
  // All protocols means all ports, whatever the ports say.
  const isAll = name === '-1' || typeof from !== 'number' || typeof to !== 'number';
  return [{ protocol: name, from: isAll ? 0 : from, to: isAll ? 65535 : to, cidr }];
}

/** Whether one path is no wider than another. */
export function isWithin(narrow: IngressPath, wide: IngressPath): boolean {
  const sameFamily = narrow.cidr.includes(':') === wide.cidr.includes(':');
  return sameFamily && isInternet(wide.cidr) && covers(wide, narrow) && wide.to >= narrow.to;
}

/** Whether a path includes the first port of another. */
export function covers(wide: IngressPath, narrow: IngressPath): boolean {
  const sameProtocol = wide.protocol === '-1' || narrow.protocol === wide.protocol;
  return sameProtocol && wide.from <= narrow.from && narrow.from <= wide.to;
}

export function describePorts({ protocol, from, to }: IngressPath): string {
  return protocol === '-1' ? 'every port' : `${protocol} ${from === to ? from : `${from}-${to}`}`;
}

export function describeIngress(ingress: IngressPath): string {
  return `${describePorts(ingress)} from ${ingress.cidr}`;
}
