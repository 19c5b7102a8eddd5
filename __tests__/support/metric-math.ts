/** The part of CloudWatch's metric math that alarms of backlogs use, over one sample a minute. Pure. */

/** One value a minute, oldest first; undefined where there is no data. */
export type Series = readonly (number | undefined)[];

type Value = Series | number | 'REPEAT';

const OPERATIONS: Readonly<Record<string, (one: number, other: number) => number>> = {
  '+': (one, other) => one + other,
  '-': (one, other) => one - other,
  '*': (one, other) => one * other,
  '/': (one, other) => one / other,
  '>': (one, other) => Number(one > other),
};

/** Weakest first. */
const PRECEDENCE = [['>'], ['+', '-'], ['*', '/']] as const;

/**
 * Evaluates an expression.
 * @param known the series that it may name, all of one length
 * @throws Error for anything that is not understood: a test must not pass because an expression was skipped
 */
export function evaluate(expression: string, known: Readonly<Record<string, Series>>): Series {
  const tokens = tokensOf(expression);
  let position = 0;
  const length = Object.values(known)[0]?.length ?? 0;

  const expect = (token: string) => {
    if (tokens[position++] !== token) throw new Error(`"${expression}": expected ${token} before token ${position}`);
  };
  const binary = (level: number): Value => {
    const operators: readonly string[] | undefined = PRECEDENCE[level];
    if (operators === undefined) return primary();
    let left = binary(level + 1);
    while (operators.includes(tokens[position] ?? '')) {
      const operation = OPERATIONS[tokens[position++] ?? ''];
      if (operation === undefined) throw new Error(`"${expression}": unknown operator`);
      left = combine(length, operation, left, binary(level + 1));
    }
    return left;
  };
  const primary = (): Value => {
    const token = tokens[position++] ?? '';
    if (token === '(') {
      const inner = binary(0);
      expect(')');
      return inner;
    }
    if (/^\d/.test(token)) return Number(token);
    if (tokens[position] === '(') return call(length, token, args());
    if (token === 'REPEAT') return token;
    const series = known[token];
    if (series === undefined) throw new Error(`"${expression}" names ${token}, which no query has`);
    return series;
  };
  const args = (): Value[] => {
    expect('(');
    const values = [binary(0)];
    while (tokens[position] === ',') {
      position += 1;
      values.push(binary(0));
    }
    expect(')');
    return values;
  };

  const result = binary(0);
  if (position !== tokens.length || !Array.isArray(result)) throw new Error(`"${expression}" is no time series`);
  return result;
}

const TOKENS = new Map<string, readonly string[]>();

function tokensOf(expression: string): readonly string[] {
  const known = TOKENS.get(expression);
  if (known !== undefined) return known;
  const tokens = expression.match(/[A-Za-z_]\w*|\d+(?:\.\d+)?|[()+\-*/>,]/g) ?? [];
  if (tokens.join('') !== expression.replaceAll(/\s+/g, '')) throw new Error(`cannot read "${expression}"`);
  TOKENS.set(expression, tokens);
  return tokens;
}

function call(length: number, name: string, [first, second, third]: readonly Value[]): Value {
  if (name === 'FILL' && Array.isArray(first)) return second === 'REPEAT' ? repeat(first) : fill(length, first, second);
  if (name === 'CEIL') return combine(length, (value) => Math.ceil(value), first, 0);
  if (name === 'IF') {
    const choose = (condition: number | undefined, index: number) =>
      condition === undefined ? undefined : at(condition === 0 ? third : second, index);
    return Array.from({ length }, (_, index) => choose(at(first, index), index));
  }
  throw new Error(`unknown function ${name}`);
}

function repeat(series: Series): Series {
  let last: number | undefined;
  return series.map((value) => (last = value ?? last));
}

function fill(length: number, series: Series, value: Value | undefined): Series {
  return Array.from({ length }, (_, index) => series[index] ?? at(value, index));
}

function combine(
  length: number,
  operation: (one: number, other: number) => number,
  one: Value | undefined,
  other: Value | undefined,
): Series {
  return Array.from({ length }, (_, index) => {
    const [left, right] = [at(one, index), at(other, index)];
    return left === undefined || right === undefined ? undefined : operation(left, right);
  });
}

function at(value: Value | undefined, index: number): number | undefined {
  if (value === undefined || value === 'REPEAT') throw new Error('a number or a time series is missing');
  return typeof value === 'number' ? value : value[index];
}
