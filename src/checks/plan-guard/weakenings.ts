/** Protection that a plan takes away without deleting anything. Pure. */
import { groupBy } from '../../cli/group-by';
import { guardedType } from '../guarded-types';
import type { Circumstances, HarmfulChange } from './harm';
import type { Attributes, Plan, ResourceChange } from './plan';
import { policyChanges } from './policies';
import { isPowerfulPolicy } from './powers';
import { APPLIED, earlierAttributes, earlierPolicy, ownerGoes, ownerIsNew, successorOf } from './successors';
import { assumeUnchanged, stringsOf, valueAt } from './values';
import { REMOVALS, WEAKENINGS, type Removal, type Weakening } from './weakening-rows';

/** A weakening, and whether it is refused in a protected environment or only ever reported. */
export interface WeakChange extends HarmfulChange {
  readonly harm: 'weaken';
  readonly severity: Weakening['severity'];
}

/** Every weakening of the plan. */
export function weakenings(plan: Plan, circumstances: Circumstances): readonly WeakChange[] {
  const found = plan.changes.flatMap((change) => [
    ...removals(plan, change),
    ...(APPLIED.includes(change.action)
      ? [
          ...weakerAttributes(plan, change),
          ...weakerPolicies(plan, change, circumstances),
          ...attachments(plan, change, circumstances),
        ]
      : []),
  ]);
  const unique = new Map(found.map((weakening) => [`${weakening.address} ${weakening.why}`, weakening]));
  return [...unique.values()];
}

const ROWS: ReadonlyMap<string, readonly Weakening[]> = groupBy(WEAKENINGS, ({ type }) => type);

/** The rows for a type. */
export function rowsOf(type: string): readonly Weakening[] {
  return ROWS.get(type) ?? [];
}

function weakerAttributes(plan: Plan, change: ResourceChange): readonly WeakChange[] {
  const { type, address, after, afterUnknown } = change;
  const successorBy = REMOVALS.find((removal) => removal.type === type)?.owner;
  return rowsOf(type).flatMap(({ attribute, weaker, what, fix, severity, owner }) => {
    // A replacement that is refused for the attribute needs no second allowance.
    if (change.action === 'replace' && guardedType(type) !== undefined && change.replacedFor.includes(topOf(attribute)))
      return [];
    const before =
      earlierAttributes(plan, change, ...(owner === undefined ? (successorBy ?? []) : [owner])) ?? existing(plan, change, owner);
    if (before === undefined || after === undefined) return [];
    const assumed = assumeUnchanged(before, after, afterUnknown) as Attributes;
    const values = [valueAt(before, attribute), valueAt(assumed, attribute)] as const;
    if (!weaker(...values, assumed)) return [];
    const shown = change.sensitive.has(topOf(attribute)) ? '' : describe(...values);
    return [{ address, harm: 'weaken' as const, why: `${attribute}${shown}: ${what}`, instead: fix, severity }];
  });
}

const topOf = (attribute: string): string => attribute.split('.')[0] ?? attribute;

/** Nothing, for a new resource of something that exists already: it had no such resource before. */
function existing(plan: Plan, change: ResourceChange, owner: string | undefined): Attributes | undefined {
  return change.action === 'create' && owner !== undefined && !ownerIsNew(plan, change, owner) ? {} : undefined;
}

/** Numbers and switches only: a text may be a secret. */
function describe(before: unknown, after: unknown): string {
  const shown = [before, after].map((value) =>
    value === undefined ? 'absent' : typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined,
  );
  return shown.includes(undefined) || shown[0] === shown[1] ? '' : ` (${shown.join(' → ')})`;
}

function removals(plan: Plan, change: ResourceChange): readonly WeakChange[] {
  const removal = REMOVALS.find(({ type }) => type === change.type) ?? opaqueRemoval(change.type);
  if (removal === undefined || !isRemoved(plan, change, removal)) return [];
  const { address, action } = change;
  const verb = action === 'forget' ? 'left to itself' : action === 'replace' ? 'deleted and created again' : 'deleted';
  return [{ address, harm: 'weaken', why: `${verb}: ${removal.what}`, instead: removal.fix, severity: removal.severity }];
}

/** Types whose replacement is reported: the root volume, and the name under which others know it, are gone. */
const REPLACED: readonly string[] = ['aws_instance', 'aws_route53_record', 'cloudflare_dns_record', 'aws_lb_listener'];

