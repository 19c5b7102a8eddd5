/**
 * Decides requests by identity policies within a permissions boundary, as IAM does inside one account. Source: IAM user guide,
 * "Policy evaluation logic" and "Condition operators". Knows the operators that policies of Terrace use, and refuses others.
 */

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface Request {
  readonly action: string;
  /** @default '*', as for actions that take no resource */
  readonly resource?: string;
  /** Condition keys; a list for keys with several values. A key that is left out is missing in the request. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

export function statementsOf(policy: string): readonly PolicyStatement[] {
  return (JSON.parse(policy) as { readonly Statement: readonly PolicyStatement[] }).Statement;
}

/** Whether the policies allow the request and the boundary, where there is one, does too. */
export function isAllowed(
  request: Request,
  policies: readonly PolicyStatement[],
  boundary: readonly PolicyStatement[] = policies,
): boolean {
  const all = [...policies, ...boundary];
  const matching = (statements: readonly PolicyStatement[], effect: PolicyStatement['Effect']) =>
    statements.some((statement) => statement.Effect === effect && matches(statement, request));
  return !matching(all, 'Deny') && matching(policies, 'Allow') && matching(boundary, 'Allow');
}

function matches(statement: PolicyStatement, request: Request): boolean {
  return (
    isAbout(statement, request.action) && covers(statement, request) && meets(statement.Condition ?? {}, request.context ?? {})
  );
}

const abouts = new WeakMap<PolicyStatement, Map<string, boolean>>();

/** Whether a statement names an action. Tests ask about few actions, for very many resources. */
function isAbout(statement: PolicyStatement, action: string): boolean {
  const known = abouts.get(statement) ?? new Map<string, boolean>();
  abouts.set(statement, known);
  const found = known.get(action) ?? statement.Action.some((one) => like(one, action, 'i'));
  known.set(action, found);
  return found;
}

function covers({ Resource, NotResource }: PolicyStatement, { resource = '*' }: Request): boolean {
  return Resource === undefined ? !NotResource?.some((one) => like(one, resource)) : Resource.some((one) => like(one, resource));
}

const expressions = { '': new Map<string, RegExp>(), i: new Map<string, RegExp>() };

/** Whether a pattern with `*` and `?` covers a text. */
function like(pattern: string, text: string, flags: '' | 'i' = ''): boolean {
  const known = expressions[flags].get(pattern) ?? expressionOf(pattern, flags);
  expressions[flags].set(pattern, known);
  return known.test(text);
}

function expressionOf(pattern: string, flags: string): RegExp {
  const literal = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`, flags);
}

function meets(condition: NonNullable<PolicyStatement['Condition']>, context: NonNullable<Request['context']>): boolean {
  return Object.entries(condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => holds(operator, [wanted].flat(), context[key])),
  );
}

const SAME = (wanted: string, received: string): boolean => wanted === received;
const OPERATORS: Readonly<
  Record<string, { readonly one: (wanted: string, received: string) => boolean; readonly negated: boolean }>
> = {
  ArnEquals: { one: like, negated: false },
  StringEquals: { one: SAME, negated: false },
  StringLike: { one: like, negated: false },
  StringNotEquals: { one: SAME, negated: true },
  StringNotLike: { one: like, negated: true },
};

function holds(operator: string, wanted: readonly string[], received: string | readonly string[] | undefined): boolean {
  if (operator === 'Null') return wanted.includes(String(received === undefined));
  const [set, name = ''] = operator.includes(':') ? operator.split(':') : [undefined, operator];
  const known = OPERATORS[name];
  if (known === undefined) throw new Error(`this evaluator does not know ${operator}`);
  const meetsOne = (value: string) => wanted.some((one) => known.one(one, value)) !== known.negated;
  const values = received === undefined ? [] : [received].flat();
  if (set === 'ForAllValues') return values.every(meetsOne);
  if (set === 'ForAnyValue') return values.some(meetsOne);
  // A key that is missing is unequal to everything.
  return received === undefined ? known.negated : values.every(meetsOne);
}
