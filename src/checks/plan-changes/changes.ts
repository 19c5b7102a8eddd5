/** Every change of a plan as a reviewer reads it: what happens, why, and which values change. Holds no secret. Pure. */
import type { RootModule } from '../../terraform/root-module';
import { Configuration } from './configuration';
import type { DocumentedChange, PlanDocument } from './plan-document';
import { isPolicy } from './policy-diff';
import { redact, Unknown, type Redacted } from './redacted';
import { added, context, removed, type DiffLine } from './text-lines';
import { diffOfValues } from './value-diff';
import { isEmpty, isMap, isSame, UNKNOWN, valueText } from './value-text';

export type ShownAction = 'create' | 'update' | 'replace' | 'delete' | 'forget' | 'import' | 'move';

/** One change. */
export interface ShownChange {
  /** A resource's address; `output.<name>` for an output. */
  readonly address: string;
  readonly action: ShownAction;
  /** The address before a `moved` block. */
  readonly from?: string;
  /** The id of an existing object that is imported. */
  readonly importing?: string;
  /** Why Terraform replaces or deletes it. */
  readonly reason?: string;
  /** Names of the attributes that change; none for a creation or a deletion. */
  readonly attributes: readonly string[];
  /** Lines of a diff: `+`, `-`, `!` (changed) or a space, another space, and the text. */
  readonly lines: readonly string[];
}

/** Lines of one change that are kept. A definition of several containers that is replaced has about 200. */
const MOST_LINES = 400;

/** @param module the synthesised stack, which shows how a value that is known after the apply is configured */
export function shownChanges(document: PlanDocument, module?: RootModule): readonly ShownChange[] {
  const configuration = new Configuration(document, module);
  return document.changes.map((change) => shown(change, configuration)).sort(byUrgency);
}

/** What is lost first, then what changes, then what is new; outputs last. */
const URGENCY: readonly ShownAction[] = ['delete', 'replace', 'forget', 'update', 'import', 'create', 'move'];

function byUrgency(one: ShownChange, other: ShownChange): number {
  const rank = ({ address, action }: ShownChange): number => (isOutput(address) ? 100 : 0) + URGENCY.indexOf(action);
  return rank(one) - rank(other) || (one.address < other.address ? -1 : 1);
}

export function isOutput(address: string): boolean {
  return address.startsWith('output.');
}

/** The address, with the key of an object left over from an earlier replacement. */
export function placeOf({ address, deposed }: DocumentedChange): string {
  return deposed === undefined ? address : `${address} (deposed ${deposed})`;
}

export function actionOfChange({ action, importing }: DocumentedChange): ShownAction {
  if (action === 'no-op' || action === 'read') return importing === undefined ? 'move' : 'import';
  return action;
}

function shown(change: DocumentedChange, configuration: Configuration): ShownChange {
  const lines = linesOf(change, configuration);
  const attributes = [...new Set(lines.map(({ name }) => name))];
  const text = lines.flatMap((attribute) => attribute.lines.map(({ mark, text: line }) => `${mark} ${line}`));
  const action = actionOfChange(change);
  return {
    address: placeOf(change),
    action,
    ...(change.from === undefined ? {} : { from: change.from }),
    ...(change.importing === undefined ? {} : { importing: change.importing }),
    ...reasonOf(change),
    attributes: action === 'update' || action === 'replace' ? attributes.filter((name) => name !== '') : [],
    lines: text.length <= MOST_LINES ? text : [...text.slice(0, MOST_LINES), `  … ${text.length - MOST_LINES} more lines`],
  };
}

/** Terraform's reasons. Source: Terraform documentation, "JSON output format", `action_reason`. */
const REASONS: Readonly<Record<string, string>> = {
  replace_because_tainted: 'it is tainted: its creation failed half-way, or it was marked by hand',
  replace_because_cannot_update: 'an attribute cannot be changed in place',
  replace_by_request: 'its replacement was requested',
  replace_by_triggers: 'replace_triggered_by',
  delete_because_no_resource_config: 'it is no longer in the configuration',
  delete_because_no_module: 'its module is no longer in the configuration',
  delete_because_wrong_repetition: 'count or for_each was added or removed',
  delete_because_count_index: 'its index is beyond count',
  delete_because_each_key: 'its key is no longer in for_each',
  delete_because_no_move_target: 'it was moved to an address that is not in the configuration',
};

function reasonOf({ reason, replacePaths }: DocumentedChange): { readonly reason?: string } {
  const paths = [...new Set(replacePaths.map(pathText))];
  if (paths.length > 0) return { reason: `${paths.join(', ')} ${paths.length === 1 ? 'forces' : 'force'} it` };
  return reason === undefined ? {} : { reason: REASONS[reason] ?? reason.replaceAll('_', ' ') };
}

function pathText(path: readonly (string | number)[]): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');
}

/** The lines of one attribute. */
interface Attribute {
  readonly name: string;
  readonly lines: readonly DiffLine[];
}

