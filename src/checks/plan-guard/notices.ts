/** What a reviewer should look at, although nothing of it is refused. Pure. */
import { isHarmlessAttribute, withoutHarmless } from '../guarded-types/harmless-attributes';
import { nestedBlocks } from '../../terraform/root-module';
import { ACCESS_TYPES, classOf, isWatched } from './classes';
import { isInternet } from './cidr';
import { GRANTS } from './grants';
import type { Circumstances } from './harm';
import type { Attributes, Plan, ResourceChange } from './plan';
import { policyChanges } from './policies';
import { circumstantial } from './circumstantial';
import { INGRESS_TYPES } from './ingress';
import { guardedType } from '../guarded-types';
import { accountOf, isForeign } from './principals';
import { APPLIED, earlierPolicy, ownerIsNew } from './successors';
import { isEmpty, stringsOf, valueAt } from './values';
import { rowsOf } from './weakenings';
import { OPAQUE, REMOVALS } from './weakening-rows/removals';

/** Every notice about the plan that no harm gives. */
export function notices(plan: Plan, circumstances: Circumstances): readonly string[] {
  return [
    ...programs(plan),
    ...plan.changes.flatMap((change) => [
      ...imported(change),
      ...unknownType(change),
      ...(APPLIED.includes(change.action)
        ? [
            ...opaque(change),
            ...access(plan, change, circumstances),
            ...granted(change, circumstances),
            ...unranked(plan, change),
            ...unknownProtection(plan, change),
            ...egress(plan, change),
            ...circumstantial(plan, change),
          ]
        : []),
      ...removedAccess(change),
      ...removedOther(change),
    ]),
  ];
}

/** Programs of the configuration that Terraform runs, with the credentials of the run. */
function programs({ configured, changes, programs: sources, invocations }: Plan): readonly string[] {
  const run = configured.filter(
    ({ provisioners, address }) =>
      provisioners.length > 0 &&
      changes.some(
        (change) => withoutKeys(change.address) === address && !['no-op', 'read', 'forget', 'update'].includes(change.action),
      ),
  );
  return [
    ...run.map(
      ({ address, provisioners }) =>
        `${address} runs programs with the credentials of the apply (${provisioners.join(', ')}): read them`,
    ),
    ...sources.map((address) => `${address} runs a program with the credentials of the plan: read it`),
    ...invocations.map(
      ({ address, type, trigger }) =>
        `${address} is invoked (${type}${trigger === undefined ? '' : `, because of ${trigger}`}): what it does is not in this plan`,
    ),
  ];
}

/** The address in the configuration, which has no keys of `count` and `for_each`. */
function withoutKeys(address: string): string {
  return address.replace(/\[[^\]]*\]/g, '');
}

function imported({ address, isImported }: ResourceChange): readonly string[] {
  return isImported ? [`${address} is imported: it exists, and this stack changes and deletes it from now on`] : [];
}

function unknownType({ address, type, action }: ResourceChange): readonly string[] {
  if (action === 'no-op' || action === 'read' || classOf(type) !== undefined) return [];
  return [`${address}: ${action} of a type that this guard does not know`];
}

function opaque({ address, type, action, before }: ResourceChange): readonly string[] {
  if (!OPAQUE.test(type)) return [];
  return [
    `${address}: what ${before === undefined || action === 'replace' ? 'it creates' : 'its change does'} is not in this plan`,
  ];
}

/** Grants to principals of the account itself. What receives events is named by every rule, and admits no one. */
function granted({ address, type, before, after, sensitive }: ResourceChange, { accounts }: Circumstances): readonly string[] {
  return GRANTS.filter((grant) => grant.type === type && type !== 'aws_cloudwatch_event_target').flatMap(
    ({ attribute, what }) => {
      const earlier = stringsOf(valueAt(before, attribute));
      const added = stringsOf(valueAt(after, attribute)).filter((name) => !earlier.includes(name));
      if (sensitive.has(attribute.split('.')[0] ?? attribute)) return [];
      return added
        .filter((name) => accountOf(name) !== undefined && !isForeign(name, accounts))
        .map((name) => `${address}: ${name} ${what}`);
    },
  );
}

/** How many names a notice has at most. */
const MOST_NAMES = 12;

function access(plan: Plan, change: ResourceChange, { accounts }: Circumstances): readonly string[] {
  const { address, type, before, after, sensitive, unknown } = change;
  const documents = policyChanges(earlierPolicy(plan, change), after, accounts).map(
    ({ attribute, newPrincipals, newActions }) => {
      if (sensitive.has(attribute)) return `${address}: ${attribute} changes; it is sensitive, so read it elsewhere`;
      const who = newPrincipals.length === 0 ? '' : `admits ${list(newPrincipals)}`;
      const what = newActions.length === 0 ? '' : `allows ${list(newActions)}`;
      return `${address}: ${attribute} ${[who, what].filter(Boolean).join(', ') || 'changes in statements, resources or conditions'}`;
    },
  );
  const isUnknown = [...unknown].some((name) => name.endsWith('policy'));
  if (documents.length > 0 || isUnknown || !ACCESS_TYPES.includes(type)) return documents;
  const names = ['policy_arn', 'managed_policy_arns'].flatMap((name) =>
    stringsOf(after?.[name]).filter((arn) => !stringsOf(before?.[name]).includes(arn)),
  );
  if (names.length > 0) return [`${address}: attaches ${list(names.map((arn) => arn.split('/').at(-1) ?? arn))}`];
  return type === 'aws_iam_instance_profile' && before === undefined ? [] : [`${address}: changes who may do what`];
}

