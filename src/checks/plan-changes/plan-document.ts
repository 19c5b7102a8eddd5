/** A plan as `terraform show -json` writes it: what it changes, with values, and Terraform's marks on them. */
import { z } from 'zod';
import { actionOf, parsePlan, type Action } from '../plan-guard/plan';

/** Terraform's marks on values (sensitive, or known after the apply): `true` for all of it, or the marks of its parts. */
export type Marks = unknown;

/** One change of a resource or an output. Its values may be secret. */
export interface DocumentedChange {
  /** `output.<name>` for an output. */
  readonly address: string;
  /** `output` for an output. */
  readonly type: string;
  readonly action: Action;
  /** The address before a `moved` block. */
  readonly from?: string;
  /** The key of an object left over from an earlier replacement. */
  readonly deposed?: string;
  /** What an `import` block names: the id, or the identity as JSON. */
  readonly importing?: string;
  /** Terraform's reason, such as `replace_because_tainted`. */
  readonly reason?: string;
  /** Paths of the attributes that force a replacement. */
  readonly replacePaths: readonly (readonly (string | number)[])[];
  readonly before: unknown;
  readonly after: unknown;
  readonly beforeSensitive: Marks;
  readonly afterSensitive: Marks;
  readonly afterUnknown: Marks;
}

export interface PlanDocument {
  readonly changes: readonly DocumentedChange[];
  /** Address to argument to the addresses that it refers to. */
  readonly references: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** What exists before the apply and does not change, data sources among it, by address. */
  readonly known: ReadonlyMap<string, { readonly values: unknown; readonly sensitive: Marks }>;
}

const change = z.looseObject({
  actions: z.array(z.string()).min(1),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  before_sensitive: z.unknown().optional(),
  after_sensitive: z.unknown().optional(),
  after_unknown: z.unknown().optional(),
  replace_paths: z.array(z.array(z.union([z.string(), z.number()]))).nullish(),
  importing: z.looseObject({ id: z.string().optional(), identity: z.unknown().optional() }).nullish(),
});

const resourceChange = z.looseObject({
  address: z.string(),
  previous_address: z.string().optional(),
  mode: z.string().optional(),
  type: z.string(),
  deposed: z.string().optional(),
  action_reason: z.string().optional(),
  change,
});

const documentSchema = z.looseObject({
  resource_changes: z.array(resourceChange).optional(),
  deferred_changes: z.array(z.looseObject({ resource_change: resourceChange })).optional(),
  output_changes: z.record(z.string(), change).optional(),
  prior_state: z
    .looseObject({
      values: z
        .looseObject({
          root_module: z
            .looseObject({
              resources: z
                .array(
                  z.looseObject({
                    address: z.string(),
                    values: z.unknown().optional(),
                    sensitive_values: z.unknown().optional(),
                  }),
                )
                .optional(),
            })
            .optional(),
        })
        .optional(),
    })
    .optional(),
});

/**
 * Reads a plan. Unchanged resources, data sources and unchanged outputs are left out.
 * @throws CommandError when the text is not a plan
 */
export function readPlanDocument(source: string, text: string): PlanDocument {
  const { configured } = parsePlan(source, text);
  const {
    resource_changes: resources = [],
    deferred_changes: deferred = [],
    output_changes: outputs = {},
    prior_state: prior,
  } = documentSchema.parse(JSON.parse(text));
  const changing = new Set(
    resources.filter(({ change: { actions } }) => actions.some((action) => action !== 'no-op')).map(({ address }) => address),
  );
  const managed = [...resources, ...deferred.map((entry) => entry.resource_change)].filter(({ mode }) => mode !== 'data');
  return {
    changes: [
      ...managed.map((resource) => documented(resource.change, resource)),
      ...Object.entries(outputs).map(([name, output]) =>
        documented(output, { address: `output.${name}`, type: 'output', change: output }),
      ),
    ].filter(isChange),
    references: Object.fromEntries(configured.map(({ address, references }) => [address, references])),
    known: new Map(
      (prior?.values?.root_module?.resources ?? [])
        .filter(({ address }) => !changing.has(address))
        .map(({ address, values, sensitive_values: sensitive }) => [address, { values, sensitive }]),
    ),
  };
}

type Change = z.output<typeof change>;

function documented(
  { actions, before, after, before_sensitive, after_sensitive, after_unknown, replace_paths, importing }: Change,
  { address, type, previous_address, deposed, action_reason }: z.output<typeof resourceChange>,
): DocumentedChange {
  return {
    address,
    type,
    action: actionOf(actions),
    from: previous_address,
    deposed,
    importing: importing === null || importing === undefined ? undefined : (importing.id ?? JSON.stringify(importing.identity)),
    reason: action_reason,
    replacePaths: replace_paths ?? [],
    before: before ?? undefined,
    after: after ?? undefined,
    beforeSensitive: before_sensitive,
    afterSensitive: after_sensitive,
    afterUnknown: after_unknown,
  };
}

/** A move or an import without another change is applied too. */
function isChange({ action, from, importing }: DocumentedChange): boolean {
  if (action === 'read') return false;
  return action !== 'no-op' || from !== undefined || importing !== undefined;
}
