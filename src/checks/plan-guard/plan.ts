/** A Terraform plan as `terraform show -json` writes it: the part that the guard judges, validated when it is read. */
import { z } from 'zod';
import { CommandError } from '../../cli/errors';

/** Attributes before or after the change; they may hold secrets and are never printed. */
export type Attributes = Readonly<Record<string, unknown>>;

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
}

/** A resource of the configuration, with the addresses that each of its arguments refers to. */
export interface ConfiguredResource {
  readonly address: string;
  readonly type: string;
  readonly references: Readonly<Record<string, readonly string[]>>;
  readonly constants: Attributes;
}

export interface Plan {
  readonly changes: readonly ResourceChange[];
  /** Resources that were deleted outside of Terraform. */
  readonly deletedOutside: readonly ResourceChange[];
  /** The root module's resources. */
  readonly configured: readonly ConfiguredResource[];
  /** Why the plan does not show everything that would happen. */
  readonly incomplete?: string;
}

const attributesSchema = z.record(z.string(), z.unknown()).nullish();

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
    replace_paths: z.array(z.array(z.union([z.string(), z.number()]))).nullish(),
  }),
});

const planSchema = z.looseObject({
  format_version: z.string(),
  planned_values: z.unknown().optional(),
  configuration: z
    .looseObject({ root_module: z.looseObject({ resources: z.array(z.looseObject({})).optional() }).optional() })
    .optional(),
  resource_changes: z.array(changeSchema).optional(),
  resource_drift: z.array(changeSchema).optional(),
  deferred_changes: z.array(z.looseObject({ reason: z.string().optional(), resource_change: changeSchema })).optional(),
  errored: z.boolean().optional(),
  complete: z.boolean().optional(),
});

/** The supported major version of the format; minor versions only add fields. Source: Terraform docs, "JSON output format". */
const FORMAT = '1.';

/**
 * Reads a plan.
 * @param source its name in errors
 * @throws CommandError when the text is not a plan: what the guard cannot read must not pass
 */
export function parsePlan(source: string, text: string): Plan {
  const parsed = planSchema.safeParse(readJson(source, text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw notAPlan(source, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unknown'}`);
  }
  const plan = parsed.data;
  if (!plan.format_version.startsWith(FORMAT)) throw notAPlan(source, `its format is ${plan.format_version}, not ${FORMAT}x`);
  if ([plan.planned_values, plan.configuration, plan.resource_changes].every((section) => section === undefined))
    throw notAPlan(source, 'it is a state, or another document in the same format');
  const deferred = plan.deferred_changes ?? [];
  return {
    changes: [...(plan.resource_changes ?? []), ...deferred.map((change) => change.resource_change)]
      .filter(({ mode }) => mode !== 'data')
      .map(toChange),
    deletedOutside: (plan.resource_drift ?? []).map(toChange).filter(({ action }) => action === 'delete'),
    configured: (plan.configuration?.root_module?.resources ?? []).flatMap(toConfigured),
    incomplete: whyIncomplete(plan.errored, plan.complete),
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
  return {
    address,
    previousAddress: previous_address,
    type,
    action: actionOf(change.actions),
    actionReason: action_reason,
    deposed,
    before: change.before ?? undefined,
    after: change.after ?? undefined,
    replacedFor: [...new Set((change.replace_paths ?? []).map(([attribute]) => String(attribute)))],
    unknown: new Set(Object.keys(unknown).filter((name) => holdsTrue(unknown[name]))),
  };
}

/** Both orders of a replacement are one action. */
export function actionOf(actions: readonly string[]): Action {
  if (actions.includes('delete')) return actions.length > 1 ? 'replace' : 'delete';
  if (actions.includes('forget')) return 'forget';
  for (const action of ['create', 'update', 'read'] as const) if (actions.includes(action)) return action;
  if (actions.every((action) => action === 'no-op')) return 'no-op';
  throw new CommandError(`the plan has an action that the guard does not know: ${actions.join(', ')}`, 2);
}

function holdsTrue(value: unknown): boolean {
  if (value === true) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsTrue);
}

const configuredSchema = z.looseObject({
  address: z.string(),
  mode: z.string().optional(),
  type: z.string(),
  expressions: z.record(z.string(), z.unknown()).optional(),
});

function toConfigured(resource: unknown): readonly ConfiguredResource[] {
  const parsed = configuredSchema.safeParse(resource);
  if (!parsed.success || parsed.data.mode === 'data') return [];
  const { address, type, expressions = {} } = parsed.data;
  const entries = Object.entries(expressions);
  return [
    {
      address,
      type,
      references: Object.fromEntries(entries.map(([name, expression]) => [name, stringsIn(expression, 'references')])),
      constants: Object.fromEntries(
        entries.flatMap(([name, expression]) =>
          typeof expression === 'object' && expression !== null && 'constant_value' in expression
            ? [[name, expression.constant_value]]
            : [],
        ),
      ),
    },
  ];
}

function stringsIn(expression: unknown, key: string): readonly string[] {
  if (typeof expression !== 'object' || expression === null || !(key in expression)) return [];
  const found = (expression as Record<string, unknown>)[key];
  return Array.isArray(found) ? found.filter((entry) => typeof entry === 'string') : [];
}
