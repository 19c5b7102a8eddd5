/** What is wrong with an environment: path, value received, what is allowed, how to fix it. */

/** One thing to fix. */
export interface Problem {
  /** Dotted path inside the environment, such as `services.api.memoryMib`; empty for the whole. */
  readonly path: string;
  /** The value received, shortened and never a secret. */
  readonly received: string;
  readonly allowed: string;
  readonly fix: string;
  /** The rule that refused it; undefined when the schema did. */
  readonly rule?: string;
  /** The line of the environment file that accepts it, where that is possible. */
  readonly accept?: string;
}

/** A problem with where it was written. */
export interface PlacedProblem extends Problem {
  /** `environments/shop/prod.ts:41`; the file alone where the line is not known. */
  readonly place?: string;
  /** The same mistake, in a part that is used several times. */
  readonly alsoAt?: readonly Pick<Problem, 'path' | 'accept'>[];
  /** Other environments with the same mistake, in a part that they share. */
  readonly alsoIn?: readonly string[];
}

/** A risk that is legal and not acknowledged: printed with the report of a synthesis. */
export interface Warning {
  readonly rule: string;
  readonly path: string;
  readonly message: string;
  /** The line of the environment file that silences it. */
  readonly accept: string;
}

/** Every problem of one environment at once. Its message is for people; a stack trace would add nothing. */
export class InvalidEnvironment extends Error {
  constructor(
    /** The environment's name as far as it is known. */
    public readonly environment: string,
    public readonly problems: readonly Problem[],
  ) {
    super(formatProblems(environment, problems));
    this.name = 'InvalidEnvironment';
  }
}

/** The report that people read. */
export function formatProblems(environment: string, problems: readonly PlacedProblem[]): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const blocks = problems.slice(0, MOST_SHOWN).map((problem, index) => formatProblem(problem, index + 1));
  const hidden = problems.length - blocks.length;
  return [`${visible(environment)}: ${count}`, ...blocks, ...(hidden > 0 ? [`  … and ${hidden} more`] : [])].join('\n');
}

function formatProblem(
  { path, received, allowed, fix, rule, accept, place, alsoAt = [], alsoIn = [] }: PlacedProblem,
  number: number,
) {
  const accepts = [accept, ...alsoAt.map((other) => other.accept)].filter((line) => line !== undefined);
  return [
    `  ${number}. ${path === '' ? '(the environment)' : path}${rule === undefined ? '' : `  [${rule}]`}`,
    ...(alsoAt.length === 0 ? [] : [`     and       ${alsoAt.map((other) => other.path).join(', ')}`]),
    ...(place === undefined ? [] : [`     at        ${place}`]),
    `     received  ${received}`,
    `     allowed   ${allowed}`,
    `     fix       ${fix}`,
    ...accepts.map((line) => `     or accept ${line}`),
    ...(alsoIn.length === 0 ? [] : [`     also in   ${alsoIn.join(', ')}`]),
  ].join('\n');
}

/** More would hide the first ones. */
const MOST_SHOWN = 50;

/** With invisible characters and those that change the direction of writing as escapes. */
export function visible(text: string): string {
  return text.replace(/\p{C}/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

const LONGEST_SHOWN = 120;

/**
 * A value as it is shown to a person: JSON, shortened.
 * @param replacer replaces values by name, as in JSON.stringify
 */
export function show(value: unknown, replacer?: (name: string, value: unknown) => unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  const text = (JSON.stringify(value, replacer) as string | undefined) ?? `a ${typeof value}`;
  return visible(text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN - 1)}…`);
}
