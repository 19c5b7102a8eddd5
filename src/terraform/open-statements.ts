/** Statements of policy documents that allow everyone. Pure. */
import { isNarrowed } from './narrowing';
import { isObject, type Block } from './root-module';

/** One `Allow` for everyone. The values of its conditions are not printed. */
export interface OpenStatement {
  /** Its `Sid`, or its position in the document. */
  readonly name: string;
  readonly actions: readonly string[];
  /** The statement as canonical JSON, by which the same one is found in an earlier document. */
  readonly identity: string;
}

/**
 * The statements of a policy that allow everyone.
 * @param text a policy document; any other text has none
 */
export function openStatements(text: unknown): readonly OpenStatement[] {
  return statementsOf(text).flatMap((statement, index) => {
    if (statement.Effect !== 'Allow' || !namesEveryone(statement) || isNarrowed(statement.Condition)) return [];
    const name = typeof statement.Sid === 'string' && statement.Sid !== '' ? statement.Sid : `statement ${index + 1}`;
    return [{ name, actions: listOf(statement.Action ?? statement.NotAction).map(String), identity: canonical(statement) }];
  });
}

/** In every policy document, with its letters written plainly or as escapes. Most other JSON is not parsed, then. */
const NAMES_STATEMENTS = /"Statement"|\\u/;

/** The statements of a policy document; none for any other text. */
export function statementsOf(text: unknown): readonly Block[] {
  if (typeof text !== 'string' || !NAMES_STATEMENTS.test(text) || !text.trimStart().startsWith('{')) return [];
  try {
    return listOf((JSON.parse(text) as Block).Statement).filter(isObject);
  } catch {
    return [];
  }
}

/** Whether a statement's principal is everyone. `NotPrincipal` means everyone else. */
export function namesEveryone({ Principal: principal, NotPrincipal: except }: Block): boolean {
  return except !== undefined || principal === '*' || (isObject(principal) && listOf(principal.AWS).includes('*'));
}

/** IAM writes one value or a list of them. */
export function listOf(value: unknown): readonly unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

/** A value as JSON with sorted keys, by which equal ones are found. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}
