/** The configuration and the state inside a plan: what resources refer to, which programs run, and whose account it is. Pure. */
import { z } from 'zod';
import { elementsOf, isObject } from '../../terraform/root-module';

/** Attributes of a resource or data source; they may hold secrets and are never printed. */
export type Attributes = Readonly<Record<string, unknown>>;

/** A resource of the configuration, with the addresses that each of its arguments refers to. */
export interface ConfiguredResource {
  readonly address: string;
  readonly type: string;
  readonly references: Readonly<Record<string, readonly string[]>>;
  readonly constants: Attributes;
  /** Types of its provisioners: `local-exec`, `remote-exec`, `file`. */
  readonly provisioners: readonly string[];
}

/** A resource or data source as the state before the plan has it. */
export interface KnownObject {
  readonly address: string;
  readonly type: string;
  readonly isData: boolean;
  readonly values: Attributes;
}

export interface Configuration {
  readonly resources: readonly ConfiguredResource[];
  /** Addresses of data sources that run a program while Terraform plans. */
  readonly programs: readonly string[];
  /** Accounts that the AWS providers are restricted to. */
  readonly allowedAccounts: readonly string[];
}

const resourceSchema = z.looseObject({
  address: z.string(),
  mode: z.string().optional(),
  type: z.string(),
  expressions: z.record(z.string(), z.unknown()).optional(),
  provisioners: z.array(z.looseObject({ type: z.string() })).optional(),
});

/** Data sources whose provider starts a program of the configuration. */
const PROGRAMS: readonly string[] = ['external'];

/** The `configuration` section, with the resources of every module. */
export function readConfiguration(section: unknown): Configuration {
  const { root_module: root, provider_config: providers } = isObject(section) ? section : {};
  const resources = resourcesIn(root, '');
  return {
    resources: resources.filter(({ mode }) => mode !== 'data').map(toConfigured),
    programs: resources.filter(({ mode, type }) => mode === 'data' && PROGRAMS.includes(type)).map(({ address }) => address),
    allowedAccounts: Object.values(isObject(providers) ? providers : {}).flatMap((provider) =>
      isObject(provider) && isObject(provider.expressions)
        ? elementsOf(constantOf(provider.expressions.allowed_account_ids)).map(String)
        : [],
    ),
  };
}

function resourcesIn(module: unknown, prefix: string): readonly z.output<typeof resourceSchema>[] {
  if (!isObject(module)) return [];
  const own = elementsOf(module.resources).flatMap((resource) => {
    const parsed = resourceSchema.safeParse(resource);
    return parsed.success ? [{ ...parsed.data, address: `${prefix}${parsed.data.address}` }] : [];
  });
  const called = isObject(module.module_calls) ? Object.entries(module.module_calls) : [];
  return [
    ...own,
    ...called.flatMap(([name, call]) => (isObject(call) ? resourcesIn(call.module, `${prefix}module.${name}.`) : [])),
  ];
}

function toConfigured({
  address,
  type,
  expressions = {},
  provisioners = [],
}: z.output<typeof resourceSchema>): ConfiguredResource {
  const entries = Object.entries(expressions);
  return {
    address,
    type,
    references: Object.fromEntries(entries.map(([name, expression]) => [name, referencesIn(expression)])),
    constants: Object.fromEntries(
      entries.flatMap(([name, expression]) =>
        isObject(expression) && 'constant_value' in expression ? [[name, expression.constant_value]] : [],
      ),
    ),
    provisioners: provisioners.map((provisioner) => provisioner.type),
  };
}

/** The references of an argument, and of the blocks in it. */
function referencesIn(expression: unknown): readonly string[] {
  if (Array.isArray(expression)) return expression.flatMap(referencesIn);
  if (!isObject(expression)) return [];
  if ('references' in expression) return elementsOf(expression.references).filter((entry) => typeof entry === 'string');
  if ('constant_value' in expression) return [];
  return Object.values(expression).flatMap(referencesIn);
}

function constantOf(expression: unknown): unknown {
  return isObject(expression) ? expression.constant_value : undefined;
}

/** The objects of the `prior_state` section: every resource before the plan, and every data source that was read for it. */
export function readPriorState(section: unknown): readonly KnownObject[] {
  const values = isObject(section) ? section.values : undefined;
  return isObject(values) ? objectsIn(values.root_module) : [];
}

function objectsIn(module: unknown): readonly KnownObject[] {
  if (!isObject(module)) return [];
  const own = elementsOf(module.resources).flatMap((resource): readonly KnownObject[] => {
    if (!isObject(resource) || typeof resource.type !== 'string' || typeof resource.address !== 'string') return [];
    const values = isObject(resource.values) ? resource.values : {};
    return [{ address: resource.address, type: resource.type, isData: resource.mode === 'data', values }];
  });
  return [...own, ...elementsOf(module.child_modules).flatMap(objectsIn)];
}

/**
 * The accounts that a plan is for: what the caller's identity says, else what the provider is restricted to, else the one that
 * most ARNs of the state name.
 */
export function accountsOf({ allowedAccounts }: Configuration, known: readonly KnownObject[]): readonly string[] {
  const callers = known
    .filter(({ type, isData }) => isData && type === 'aws_caller_identity')
    .map(({ values }) => String(values.account_id));
  if (callers.length > 0) return [...new Set(callers)];
  if (allowedAccounts.length > 0) return allowedAccounts;
  const counts = new Map<string, number>();
  for (const { values, isData } of known) {
    const account = isData || typeof values.arn !== 'string' ? undefined : values.arn.split(':')[4];
    if (account !== undefined && /^\d{12}$/.test(account)) counts.set(account, (counts.get(account) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, one], [, other]) => other - one);
  return most === undefined ? [] : [most[0]];
}
