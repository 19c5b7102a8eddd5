/** Changes that are ordinary or not depending on what they are for: reported, never refused. Pure. */
import { nestedBlocks } from '../../terraform/root-module';
import type { Plan, ResourceChange } from './plan';
import { ownerIsNew } from './successors';
import { stringsOf, valueAt } from './values';

/** What a reviewer should know about one change, apart from its attributes. */
export function circumstantial(plan: Plan, change: ResourceChange): readonly string[] {
  return [
    ...newRoute(plan, change),
    ...delegations(change),
    ...receivers(plan, change),
    ...unboundCallers(change),
    ...hostRights(change),
    ...lostTags(plan, change),
  ].map((notice) => `${change.address}: ${notice}`);
}

/** A route in a table that exists: traffic of its subnets goes elsewhere. */
function newRoute({ changes }: Plan, { type, action, after, unknown }: ResourceChange): readonly string[] {
  if (type !== 'aws_route' || action !== 'create' || unknown.has('route_table_id')) return [];
  const isOfNewTable = changes.some(
    (other) => other.type === 'aws_route_table' && other.action === 'create' && other.after?.id === after?.route_table_id,
  );
  return isOfNewTable ? [] : ['subnets that exist get another route'];
}

/** Record types by which others answer for a name, receive its mail, or issue its certificates. */
const DELEGATING: readonly string[] = ['NS', 'DS', 'MX', 'CAA'];

function delegations({ type, before, after }: ResourceChange): readonly string[] {
  if (type !== 'aws_route53_record' && type !== 'cloudflare_dns_record') return [];
  const [kind] = stringsOf(after?.type);
  return before === undefined && kind !== undefined && DELEGATING.includes(kind.toUpperCase())
    ? [`a new ${kind} record decides who answers for the name, receives its mail or issues its certificates`]
    : [];
}

function receivers(plan: Plan, change: ResourceChange): readonly string[] {
  if (change.type !== 'aws_sns_topic_subscription' || change.before !== undefined) return [];
  return ownerIsNew(plan, change, 'topic_arn') ? [] : ['another receiver gets the messages of a topic that exists'];
}

/** A service that calls for whichever account asks it to. */
function unboundCallers({ type, before, after, unknown }: ResourceChange): readonly string[] {
  if (type !== 'aws_lambda_permission' || before !== undefined) return [];
  const isService = stringsOf(after?.principal).some((principal) => principal.includes('.'));
  const isBound = ['source_arn', 'source_account', 'principal_org_id'].some(
    (name) => unknown.has(name) || stringsOf(after?.[name]).some((value) => value !== ''),
  );
  return isService && !isBound ? ['the service may call the function for any account'] : [];
}

const WORKLOADS = /^kubernetes_(deployment|stateful_set|daemonset|daemon_set|cron_job|job|replication_controller|pod)(_v1)?$/;

/** Rights of the host that a new workload has; a change of one that exists is a weakening. */
function hostRights({ type, before, after }: ResourceChange): readonly string[] {
  if (!WORKLOADS.test(type) || before !== undefined) return [];
  const found = HOST_RIGHTS.filter((name) => JSON.stringify(after ?? {}).includes(name));
  return found.length === 0 ? [] : ['its pods have rights or files of the host'];
}

const HOST_RIGHTS: readonly string[] = [
  '"privileged":true',
  '"host_network":true',
  '"host_pid":true',
  '"host_ipc":true',
  '"allow_privilege_escalation":true',
  '"host_path":[{',
  '"host_path":{',
];

/** Tags by which backups and snapshots select what they copy, and that are gone or have another value. */
function lostTags(plan: Plan, { before, after }: ResourceChange): readonly string[] {
  if (before === undefined || after === undefined) return [];
  const selecting = new Set(selectingTags(plan));
  const values = (attributes: ResourceChange['before'], key: string): unknown =>
    valueAt(attributes, 'tags_all') === undefined ? tagsOf(attributes?.tags)[key] : tagsOf(attributes?.tags_all)[key];
  const keys = Object.keys({ ...tagsOf(before.tags), ...tagsOf(before.tags_all) });
  const lost = keys.filter(
    (key) => (selecting.has(key) || /backup|snapshot|retention|protect/i.test(key)) && values(before, key) !== values(after, key),
  );
  return lost.length === 0 ? [] : [`the tag ${lost.join(', ')} changes, by which backups or policies may select it`];
}

function selectingTags({ changes, known }: Plan): readonly string[] {
  const resources = [...known, ...changes.map(({ type, after, before }) => ({ type, values: after ?? before ?? {} }))];
  return resources.flatMap(({ type, values }) => {
    if (type === 'aws_dlm_lifecycle_policy') return Object.keys(tagsOf(valueAt(values, 'policy_details.target_tags')));
    if (type !== 'aws_backup_selection') return [];
    return nestedBlocks(values.selection_tag).flatMap(({ key }) => stringsOf(key));
  });
}

function tagsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
