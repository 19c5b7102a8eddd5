/** A Terraform plan as `terraform show -json` writes it: the part that the guard judges, validated when it is read. */
import { z } from 'zod';
import { CommandError } from '../../cli/errors';
import { isObject } from '../../terraform/root-module';
import {
  accountsOf,
  readConfiguration,
  readPriorState,
  type Attributes,
  type ConfiguredResource,
  type KnownObject,
} from './configuration';

export type { Attributes, ConfiguredResource } from './configuration';

/** What Terraform does with a resource. */
export type Action = 'no-op' | 'read' | 'create' | 'update' | 'replace' | 'delete' | 'forget';

/** One resource of the plan. */
export interface ResourceChange {
  readonly address: string;
  /** The address before a `moved` block. */
  readonly previousAddress?: string;
  readonly type: string;
  readonly action: Action;
  /** Terraform's reason, such as `replace_because_tainted`. */
  readonly actionReason?: string;
  /** The key of an object left over from an earlier replacement. */
  readonly deposed?: string;
  readonly before?: Attributes;
  readonly after?: Attributes;
  /** Names of attributes that force the replacement. */
  readonly replacedFor: readonly string[];
  /** Names of top-level attributes that are known only after the apply. */
  readonly unknown: ReadonlySet<string>;
  /** `after_unknown`: true at each value that is known only after the apply. */
  readonly afterUnknown: unknown;
  /** Names of top-level attributes that Terraform marks as sensitive, before or after: nothing of them is printed. */
  readonly sensitive: ReadonlySet<string>;
  /** Whether the resource exists and comes under the management of this stack. */
  readonly isImported: boolean;
  /** A replacement that leaves the old resource where it is, without Terraform. */
  readonly leavesOld: boolean;
}

/** An action that Terraform 1.14 or newer starts before or after a change. */
export interface Invocation {
  readonly address: string;
  readonly type: string;
  /** The resource whose change starts it. */
  readonly trigger?: string;
}

export interface Plan {
  readonly changes: readonly ResourceChange[];
  /** Resources that were deleted outside of Terraform. */
  readonly deletedOutside: readonly ResourceChange[];
  /** The resources of the configuration, in every module. */
  readonly configured: readonly ConfiguredResource[];
  /** The state before the plan, with the data sources that were read. */
  readonly known: readonly KnownObject[];
  /** The accounts that the plan is for; empty when it does not show them. */
  readonly accounts: readonly string[];
  /** Addresses of data sources that run a program of the configuration. */
  readonly programs: readonly string[];
  readonly invocations: readonly Invocation[];
  /** Why the plan does not show everything that would happen. */
  readonly incomplete?: string;
}

const attributesSchema = z.record(z.string(), z.unknown()).nullish();

const sensitiveSchema = z.union([z.record(z.string(), z.unknown()), z.boolean(), z.array(z.unknown())]).nullish();

const changeSchema = z.looseObject({
  address: z.string(),
  previous_address: z.string().optional(),
  mode: z.string().optional(),
  type: z.string(),
  deposed: z.string().optional(),
  action_reason: z.string().optional(),
  change: z.looseObject({
    actions: z.array(z.string()).min(1),
    before: attributesSchema,
    after: attributesSchema,
    after_unknown: z.union([z.record(z.string(), z.unknown()), z.boolean()]).nullish(),
    before_sensitive: sensitiveSchema,
    after_sensitive: sensitiveSchema,
    importing: z.unknown().optional(),
    replace_paths: z.array(z.array(z.union([z.string(), z.number()]))).nullish(),
  }),
});

const invocationSchema = z.looseObject({
  address: z.string(),
  type: z.string(),
  lifecycle_action_trigger: z.looseObject({ triggering_resource_address: z.string().optional() }).nullish(),
});

const planSchema = z.looseObject({
  format_version: z.string(),
  planned_values: z.unknown().optional(),
  prior_state: z.unknown().optional(),
  configuration: z.unknown().optional(),
  resource_changes: z.array(changeSchema).optional(),
  resource_drift: z.array(changeSchema).optional(),
  deferred_changes: z.array(z.looseObject({ reason: z.string().optional(), resource_change: changeSchema })).optional(),
  action_invocations: z.array(invocationSchema).nullish(),
  deferred_action_invocations: z.array(z.looseObject({ action_invocation: invocationSchema.optional() })).nullish(),
  errored: z.boolean().optional(),
  complete: z.boolean().optional(),
});

/** The supported major version of the format; minor versions only add fields. Source: Terraform docs, "JSON output format". */
const FORMAT = '1.';

