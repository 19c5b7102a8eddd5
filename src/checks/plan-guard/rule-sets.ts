/** Rules that belong to one security group, network list or prefix list, judged together. Pure. */
import { nestedBlocks } from '../../terraform/root-module';
import { areInternet, isInternet } from './cidr';
import { covers, describePorts, ingressOf, type IngressPath, type PrefixLists } from './ingress';
import type { Attributes, Plan, ResourceChange } from './plan';
import { stringsOf } from './values';

/** The prefix lists that a plan shows: those of the stack, and those that data sources read. */
export function prefixLists({ changes, known }: Plan): PrefixLists {
  const lists = new Map<string, readonly string[]>();
  const add = (values: Attributes | undefined): void => {
    if (typeof values?.id !== 'string') return;
    const entries = [...nestedBlocks(values.entry), ...nestedBlocks(values.entries)].flatMap(({ cidr }) => stringsOf(cidr));
    lists.set(values.id, [...(lists.get(values.id) ?? []), ...entries]);
  };
  for (const { type, values } of known) if (type === 'aws_ec2_managed_prefix_list') add(values);
  for (const { type, after } of changes) if (type === 'aws_ec2_managed_prefix_list') add(after);
  for (const { type, after } of changes)
    if (type === 'aws_ec2_managed_prefix_list_entry' && typeof after?.prefix_list_id === 'string')
      lists.set(after.prefix_list_id, [...(lists.get(after.prefix_list_id) ?? []), ...stringsOf(after.cidr)]);
  return (id) => lists.get(id);
}

/** Attributes that name the set that a resource is a rule of. */
const SET_ATTRIBUTES: Readonly<Record<string, string>> = {
  aws_vpc_security_group_ingress_rule: 'security_group_id',
  aws_security_group_rule: 'security_group_id',
  aws_network_acl_rule: 'network_acl_id',
  aws_ec2_managed_prefix_list_entry: 'prefix_list_id',
};

/** The set that a change belongs to: the id of a group, or the address of one that does not exist yet. */
function setOf({ configured }: Plan, { type, address, before, after }: ResourceChange): string {
  const attribute = SET_ATTRIBUTES[type];
  if (attribute === undefined) return stringsOf(after?.id ?? before?.id)[0] ?? address;
  const id = after?.[attribute] ?? before?.[attribute];
  if (typeof id === 'string') return id;
  const references = configured.find((resource) => resource.address === address)?.references[attribute] ?? [];
  return references.find((reference) => /^aws_\w+\.[^.]+$/.test(reference)) ?? references[0] ?? address;
}

/** Ports of a set that are open to the internet through several rules, none of which is the internet alone. */
export function splitIngress(plan: Plan, change: ResourceChange, lists: PrefixLists): readonly string[] {
  const set = setOf(plan, change);
  const others = plan.changes.filter((other) => setOf(plan, other) === set);
  const earlier = others.flatMap(({ type, before }) => ingressOf(type, before, lists));
  const later = others.flatMap(({ type, action, before, after }) => ingressOf(type, action === 'forget' ? before : after, lists));
  const added = ingressOf(change.type, change.after, lists).filter(
    (path) => !ingressOf(change.type, change.before, lists).some((known) => JSON.stringify(known) === JSON.stringify(path)),
  );
  const opened = added
    .flatMap((path) => [path, ...later.filter((other) => covers(path, other))])
    .filter((port) => {
      const now = sources(later, port);
      return !now.some(isInternet) && areInternet(now) && !areInternet(sources(earlier, port));
    });
  return [...new Set(opened.map((path) => describePorts(path)))];
}

function sources(paths: readonly IngressPath[], port: IngressPath): readonly string[] {
  return paths.filter((path) => covers(path, port)).map(({ cidr }) => cidr);
}

/** Whether the entries of a change's prefix list become the internet. */
export function opensPrefixList(plan: Plan, change: ResourceChange): boolean {
  if (!change.type.startsWith('aws_ec2_managed_prefix_list')) return false;
  const set = setOf(plan, change);
  const others = plan.changes.filter(
    (other) => other.type.startsWith('aws_ec2_managed_prefix_list') && setOf(plan, other) === set,
  );
  const entries = (attributes: Attributes | undefined): readonly string[] =>
    attributes === undefined
      ? []
      : [...nestedBlocks(attributes.entry).flatMap(({ cidr }) => stringsOf(cidr)), ...stringsOf(attributes.cidr)];
  return (
    areInternet(others.flatMap(({ after }) => entries(after))) && !areInternet(others.flatMap(({ before }) => entries(before)))
  );
}
