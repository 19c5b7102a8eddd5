/** Policy documents that let anybody in: read from JSON, whoever wrote it. Pure. */

/** One `Allow` for everybody, told without its conditions' values. */
export interface OpenStatement {
  /** Its `Sid`, or its place in the document. */
  readonly name: string;
  readonly actions: readonly string[];
  /** The statement as canonical JSON, to tell whether it was there before. */
  readonly identity: string;
}

/**
 * Condition keys that narrow `Principal: "*"` down to known callers or a known way in.
 * Source: IAM user guide, "The meaning of public" for S3 and "AWS global condition context keys"; EFS and KMS guides.
 */
const NARROWING_KEYS: readonly string[] = [
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceowner',
  'aws:sourceorgid',
  'aws:sourceorgpaths',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:userid',
  'kms:calleraccount',
  's3:dataaccesspointaccount',
  's3:dataaccesspointarn',
  'elasticfilesystem:accessedviamounttarget',
  'lambda:functionurlauthtype',
];

/** Operators under which such a key narrows: a negated one, or one that a missing key satisfies, does not. */
const NARROWING_OPERATORS = /^(ForAnyValue:)?(String(Equals|Like)(IgnoreCase)?|Arn(Equals|Like)|Bool)$/i;

/**
 * The statements of a policy that allow everybody.
 * @param text a policy document; anything else has none
 */
export function openStatements(text: unknown): readonly OpenStatement[] {
  return statementsOf(text).flatMap((statement, index) => {
    if (statement.Effect !== 'Allow' || !isEverybody(statement) || isNarrowed(statement.Condition)) return [];
    const name = typeof statement.Sid === 'string' && statement.Sid !== '' ? statement.Sid : `statement ${index + 1}`;
    return [{ name, actions: list(statement.Action ?? statement.NotAction).map(String), identity: canonical(statement) }];
  });
}

/** The statements of a policy document; none when the text is none. */
export function statementsOf(text: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (typeof text !== 'string' || !text.trimStart().startsWith('{')) return [];
  try {
    const document = JSON.parse(text) as { Statement?: unknown };
    return list(document.Statement).filter(isRecord);
  } catch {
    return [];
  }
}

/** `Allow` with `NotPrincipal` allows everybody else. */
function isEverybody({ Principal: principal, NotPrincipal: except }: Readonly<Record<string, unknown>>): boolean {
  if (except !== undefined) return true;
  if (principal === '*') return true;
  return isRecord(principal) && list(principal.AWS).includes('*');
}

function isNarrowed(condition: unknown): boolean {
  if (!isRecord(condition)) return false;
  return Object.entries(condition).some(
    ([operator, keys]) =>
      NARROWING_OPERATORS.test(operator) &&
      isRecord(keys) &&
      Object.entries(keys).some(([key, values]) => NARROWING_KEYS.includes(key.toLowerCase()) && !list(values).includes('*')),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function list(value: unknown): readonly unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isRecord(value)) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}
