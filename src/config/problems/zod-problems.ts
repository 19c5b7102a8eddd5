/** Turns the issues that zod reports into problems: path, value received, what is allowed, how to fix it. */
import { z } from 'zod';
import { suggest } from './nearest';
import { formatPath, showReceived, valueAt } from './paths';
import { visible, type Problem } from './problem';
import { environmentSchema } from '../schema/environment';
import { elsewhereOf, fieldNames, helpOf, keySchema, optionsOf, schemaAt, type Schema } from '../schema/walk';
import { wordsFor } from './zod-words';
import type { Help } from '../schema/primitives';

type Issue = z.core.$ZodIssue;
type UnionIssue = Extract<Issue, { code: 'invalid_union' }>;

/** Where an issue's own path begins: the whole input, and inside unions the branch that was chosen. */
interface Base {
  readonly schema: Schema;
  readonly path: readonly PropertyKey[];
  readonly input: unknown;
}

/** An issue in its place. */
interface Place {
  readonly path: readonly PropertyKey[];
  readonly received: unknown;
  readonly schema: Schema | undefined;
}

/**
 * Every issue as a problem, in zod's order.
 * @param schema what refused the input
 */
export function problemsOf(error: z.ZodError, input: unknown, schema: Schema = environmentSchema): Problem[] {
  return error.issues.flatMap((issue) => problemsOfIssue(issue, { schema, path: [], input }));
}

function problemsOfIssue(issue: Issue, base: Base): Problem[] {
  const place = placeOf(issue, base);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((name) => unknownField(name, place));
    case 'invalid_union':
      return issue.errors.length === 0 ? [wrongDiscriminator(issue, place)] : bestBranch(issue, place, base.input);
    case 'invalid_key':
      return [badKey(place.path, schemaAt(base.schema, issue.path.slice(0, -1), valueAt(base.input, base.path)))];
    default:
      return [plain(issue, place)];
  }
}

function placeOf(issue: Issue, base: Base): Place {
  const path = [...base.path, ...issue.path];
  return {
    path,
    received: valueAt(base.input, path),
    schema: schemaAt(base.schema, issue.path, valueAt(base.input, base.path)),
  };
}

/** A check across fields brings its own words: the message is what is allowed, and `params.fix` how to fix it. */
function ownWords(issue: Issue): { readonly allowed: string; readonly fix: string } | undefined {
  const fix: unknown = issue.code === 'custom' ? issue.params?.fix : undefined;
  return typeof fix === 'string' ? { allowed: issue.message, fix } : undefined;
}

function plain(issue: Issue, { path, received, schema }: Place): Problem {
  const own = ownWords(issue);
  if (own !== undefined) return { path: formatPath(path), received: showReceived(path, received), ...own };
  const generic = wordsFor(issue, path, received, schema);
  const help = helpOf(schema);
  const missing = received === undefined;
  return {
    path: formatPath(path),
    received: showReceived(path, received),
    allowed: help.allowed ?? generic.allowed,
    fix: missing || generic.specific === true ? generic.fix : advice(help, received, generic.fix),
  };
}

/** The name that was meant, where the value is a misspelt one; otherwise what the schema advises. */
function advice({ fix, names }: Partial<Help>, received: unknown, otherwise: string): string {
  const advised = fix ?? otherwise;
  return names !== undefined && typeof received === 'string' ? suggest(received, names(), advised) : advised;
}

function unknownField(name: string, { path, received, schema }: Place): Problem {
  const names = fieldNames(schema, received) ?? [];
  return {
    path: formatPath([...path, name]),
    received: `an unknown field ${visible(JSON.stringify(name))}`,
    allowed: names.length === 0 ? 'no such field' : names.join(', '),
    fix: elsewhereOf(schema, name, received) ?? suggest(name, names, 'remove it'),
  };
}

/** A record's key that is no legal name. */
function badKey(path: readonly PropertyKey[], record: Schema | undefined): Problem {
  const name = String(path.at(-1));
  const schema = keySchema(record);
  const help = helpOf(schema);
  const near = inLowerCase(name);
  return {
    path: formatPath(path),
    received: visible(JSON.stringify(name)),
    allowed: help.allowed ?? 'a name',
    fix: accepts(schema, near) ? `rename it to "${near}"` : (help.fix ?? 'rename it'),
  };
}

/** `RAILS_MASTER_KEY` and `railsMasterKey` as names are written here: `rails-master-key`. Other texts stay as they are. */
function inLowerCase(name: string): string {
  if (!/^[A-Za-z0-9_ -]+$/.test(name)) return name;
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[_ ]+/g, '-');
}

function accepts(schema: Schema | undefined, name: string): boolean {
  return schema !== undefined && z.safeParse(schema, name).success;
}

function wrongDiscriminator(issue: UnionIssue, { path, received }: Place): Problem {
  const values = 'options' in issue && Array.isArray(issue.options) ? optionNames(issue.options) : [];
  const missing = `add \`${String(path.at(-1))}\`: it says which of the variants is meant`;
  return {
    path: formatPath(path),
    received: showReceived(path, received),
    allowed: values.map((value) => JSON.stringify(value)).join(', '),
    fix: received === undefined ? missing : suggest(typeof received === 'string' ? received : '', values, 'choose one of these'),
  };
}

/** Without the value of a discriminator that can be omitted. */
function optionNames(options: readonly unknown[]): readonly string[] {
  return options.filter((option) => option !== undefined && option !== null).map(String);
}

/** Of a union, only the branch that was most likely meant speaks; when none fits at all, the union's own words do. */
function bestBranch(issue: UnionIssue, place: Place, input: unknown): Problem[] {
  const options = optionsOf(place.schema);
  const branches = issue.errors.map((issues, index) => ({
    issues,
    schema: options[index],
    cost: issues.reduce((sum, inner) => sum + costOf(inner, options[index], valueAt(input, [...place.path, ...inner.path])), 0),
  }));
  const best = branches.reduce((one, other) => (other.cost < one.cost ? other : one));
  if (best.cost >= MISSES || best.schema === undefined) return [plain(issue, place)];
  const base = { schema: best.schema, path: place.path, input };
  return best.issues.flatMap((inner) => problemsOfIssue(inner, base));
}

/** The branch does not even have the kind of the value. */
const MISSES = 1000;

/** @param received the value that the issue is about */
function costOf(issue: Issue, schema: Schema | undefined, received: unknown): number {
  if (issue.code === 'unrecognized_keys') return issue.keys.reduce((sum, name) => sum + strangeness(name, schema), 0);
  if (issue.path.length === 0) return MISSES;
  return issue.code === 'invalid_type' && received === undefined ? 10 : 2;
}

/** A misspelt field of this branch counts less than a field of another. */
function strangeness(name: string, schema: Schema | undefined): number {
  return suggest(name, fieldNames(schema, undefined) ?? [], '') === '' ? 10 : 5;
}