function linesOf(change: DocumentedChange, configuration: Configuration): readonly Attribute[] {
  const before = redactedBefore(change);
  const after = redact(change.after, {
    type: change.type,
    sensitive: [change.afterSensitive, change.beforeSensitive],
    unknown: change.afterUnknown,
    configured: configuration.of(change.address, 'all'),
  });
  if (change.type === 'output') return [{ name: '', lines: outputLines(change.address.slice('output.'.length), before, after) }];
  switch (change.action) {
    case 'delete':
    case 'forget':
      return deleted(mapOf(before));
    case 'create':
      return [...attributesOf({}, mapOf(after), change), ...provisioners(change, configuration)];
    case 'replace':
      return [...attributesOf(mapOf(before), mapOf(after), change), ...provisioners(change, configuration)];
    default:
      return attributesOf(mapOf(before), mapOf(after), change);
  }
}

/** Programs that Terraform runs, which no plan shows. */
function provisioners({ address }: DocumentedChange, configuration: Configuration): readonly Attribute[] {
  const configured = redact(configuration.provisionersOf(address), { type: 'provisioner', sensitive: [] });
  return configured === undefined ? [] : [{ name: 'provisioner', lines: [added(`provisioner = ${valueText(configured)}`)] }];
}

/** Other stacks read an empty list too. */
function outputLines(name: string, before: Redacted | undefined, after: Redacted | undefined): readonly DiffLine[] {
  const lines = diffOfValues(name, before, after);
  return lines.length > 0 || after === undefined ? lines : [added(`${name} = ${valueText(after)}`)];
}

function redactedBefore({ before, type, beforeSensitive, afterSensitive }: DocumentedChange): Redacted | undefined {
  return redact(before, { type, sensitive: [beforeSensitive, afterSensitive] });
}

const mapOf = (value: Redacted | undefined) => (isMap(value) ? value : {});

function attributesOf(
  before: Readonly<Record<string, Redacted>>,
  after: Readonly<Record<string, Redacted>>,
  { action, replacePaths }: DocumentedChange,
): readonly Attribute[] {
  const forcing = new Set(replacePaths.map(([name]) => String(name)));
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort(
    (one, other) => Number(forcing.has(other)) - Number(forcing.has(one)) || (one < other ? -1 : 1),
  );
  // What the provider computes and the configuration does not mention.
  const computed = names.filter((name) => isComputed(after[name]));
  const changed = names
    .filter((name) => !isComputed(after[name]) && !repeatsTags(name, before, after))
    // Of the replaced object, what the provider filled in.
    .filter((name) => action !== 'replace' || after[name] !== null || !isOff(before[name]))
    .map((name) => ({ name, lines: diffOfValues(name, before[name], after[name]) }))
    .filter(({ lines }) => lines.length > 0)
    .map(({ name, lines }) => ({ name, lines: forcing.has(name) ? withForce(lines) : lines }));
  // Of a new resource, everything that the provider computes is unknown.
  if (computed.length === 0 || action !== 'update') return changed;
  return [...changed, { name: '', lines: [context(`${UNKNOWN.slice(1, -1)}: ${computed.join(', ')}`)] }];
}

const isOff = (value: Redacted | undefined): boolean => value === false || value === 0 || isEmpty(value);

function isComputed(value: Redacted | undefined): boolean {
  return value instanceof Unknown && value.configured === undefined;
}

/** `tags_all` is `tags` and the default tags, which are the same everywhere. */
function repeatsTags(
  name: string,
  before: Readonly<Record<string, Redacted>>,
  after: Readonly<Record<string, Redacted>>,
): boolean {
  if (name !== 'tags_all') return false;
  if (isEmpty(before.tags_all)) return true;
  const [one, other, tags, earlier] = [before.tags_all, after.tags_all, mapOf(after.tags), mapOf(before.tags)].map(mapOf);
  return [...new Set([...Object.keys(one ?? {}), ...Object.keys(other ?? {})])].every(
    (key) => isSame(one?.[key], other?.[key]) || (isSame(earlier?.[key], one?.[key]) && isSame(tags?.[key], other?.[key])),
  );
}

/** Follows the first line of an attribute. */
export const FORCES = '  # forces the replacement';

function withForce([first, ...rest]: readonly DiffLine[]): readonly DiffLine[] {
  return first === undefined ? [] : [{ mark: first.mark, text: `${first.text}${FORCES}` }, ...rest];
}

/** What identifies a deleted resource, and the access that is lost with it. */
const IDENTITY = ['id', 'name', 'bucket', 'identifier', 'arn'] as const;

function deleted(before: Readonly<Record<string, Redacted>>): readonly Attribute[] {
  const identity = IDENTITY.filter((name) => !isEmpty(before[name]));
  // Most resources have their name as the id.
  const different = identity.filter(
    (name, index) => identity.findIndex((other) => isSame(before[other], before[name])) === index,
  );
  return [
    ...different.map((name) => ({ name, lines: [removed(`${name} = ${valueText(before[name])}`)] })),
    ...Object.keys(before)
      .filter((name) => isPolicy(before[name]))
      .map((name) => ({ name, lines: diffOfValues(name, before[name], undefined) })),
  ];
}
