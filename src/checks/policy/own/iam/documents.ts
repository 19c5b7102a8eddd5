/** The policy documents of a module: what kind each is, and what its statements allow. Pure. */
import { listOf, statementsOf } from '../../../../terraform/open-statements';
import { isObject, nestedBlocks, resourcesOf, type Block, type RootModule } from '../../../../terraform/root-module';

/**
 * - `identity`: what a role, user or group may do
 * - `boundary`: the most that a role may do, whatever its policies allow
 * - `trust`: who may assume a role
 * - `resource`: who may use a key, a bucket or another resource
 */
export type PolicyKind = 'identity' | 'boundary' | 'trust' | 'resource';

export interface PolicyDocument {
  /** The address of the resource that contains it. */
  readonly address: string;
  readonly kind: PolicyKind;
  /** Its statements that allow something; undefined when the document cannot be read. */
  readonly grants: readonly Grant[] | undefined;
}

/** One statement with `Effect: Allow`. */
export interface Grant {
  readonly actions: readonly string[];
  /** Whether it allows all actions but `actions`. */
  readonly isAllBut: boolean;
  readonly resources: readonly string[];
  /** Whether it is about all resources but `resources`. */
  readonly isAnywhereBut: boolean;
  readonly statement: Block;
}

const IDENTITY_TYPES: readonly string[] = [
  'aws_iam_role_policy',
  'aws_iam_policy',
  'aws_iam_user_policy',
  'aws_iam_group_policy',
];

export function policyDocumentsOf(module: RootModule): readonly PolicyDocument[] {
  const boundaries = boundariesOf(module);
  return resourcesOf(module).flatMap(({ type, address, block }): readonly PolicyDocument[] => {
    if (IDENTITY_TYPES.includes(type)) {
      const kind = boundaries.some((reference) => reference.includes(`\${${address}.`)) ? 'boundary' : 'identity';
      return [{ address, kind, grants: grantsOf(block.policy) }];
    }
    if (type === 'aws_iam_role') {
      const inline = nestedBlocks(block.inline_policy).map(({ policy }) => grantsOf(policy));
      return [
        { address, kind: 'trust', grants: grantsOf(block.assume_role_policy) },
        ...inline.map((grants) => ({ address, kind: 'identity', grants }) as const),
      ];
    }
    return Object.values(block).flatMap((text) =>
      statementsOf(text).length === 0 ? [] : [{ address, kind: 'resource', grants: grantsOf(text) }],
    );
  });
}

/** References to policies that are only a boundary: one that is also attached grants something. */
function boundariesOf(module: RootModule): readonly string[] {
  const blocks = resourcesOf(module);
  const attached = blocks.flatMap(({ block }) => [block.policy_arn, ...listOf(block.managed_policy_arns)]).map(String);
  return blocks
    .flatMap(({ block }) => (typeof block.permissions_boundary === 'string' ? [block.permissions_boundary] : []))
    .filter((boundary) => !attached.includes(boundary));
}

function grantsOf(text: unknown): readonly Grant[] | undefined {
  const statements = statementsOf(text);
  if (statements.length === 0) return undefined;
  return statements
    .filter(({ Effect: effect }) => effect !== 'Deny')
    .map((statement) => ({
      actions: listOf(statement.Action ?? statement.NotAction).map(String),
      isAllBut: statement.NotAction !== undefined,
      resources: listOf(statement.Resource ?? statement.NotResource).map(String),
      isAnywhereBut: statement.NotResource !== undefined,
      statement,
    }));
}

/** Operators that compare with a value and that a missing key does not satisfy. */
const EXACT_OPERATORS = /^(?:ForAnyValue:)?(?:String|Arn)(?:Equals|Like)$/i;

/** The values that a condition key must have; undefined without such a condition, or where a value is a wildcard. */
export function requiredValues({ statement }: Grant, key: string): readonly string[] | undefined {
  const { Condition: condition } = statement;
  if (!isObject(condition)) return undefined;
  const values = Object.entries(condition)
    .filter(([operator]) => EXACT_OPERATORS.test(operator))
    .flatMap(([, keys]) => (isObject(keys) ? Object.entries(keys) : []))
    .filter(([name]) => name.toLowerCase() === key.toLowerCase())
    .flatMap(([, value]) => listOf(value).map(String));
  return values.length === 0 || values.some((value) => /^[*?]*$/.test(value)) ? undefined : values;
}

/** The condition keys of a statement that must have a value. */
export function requiredKeys(grant: Grant): readonly string[] {
  const { Condition: condition } = grant.statement;
  const operators: readonly unknown[] = isObject(condition) ? Object.values(condition) : [];
  const keys = operators.flatMap((inner) => (isObject(inner) ? Object.keys(inner) : []));
  return keys.filter((key) => requiredValues(grant, key) !== undefined);
}
