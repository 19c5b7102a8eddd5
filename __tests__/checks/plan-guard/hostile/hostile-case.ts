/** A hostile plan and its harmless twin, and how they become plans. */
import { parsePlan, type Plan } from '../../../../src/checks/plan-guard/plan';

/** The account of these plans, and another one. */
export const OWN = '111122223333';
export const STRANGER = '999988887777';

/** One entry of `resource_changes`. */
export interface Entry {
  readonly address: string;
  readonly before: unknown;
  readonly after: unknown;
  /** @default by what is there before and after */
  readonly actions?: readonly string[];
  readonly unknown?: object;
  readonly importing?: object;
  readonly previous?: string;
  readonly replacePaths?: readonly string[][];
}

/** A plan, and what else is in it. */
export interface PlanContent {
  readonly changes: readonly Entry[];
  /** Data sources that were read. */
  readonly data?: readonly object[];
  /** `configuration.root_module.resources`. */
  readonly configured?: readonly object[];
  readonly more?: object;
}

export interface HostileCase {
  readonly name: string;
  readonly hostile: PlanContent;
  /** What looks alike and is fine. */
  readonly harmless: PlanContent;
}

/** A change of attributes; null is a resource that is not there. */
export function entry(address: string, before: unknown, after: unknown, more: Partial<Entry> = {}): Entry {
  return { address, before, after, ...more };
}

/** A case of one resource: before, the harmful attributes after, the harmless ones. */
export function single(
  name: string,
  address: string,
  before: object | null,
  hostile: object | null,
  harmless: object | null,
): HostileCase {
  const changeTo = (after: object | null): PlanContent => ({
    changes: [entry(address, before, before !== null && after !== null ? { ...before, ...after } : after)],
  });
  return { name, hostile: changeTo(hostile), harmless: changeTo(harmless) };
}

/** A case of whole plans. */
export function several(
  name: string,
  hostile: PlanContent | readonly Entry[],
  harmless: PlanContent | readonly Entry[],
): HostileCase {
  const content = (plan: PlanContent | readonly Entry[]): PlanContent => ('changes' in plan ? plan : { changes: plan });
  return { name, hostile: content(hostile), harmless: content(harmless) };
}

export function toPlan({ changes, data = [], configured = [], more = {} }: PlanContent): Plan {
  const caller = {
    address: 'data.aws_caller_identity.account',
    mode: 'data',
    type: 'aws_caller_identity',
    values: { account_id: OWN },
  };
  return parsePlan(
    'plan',
    JSON.stringify({
      format_version: '1.2',
      planned_values: {},
      prior_state: { values: { root_module: { resources: [caller, ...data] } } },
      configuration: { root_module: { resources: configured } },
      resource_changes: changes.map(toChange),
      ...more,
    }),
  );
}

function toChange({ address, before, after, actions, unknown = {}, importing, previous, replacePaths }: Entry): object {
  const type = address.split('.').at(-2);
  const usual =
    before === null
      ? ['create']
      : after === null
        ? ['delete']
        : JSON.stringify(before) === JSON.stringify(after)
          ? ['no-op']
          : ['update'];
  return {
    address,
    mode: 'managed',
    type,
    ...(previous === undefined ? {} : { previous_address: previous }),
    change: {
      actions: actions ?? usual,
      before,
      after,
      after_unknown: unknown,
      ...(importing === undefined ? {} : { importing }),
      ...(replacePaths === undefined ? {} : { replace_paths: replacePaths }),
    },
  };
}

/** A policy document of one statement. */
export function policy(statement: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Resource: '*', ...statement }] });
}