/**
 * Reads a plan.
 * @param source its name in errors
 * @param options whether only a part of the stack was meant to be planned, which Terraform calls incomplete
 * @throws CommandError when the text is not a plan: what the guard cannot read must not pass
 */
export function parsePlan(source: string, text: string, { isPart = false }: { readonly isPart?: boolean } = {}): Plan {
  const parsed = planSchema.safeParse(readJson(source, text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue === undefined || issue.path.length === 0 ? 'the document' : issue.path.map(String).join('.');
    throw notAPlan(source, `${field} is not as Terraform writes it: ${issue?.message.replace(/^Invalid input: /, '')}`);
  }
  const plan = parsed.data;
  if (!plan.format_version.startsWith(FORMAT)) throw notAPlan(source, `its format is ${plan.format_version}, not ${FORMAT}x`);
  if ([plan.planned_values, plan.configuration, plan.resource_changes].every((section) => section === undefined))
    throw notAPlan(source, 'it is a state, or another document in the same format');
  const deferred = plan.deferred_changes ?? [];
  const configuration = readConfiguration(plan.configuration);
  const known = readPriorState(plan.prior_state);
  const invocations = [
    ...(plan.action_invocations ?? []),
    ...(plan.deferred_action_invocations ?? []).flatMap(({ action_invocation: invocation }) => invocation ?? []),
  ];
  return {
    changes: [...(plan.resource_changes ?? []), ...deferred.map((change) => change.resource_change)]
      .filter(({ mode }) => mode !== 'data')
      .map(toChange),
    deletedOutside: (plan.resource_drift ?? []).map(toChange).filter(({ action }) => action === 'delete'),
    configured: configuration.resources,
    known,
    accounts: accountsOf(configuration, known),
    programs: configuration.programs,
    invocations: invocations.map(({ address, type, lifecycle_action_trigger: trigger }) => ({
      address,
      type,
      trigger: trigger?.triggering_resource_address,
    })),
    incomplete: whyIncomplete(plan.errored, isPart && deferred.length === 0 ? undefined : plan.complete),
  };
}

function readJson(source: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notAPlan(source, 'it is not JSON');
  }
}

function notAPlan(source: string, why: string): CommandError {
  return new CommandError(
    `${source} cannot be judged: ${why}. Create it with: terraform plan -out=tfplan && terraform show -json tfplan > plan.json`,
    2,
  );
}

function whyIncomplete(errored: boolean | undefined, complete: boolean | undefined): string | undefined {
  if (errored === true) return 'planning failed half-way, and the rest of the stack is not in it';
  if (complete === false) return 'Terraform deferred a part of it until after this apply: plan and judge again then';
  return undefined;
}

function toChange({
  address,
  previous_address,
  type,
  deposed,
  action_reason,
  change,
}: z.infer<typeof changeSchema>): ResourceChange {
  const unknown = typeof change.after_unknown === 'object' && change.after_unknown !== null ? change.after_unknown : {};
  const before = change.before ?? undefined;
  const after = change.after ?? undefined;
  return {
    address,
    previousAddress: previous_address,
    type,
    action: actionOf(change.actions),
    actionReason: action_reason,
    deposed,
    before,
    after,
    replacedFor: [...new Set((change.replace_paths ?? []).map(([attribute]) => String(attribute)))],
    unknown: trueNames(unknown),
    afterUnknown: unknown,
    sensitive: new Set([...sensitiveNames(change.before_sensitive, before), ...sensitiveNames(change.after_sensitive, after)]),
    isImported: change.importing !== undefined && change.importing !== null,
    leavesOld: change.actions.includes('forget') && change.actions.includes('create'),
  };
}

function trueNames(marks: Attributes): ReadonlySet<string> {
  return new Set(Object.keys(marks).filter((name) => holdsTrue(marks[name])));
}

/** `true` marks the whole resource. */
function sensitiveNames(marks: unknown, attributes: Attributes | undefined): readonly string[] {
  if (marks === true) return Object.keys(attributes ?? {});
  return isObject(marks) ? [...trueNames(marks)] : [];
}

/** Both orders of a replacement are one action, and so is one that leaves the old resource where it is. */
export function actionOf(actions: readonly string[]): Action {
  if (actions.includes('delete')) return actions.length > 1 ? 'replace' : 'delete';
  if (actions.includes('forget')) return actions.length > 1 ? 'replace' : 'forget';
  for (const action of ['create', 'update', 'read'] as const) if (actions.includes(action)) return action;
  if (actions.every((action) => action === 'no-op')) return 'no-op';
  throw new CommandError(`the plan has an action that the guard does not know: ${actions.join(', ')}`, 2);
}

function holdsTrue(value: unknown): boolean {
  if (value === true) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsTrue);
}