function list(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return more > 0 ? `${names.slice(0, MOST_NAMES).join(', ')} and ${more} more` : names.join(', ');
}

function removedAccess({ address, type, action }: ResourceChange): readonly string[] {
  if (!ACCESS_TYPES.includes(type) || (action !== 'delete' && action !== 'forget')) return [];
  return [
    `${address}: ${action === 'delete' ? 'is deleted: check who needs it' : 'stays as it is, but Terraform no longer manages it'}`,
  ];
}

/** Deletions of what no other table judges. Rules that admit someone may go: that only narrows. */
function removedOther({ address, type, action }: ResourceChange): readonly string[] {
  if (action !== 'delete' && action !== 'forget') return [];
  if (!isWatched(type) || guardedType(type) !== undefined) return [];
  if (ADMITTING.has(type) || REMOVALS.some((removal) => removal.type === type)) return [];
  return [`${address}: ${action === 'delete' ? 'is deleted' : 'stays as it is, and Terraform no longer manages it'}`];
}

const ADMITTING: ReadonlySet<string> = new Set([
  ...GRANTS.map(({ type }) => type).filter(
    (type) => !['aws_cloudwatch_event_target', 'aws_cloudwatch_log_subscription_filter'].includes(type),
  ),
  ...INGRESS_TYPES,
  'aws_vpc_security_group_egress_rule',
  'aws_ec2_managed_prefix_list_entry',
]);

/** Changed attributes of what holds or protects data, which no table ranks. */
function unranked({ configured }: Plan, { address, type, before, after, unknown }: ResourceChange): readonly string[] {
  if (!isWatched(type) || before === undefined || after === undefined) return [];
  const references = configured.find((resource) => resource.address === withoutKeys(address))?.references;
  const names = [...new Set([...Object.keys(before), ...Object.keys(after), ...unknown])].filter((name) => {
    if (isHarmlessAttribute(type, name) || isRanked(type, name, before, after)) return false;
    // Where a table ranks it, the notice about unknown protection says so.
    if (unknown.has(name) && rowsOf(type).some(({ attribute }) => attribute.split('.')[0] === name)) return false;
    if (unknown.has(name)) return references === undefined ? !isEmpty(before[name]) : name in references;
    const [earlier, later] = [before, after].map((attributes) => withoutHarmless(type, name, attributes[name]));
    return !(isEmpty(earlier) && isEmpty(later)) && JSON.stringify(earlier) !== JSON.stringify(later);
  });
  return names.length === 0 ? [] : [`${address}: changes ${list(names.sort())}, which no table of this guard ranks`];
}

/** Whether a table says that the change weakens, or that its reverse would: then it strengthens. */
function isRanked(type: string, name: string, before: Attributes, after: Attributes): boolean {
  return rowsOf(type).some(({ attribute, weaker }) => {
    if (attribute.split('.')[0] !== name) return false;
    const values = [valueAt(before, attribute), valueAt(after, attribute)] as const;
    return weaker(values[0], values[1], after) || weaker(values[1], values[0], before);
  });
}

/** Values that protect something, and that are known only after the apply. */
function unknownProtection({ configured }: Plan, { address, type, before, unknown }: ResourceChange): readonly string[] {
  if (before === undefined) return [];
  const references = configured.find((resource) => resource.address === withoutKeys(address))?.references;
  const names = new Set(
    rowsOf(type)
      .map(({ attribute }) => attribute.split('.')[0] ?? attribute)
      .filter((name) => unknown.has(name) && (references === undefined || name in references)),
  );
  return [...names].map((name) => `${address}: ${name} is known only after the apply, and was not judged`);
}

/** Egress to the whole internet from a group that exists already. */
function egress(plan: Plan, change: ResourceChange): readonly string[] {
  const { type, address, before, after } = change;
  if (!['aws_vpc_security_group_egress_rule', 'aws_security_group_rule', 'aws_security_group'].includes(type)) return [];
  const cidrs = (attributes: Attributes | undefined): readonly string[] =>
    attributes === undefined || attributes.type === 'ingress'
      ? []
      : [attributes, ...nestedBlocks(attributes.egress)]
          .flatMap((rule) =>
            ['cidr_ipv4', 'cidr_ipv6', 'cidr_blocks', 'ipv6_cidr_blocks'].flatMap((name) => stringsOf(rule[name])),
          )
          .filter(isInternet);
  const isNew = type === 'aws_security_group' ? before === undefined : ownerIsNew(plan, change, 'security_group_id');
  if (isNew || cidrs(after).every((cidr) => cidrs(before).includes(cidr))) return [];
  return [`${address}: its group may send to every address`];
}