function isRemoved(plan: Plan, change: ResourceChange, { owner = [], severity }: Removal): boolean {
  const [first] = owner;
  if (change.action === 'replace') return first === undefined && (severity === 'refused' || REPLACED.includes(change.type));
  if (change.action !== 'delete' && change.action !== 'forget') return false;
  if (change.type.startsWith('kubernetes_network_policy')) return !workloadGoes(plan, change);
  return first === undefined || (!ownerGoes(plan, change, first) && successorOf(plan, change, owner) === undefined);
}

const WORKLOADS = /^kubernetes_(deployment|stateful_set|daemon_set|cron_job|job)(_v1)?$/;

/** Whether the workload of the same name is deleted too, which a network policy is for. */
function workloadGoes({ changes }: Plan, { before }: ResourceChange): boolean {
  const name = valueAt(before, 'metadata.name');
  return changes.some(
    (other) =>
      other.action === 'delete' &&
      WORKLOADS.test(other.type) &&
      name !== undefined &&
      valueAt(other.before, 'metadata.name') === name,
  );
}

/** Resources of the Cloud Control provider can be anything, such as a database. */
function opaqueRemoval(type: string): Removal | undefined {
  if (!type.startsWith('awscc_')) return undefined;
  return {
    type,
    what: 'what it holds is deleted, and this guard does not know its type',
    fix: 'use the type of the aws provider',
    severity: 'refused',
  };
}

function weakerPolicies(plan: Plan, change: ResourceChange, { accounts }: Circumstances): readonly WeakChange[] {
  const { address, after, sensitive } = change;
  return policyChanges(earlierPolicy(plan, change), after, accounts).flatMap(({ attribute, undenied, powers }) => {
    const names = (list: readonly string[]): string => (sensitive.has(attribute) ? 'hidden, because sensitive' : list.join(', '));
    // A policy that is known only after the apply has lost nothing yet.
    const lost = change.unknown.has(attribute) ? [] : undenied;
    return [
      ...(lost.length === 0
        ? []
        : [weakened(address, `${attribute}: no longer denies what ${names(lost)} denied`, 'keep the denials')]),
      ...(powers.length === 0
        ? []
        : [
            weakened(
              address,
              `${attribute}: allows ${names(powers)}, with which its holder gains further rights, or reaches what is not its own`,
              'name the actions and the resources, and narrow iam:PassRole by iam:PassedToService',
            ),
          ]),
    ];
  });
}

const ATTACHED: readonly string[] = ['policy_arn', 'managed_policy_arns', 'policy_arns', 'managed_policy_arn'];

/** Policies of AWS with the rights of an administrator that a principal gets. */
function attachments(plan: Plan, change: ResourceChange, { stack }: Circumstances): readonly WeakChange[] {
  const { type, address, before, after } = change;
  if (!/^aws_(iam|ssoadmin|eks)_/.test(type)) return [];
  const attached = (attributes: Attributes | undefined): readonly string[] =>
    ATTACHED.flatMap((name) => stringsOf(attributes?.[name])).filter(
      (arn) => isPowerfulPolicy(arn) || /::aws:cluster-access-policy\/.*Admin/.test(arn),
    );
  const added = attached(after).filter((arn) => !attached(before).includes(arn));
  if (added.length === 0) return [];
  const isBootstrap = stack?.startsWith('bootstrap-') === true && isBounded(plan, change);
  return [
    {
      ...weakened(
        address,
        `attaches ${added.map((arn) => arn.split('/').at(-1)).join(', ')}`,
        'write a policy with the actions that are needed',
      ),
      severity: isBootstrap ? 'noticed' : 'refused',
    },
  ];
}

/** Whether the role that a policy is attached to carries a permissions boundary: so do the roles that pipelines assume. */
function isBounded({ changes, configured }: Plan, { address, after }: ResourceChange): boolean {
  const references = configured.find((resource) => resource.address === address)?.references.role ?? [];
  return changes.some(
    (role) =>
      role.type === 'aws_iam_role' &&
      (references.includes(role.address) || (typeof after?.role === 'string' && role.after?.name === after.role)) &&
      (typeof role.after?.permissions_boundary === 'string' || role.unknown.has('permissions_boundary')),
  );
}

function weakened(address: string, why: string, instead: string): WeakChange {
  return { address, harm: 'weaken', why, instead, severity: 'refused' };
}
