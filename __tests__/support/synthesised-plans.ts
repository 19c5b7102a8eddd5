/** Plans as Terraform would make them of synthesised stacks, without Terraform: every reference has a value, or is unknown. */
import { parsePlan, type Plan } from '../../src/checks/plan-guard/plan';
import { isObject, type Block, type RootModule } from '../../src/terraform/root-module';
import { resourcesOf } from '../../src/terraform/root-module';

/** The account of these plans. */
export const ACCOUNT = '123456789012';

const META: readonly string[] = ['//', 'lifecycle', 'depends_on', 'provider', 'count', 'for_each', 'connection', 'provisioner'];

/** A resource of a synthesised stack, with the values that its attributes could have in a plan. */
export interface PlannedResource {
  readonly address: string;
  readonly type: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** References of each argument, as the configuration of a plan has them. */
  readonly expressions: Readonly<Record<string, unknown>>;
  /** Arguments that are known only after the apply of a first deployment. */
  readonly unknown: Readonly<Record<string, true>>;
}

const planned = new WeakMap<RootModule, readonly PlannedResource[]>();

/** Every resource of a stack, once for each: a test plans thousands of changes of it. */
export function plannedResources(module: RootModule): readonly PlannedResource[] {
  const known = planned.get(module) ?? planResources(module);
  planned.set(module, known);
  return known;
}

function planResources(module: RootModule): readonly PlannedResource[] {
  const blocks = new Map(resourcesOf(module).map(({ address, block }) => [address, block]));
  const valueOf = (reference: string): string => {
    const [type = '', name = '', attribute = ''] = reference.split('.');
    const known = blocks.get(`${type}.${name}`)?.[attribute];
    return reference.includes('account_id') ? ACCOUNT : typeof known === 'string' ? known : reference;
  };
  return resourcesOf(module).map(({ type, address, block }) => {
    const entries = Object.entries(block).filter(([name]) => !META.includes(name) && !name.endsWith('_wo'));
    const references = entries.map(([name, value]) => [name, referencesIn(value)] as const);
    return {
      address,
      type,
      values: Object.fromEntries(entries.map(([name, value]) => [name, settle(value, valueOf)])),
      expressions: Object.fromEntries(
        references.map(([name, names]) => [name, names.length === 0 ? { constant_value: block[name] } : { references: names }]),
      ),
      unknown: Object.fromEntries(
        entries.flatMap(([name, value]): [string, true][] => (isComputed(value) ? [[name, true]] : [])),
      ),
    };
  });
}

/** The plan of a first deployment: everything is created, and what refers to a new resource is unknown. */
export function firstPlan(module: RootModule): Plan {
  const resources = plannedResources(module);
  return planOfResources(
    resources,
    resources.map(({ address, type, values, unknown }) => ({
      address,
      mode: 'managed',
      type,
      change: { actions: ['create'], before: null, after: without(values, unknown), after_unknown: { id: true, ...unknown } },
    })),
  );
}

/** A plan that updates one resource of a stack, where everything is known and nothing else changes. */
export function updatePlan(
  module: RootModule,
  address: string,
  mutate: (values: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>,
): Plan {
  const resources = plannedResources(module);
  return planOfResources(
    resources,
    resources.map(({ address: own, type, values }) => {
      const before = { id: own, ...values };
      const after = own === address ? mutate(before) : before;
      const actions = [own === address ? 'update' : 'no-op'];
      return { address: own, mode: 'managed', type, change: { actions, before, after, after_unknown: {} } };
    }),
  );
}

function planOfResources(resources: readonly PlannedResource[], changes: readonly object[]): Plan {
  return parsePlan(
    'plan',
    JSON.stringify({
      format_version: '1.2',
      planned_values: {},
      prior_state: {
        values: {
          root_module: {
            resources: [
              {
                address: 'data.aws_caller_identity.account',
                mode: 'data',
                type: 'aws_caller_identity',
                values: { account_id: ACCOUNT },
              },
              {
                address: 'data.aws_ec2_managed_prefix_list.cloudfront',
                mode: 'data',
                type: 'aws_ec2_managed_prefix_list',
                values: { id: 'data.aws_ec2_managed_prefix_list.cloudfront.id', entries: [{ cidr: '120.52.22.96/27' }] },
              },
            ],
          },
        },
      },
      configuration: {
        root_module: {
          resources: resources.map(({ address, type, expressions }) => ({ address, mode: 'managed', type, expressions })),
        },
      },
      resource_changes: changes,
    }),
  );
}

const TOKEN = /\$\{([^}]+)\}/g;

/** The value with another one in the place of each reference. */
function settle(value: unknown, valueOf: (reference: string) => string): unknown {
  if (typeof value === 'string') return value.replace(TOKEN, (_, reference: string) => valueOf(reference));
  if (Array.isArray(value)) return value.map((inner) => settle(inner, valueOf));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, settle(inner, valueOf)]));
}

function referencesIn(value: unknown): readonly string[] {
  if (typeof value === 'string')
    return [...value.matchAll(TOKEN)].flatMap(([, reference = '']) => {
      const parts = reference.split('.');
      return parts.length > 2 ? [reference, parts.slice(0, parts[0] === 'data' ? 3 : 2).join('.')] : [reference];
    });
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  return isObject(value) ? Object.values(value).flatMap(referencesIn) : [];
}

/** Whether a value depends on an attribute that AWS gives; names that the configuration gives are known at once. */
function isComputed(value: unknown): boolean {
  return referencesIn(value).some(
    (reference) =>
      reference.startsWith('aws_') &&
      !/\.(bucket|name|identifier|function_name|address)$/.test(reference) &&
      reference.split('.').length > 2,
  );
}

function without(values: Block, names: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !(name in names)));
}
