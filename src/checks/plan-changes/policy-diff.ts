/** Two policy documents (IAM, key, bucket, queue, topic, trust, endpoint), statement by statement. Pure. */
import { canonical, Document, type Redacted } from './redacted';
import { added, changed, context, indented, removed, visible, type DiffLine } from './text-lines';
import { isEmpty, isMap, isSame, valueText } from './value-text';

type Statement = Readonly<Record<string, Redacted>>;

/** Whether it is a document with statements. */
export function isPolicy(value: Redacted | undefined): value is Document {
  return statementsIn(value) !== undefined;
}

function statementsIn(value: Redacted | undefined): readonly Statement[] | undefined {
  if (!(value instanceof Document) || !isMap(value.content)) return undefined;
  const { Statement: statements } = value.content;
  const list = Array.isArray(statements) ? (statements as readonly Redacted[]) : [statements];
  return statements !== undefined && list.every(isMap) ? list : undefined;
}

/** @returns undefined when one of the values is not a policy */
export function diffOfPolicies(before: Redacted | undefined, after: Redacted | undefined): readonly DiffLine[] | undefined {
  const earlier = isEmpty(before) ? [] : statementsIn(before);
  const later = isEmpty(after) ? [] : statementsIn(after);
  if (earlier === undefined || later === undefined) return undefined;
  const { pairs, removed: gone, added: come } = matched(earlier, later);
  const lines = [
    ...pairs.flatMap(([one, other]) => changedStatement(one, other)),
    ...gone.flatMap((statement) => wholeStatement(statement, removed)),
    ...come.flatMap((statement) => wholeStatement(statement, added)),
  ];
  const same = earlier.length - pairs.length - gone.length;
  if (lines.length === 0) return [changed('the same statements, written differently')];
  return same === 0 ? lines : [...lines, context(`(${same} unchanged ${same === 1 ? 'statement' : 'statements'})`)];
}

interface Matched {
  readonly pairs: readonly (readonly [Statement, Statement])[];
  readonly removed: readonly Statement[];
  readonly added: readonly Statement[];
}

/** Statements below this similarity are different ones. */
const SIMILAR = 0.3;

/** Equal statements are left out; the others are matched by `Sid`, then by similarity. */
function matched(before: readonly Statement[], after: readonly Statement[]): Matched {
  const come = [...after];
  const takeBest = (score: (other: Statement) => number, least: number): Statement | undefined => {
    const best = Math.max(...come.map(score), 0);
    return best < least
      ? undefined
      : come.splice(
          come.findIndex((other) => score(other) === best),
          1,
        )[0];
  };
  const changing = before.filter((one) => takeBest((other) => (sameStatement(one, other) ? 1 : 0), 1) === undefined);
  const pairs: (readonly [Statement, Statement])[] = [];
  const pairUp = (statements: readonly Statement[], score: (one: Statement, other: Statement) => number, least: number) =>
    statements.filter((one) => {
      const other = takeBest((candidate) => score(one, candidate), least);
      if (other !== undefined) pairs.push([one, other]);
      return other === undefined;
    });
  const withoutSid = pairUp(changing, (one, other) => (hasSid(one) && isSame(one.Sid, other.Sid) ? 1 : 0), 1);
  const different = pairUp(withoutSid, similarityOf, SIMILAR);
  // The only one that is left on each side is the same statement, rewritten.
  const gone = different.length === 1 && come.length === 1 ? pairUp(different, () => 1, 1) : different;
  return { pairs, removed: gone, added: come };
}

const hasSid = ({ Sid: sid }: Statement): boolean => typeof sid === 'string' && sid !== '';

/** The order of values in a list means nothing to IAM. */
function sameStatement(one: Statement, other: Statement): boolean {
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return keys.every((key) => linesOf(one[key]).join('\n') === linesOf(other[key]).join('\n'));
}

function similarityOf(one: Statement, other: Statement): number {
  if (!isSame(one.Effect, other.Effect)) return 0;
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((key) => key !== 'Effect' && key !== 'Sid');
  const shares = keys.map((key) => {
    const [first, second] = [linesOf(one[key]), linesOf(other[key])];
    const common = first.filter((line) => second.includes(line)).length;
    return common / Math.max(first.length, second.length, 1);
  });
  return shares.reduce((sum, share) => sum + share, 0) / Math.max(keys.length, 1);
}

/** In the order in which people read a statement. */
const ORDER = ['Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'];

function keysOf(...statements: readonly Statement[]): readonly string[] {
  const keys = new Set(statements.flatMap((statement) => Object.keys(statement)));
  keys.delete('Sid');
  return [...ORDER.filter((key) => keys.has(key)), ...[...keys].filter((key) => !ORDER.includes(key)).sort()];
}

const WIDTH = 'NotPrincipal'.length;

/** The unchanged actions and resources are part of what a reviewer has to know, so they are shown too. */
function changedStatement(one: Statement, other: Statement): readonly DiffLine[] {
  const lines = keysOf(one, other).flatMap((key) => {
    const [before, after] = [linesOf(one[key]), linesOf(other[key])];
    const all = [
      ...before.filter((line) => !after.includes(line)).map((line) => ({ line, mark: removed })),
      ...after.map((line) => ({ line, mark: before.includes(line) ? context : added })),
    ];
    return all.map(({ line, mark }, index) => mark(`${(index === 0 ? key : '').padEnd(WIDTH)}  ${line}`));
  });
  const renamed = isSame(one.Sid, other.Sid) ? [] : [changed(`Sid: ${valueText(one.Sid)} → ${valueText(other.Sid)}`)];
  return [changed(`${nameOf(other)}:`), ...indented([...renamed, ...lines])];
}

function wholeStatement(statement: Statement, line: (text: string) => DiffLine): readonly DiffLine[] {
  const lines = keysOf(statement).flatMap((key) =>
    linesOf(statement[key]).map((text, index) => line(`${(index === 0 ? key : '').padEnd(WIDTH)}  ${text}`)),
  );
  return [line(`${nameOf(statement)}:`), ...indented(lines)];
}

function nameOf({ Sid: sid }: Statement): string {
  return typeof sid === 'string' && sid !== '' ? `statement ${visible(sid)}` : 'statement without a Sid';
}

/** A value on lines of their own: each action, resource, principal and condition. */
function linesOf(value: Redacted | undefined, prefix = ''): readonly string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return (value as readonly Redacted[]).flatMap((one) => linesOf(one, prefix)).sort();
  if (isMap(value))
    return Object.keys(value)
      .sort()
      .flatMap((key) => linesOf(value[key], `${prefix}${visible(key)} `));
  const text = typeof value === 'string' ? visible(value) : valueText(value);
  return [`${prefix.trimEnd()}${prefix === '' ? '' : ': '}${text === '' ? canonical(value) : text}`];
}
