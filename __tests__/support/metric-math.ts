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

/** An expression that was read: its value for series of one length. */
type Read = (known: Readonly<Record<string, Series>>, length: number) => Value;

const READ = new Map<string, Read>();

/**
 * Evaluates an expression.
 * @param known the series that it may name, all of one length
 * @throws Error for anything that is not understood: a test must not pass because an expression was skipped
 */
export function evaluate(expression: string, known: Readonly<Record<string, Series>>): Series {
  const read = READ.get(expression) ?? reading(expression);
  READ.set(expression, read);
  const result = read(known, Object.values(known)[0]?.length ?? 0);
  if (!Array.isArray(result)) throw new Error(`"${expression}" is no time series`);
  return result;
}

function reading(expression: string): Read {
  const tokens = tokensOf(expression);
  let position = 0;

  const expect = (token: string) => {
    if (tokens[position++] !== token) throw new Error(`"${expression}": expected ${token} before token ${position}`);
  };
  const binary = (level: number): Read => {
    const operators: readonly string[] | undefined = PRECEDENCE[level];
    if (operators === undefined) return primary();
    let left = binary(level + 1);
    while (operators.includes(tokens[position] ?? '')) {
      const operation = OPERATIONS[tokens[position++] ?? ''];
      if (operation === undefined) throw new Error(`"${expression}": unknown operator`);
      const [one, other] = [left, binary(level + 1)];
      left = (known, length) => combine(length, operation, one(known, length), other(known, length));
    }
    return left;
  };
  const primary = (): Read => {
    const token = tokens[position++] ?? '';
    if (token === '(') {
      const inner = binary(0);
      expect(')');
      return inner;
    }
    if (/^\d/.test(token)) return () => Number(token);
    if (tokens[position] === '(') {
      const values = args();
      return (known, length) =>
        call(
          length,
          token,
          values.map((value) => value(known, length)),
        );
    }
    if (token === 'REPEAT') return () => token;
    return (known) => {
      const series = known[token];
      if (series === undefined) throw new Error(`"${expression}" names ${token}, which no query has`);
      return series;
    };
  };
  const args = (): Read[] => {
    expect('(');
    const values = [binary(0)];
    while (tokens[position] === ',') {
      position += 1;
      values.push(binary(0));
    }
    expect(')');
    return values;
  };

  const read = binary(0);
  if (position !== tokens.length) throw new Error(`"${expression}" is no time series`);
  return read;
}

function tokensOf(expression: string): readonly string[] {
  const tokens = expression.match(/[A-Za-z_]\w*|\d+(?:\.\d+)?|[()+\-*/>,]/g) ?? [];
  if (tokens.join('') !== expression.replaceAll(/\s+/g, '')) throw new Error(`cannot read "${expression}"`);
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
  const result: (number | undefined)[] = [];
  for (let index = 0; index < length; index += 1) {
    const left = at(one, index);
    const right = at(other, index);
    result.push(left === undefined || right === undefined ? undefined : operation(left, right));
  }
  return result;
}

function at(value: Value | undefined, index: number): number | undefined {
  if (value === undefined || value === 'REPEAT') throw new Error('a number or a time series is missing');
  return typeof value === 'number' ? value : value[index];
}
