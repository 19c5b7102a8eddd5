/** Hostile and huge descriptions are refused in words, and at once. */
import { RULES } from '../../../src/config/all-rules';
import { checkRules } from '../../../src/config/rules/check';
import { everySection } from '../../../src/config/schema/sections';
import { parseEmulated, parseEnvironment } from '../../../src/config';
import { plainInput } from '../../../src/config/problems/plain-input';
import { formatPath } from '../../../src/config/problems/paths';
import { formatProblems } from '../../../src/config/problems/problem';
import { INPUT_LIMITS } from '../../../src/config/schema/input-limits';
import { environmentSchema } from '../../../src/config/schema/environment';
import { example } from '../../support/example';
import { EVERY_FIELD } from '../../support/every-field';
import { rich } from '../../support/rich';
import { LOCAL } from '../../support/shop';

type Json = any;

/** A second of processor time: other tests run at the same time. */
const MICROSECONDS = 1_000_000;

const refusal = (input: unknown, parse: (value: unknown) => unknown = parseEnvironment): string => {
  const from = process.cpuUsage();
  try {
    parse(input);
  } catch (error) {
    expect((error as Error).name).toBe('InvalidEnvironment');
    expect(process.cpuUsage(from).user).toBeLessThan(MICROSECONDS);
    return (error as Error).message;
  }
  throw new Error('it was accepted');
};

const withVariable = (value: unknown): Json => {
  const environment: Json = structuredClone(example());
  environment.services.api.environment.X = value;
  return environment;
};

const cyclic = (): Json => {
  const environment: Json = structuredClone(example());
  environment.services.api.environment = environment;
  return environment;
};

const deep = (levels: number): Json => {
  let value: Json = {};
  for (let level = 0; level < levels; level += 1) value = { inner: value };
  return { ...example(), services: value };
};

/** A few bytes that unfold to billions of values. */
const unfolding = (): Json => {
  let value: Json = 'x';
  for (let level = 0; level < 9; level += 1) value = Array.from({ length: 100 }, () => value);
  return { ...example(), tags: value };
};

const many = (section: string, entry: unknown, count: number): Json => ({
  ...rich(),
  [section]: Object.fromEntries(Array.from({ length: count }, (_, index) => [`x-${index}`, entry])),
});

const throwing = { ...example() };
Object.defineProperty(throwing, 'tags', {
  enumerable: true,
  get: () => {
    throw new Error('read');
  },
});

const proxy = new Proxy(
  {},
  {
    ownKeys: () => {
      throw new Error('read');
    },
  },
);

class Services {
  public readonly api = example().services?.api;
}

describe('what is no plain data is refused with its path', () => {
  test.each([
    ['a bigint', withVariable(9000n), 'services.api.environment.X', 'a bigint'],
    ['a function', withVariable(() => 'x'), 'services.api.environment.X', 'a function'],
    ['a symbol', withVariable(Symbol('x')), 'services.api.environment.X', 'a symbol'],
    ['an object that contains itself', cyclic(), 'services.api.environment', 'an object that contains itself'],
    ['a getter, which is not called', throwing, 'tags', 'a getter'],
    ['an object that throws', { ...example(), tags: proxy }, 'tags', 'an object that cannot be read'],
    ['an object of a class', { ...example(), services: new Services() }, 'services', 'a Services'],
    ['a promise', { ...example(), tags: Promise.resolve({}) }, 'tags', 'a Promise'],
    [
      'an object that refuses to become JSON',
      withVariable({ toJSON: () => JSON.parse('x') }),
      'services.api.environment.X.toJSON',
      'a function',
    ],
    ['a symbol as a name', { ...example(), tags: { [Symbol('x')]: 'x' } }, 'tags', 'this name'],
    ['a date', { ...example(), tags: { since: new Date(0) } }, 'tags.since', 'a Date'],
    ['a map', { ...example(), tags: new Map([['a', 'b']]) }, 'tags', 'a Map'],
    ['__proto__ as a name', { ...example(), services: JSON.parse('{"__proto__": {}}') }, 'services.__proto__', 'this name'],
    ['constructor as a name', { ...example(), services: { constructor: {} } }, 'services.constructor', 'this name'],
  ])('%s', (_, input, path, received) => {
    const message = refusal(input);
    expect(message).toContain(`1. ${path}`);
    expect(message).toContain(received);
  });

  test('plain data is copied unchanged: the same objects twice, absent fields, lists, null', () => {
    const shared = { a: [1, true, null, 'ü\n\t"'], b: undefined };
    expect(plainInput({ one: shared, other: shared })).toEqual({ value: { one: shared, other: shared }, problems: [] });
    expect(plainInput(rich())).toEqual({ value: rich(), problems: [] });
  });

  test('an environment on a developer’s machine is checked in the same way', () => {
    expect(refusal({ ...LOCAL, tags: proxy }, parseEmulated)).toContain('an object that cannot be read');
  });
});

test('the description itself is never changed, frozen or kept', () => {
  const input = rich();
  const before = structuredClone(input);
  const resolved = parseEnvironment(input);
  expect(input).toEqual(before);
  input.services.api.environment.LATER = 'x';
  input.buckets.uploads.expireAfterDays = 1;
  expect(JSON.stringify(resolved)).not.toContain('LATER');
  expect(resolved.data.buckets.find(({ key }) => key === 'uploads')?.expireAfterDays).toBe(90);
  const frozen = (value: Json): Json => {
    for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) frozen(inner);
    return Object.freeze(value);
  };
  expect(parseEnvironment(frozen(before))).toEqual(resolved);
});

/** Every list and record of a description, with an entry of it. */
function* containers(value: Json, path: readonly (string | number)[] = []): Generator<readonly (string | number)[]> {
  if (typeof value !== 'object' || value === null) return;
  if (path.length > 0) yield path;
  for (const [name, inner] of Object.entries(value)) yield* containers(inner, [...path, name]);
}

describe.each(Object.entries(EVERY_FIELD))(
  'every list and object that is far too large is refused at once: %s',
  (_name, input) => {
    const places = [...containers(input)];

    test.each(places.map((path) => [formatPath(path), path] as const))('%s', (_place, path) => {
      const huge: Json = structuredClone(input);
      const parent = path.slice(0, -1).reduce((value: Json, step) => value[step], huge);
      const last = path.at(-1) as string;
      const entries = Object.entries<Json>(parent[last]);
      const entry = entries[0]?.[1] ?? 'x';
      parent[last] = Array.isArray(parent[last])
        ? Array.from({ length: 2000 }, () => entry)
        : Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`x${index}`, entry]));
      expect(refusal(huge)).toMatch(/at most (?:200|1000) entries/);
    });
  },
);

describe('what is too large is refused at once', () => {
  const { api } = example().services ?? {};

  test.each([
    ['10,000 services', many('services', api, 10_000), 'services', 'at most 200 entries'],
    [
      '100,000 unknown fields',
      { ...example(), ...many('x', 1, 0), ...many('tags', 'x', 100_000).tags },
      '(the environment)',
      'entries',
    ],
    ['100,000 variables', withVariable(Array.from({ length: 100_000 }, () => 'x')), 'services.api.environment.X', 'entries'],
    ['a list of a billion', withVariable(new Array(1e9)), 'services.api.environment.X', 'at most 1000 entries'],
    ['20,000 levels', deep(20_000), 'services.inner', 'at most 20 levels'],
    ['values that unfold', unfolding(), '(the environment)', 'at most 50000 values in all'],
    ['a megabyte as region', { ...example(), region: 'x'.repeat(1_000_000) }, 'region', '1000000 characters'],
    ['a megabyte as a name', many('x'.repeat(1_000_000), {}, 1), 'xxx', 'at most 256 characters'],
  ])('%s', (_, input, path, allowed) => {
    const message = refusal(input);
    expect(message).toContain(path);
    expect(message).toContain(allowed);
    expect(message.length).toBeLessThan(10_000);
  });

  test('the largest text is compared with no name', () => {
    expect(refusal({ ...example(), region: 'x'.repeat(INPUT_LIMITS.textLength) })).toContain('region');
  });

  test('log groups are compared by name, not each with each', () => {
    const jobs = many('jobs', { image: 'api', vcpu: 0.25, memoryMib: 512 }, INPUT_LIMITS.sectionEntries);
    const workers = many('workers', { ...rich().workers.runner, scaling: undefined }, INPUT_LIMITS.sectionEntries);
    const { intact } = everySection(environmentSchema.parse({ ...jobs, workers: workers.workers }));
    const [rule] = RULES.filter(({ id }) => id === 'log-group-names');
    const from = process.cpuUsage();
    for (let round = 0; round < 10; round += 1) checkRules(rule ? [rule] : [], intact);
    expect(process.cpuUsage(from).user).toBeLessThan(MICROSECONDS);
  });

  test('a report ends after its first fifty problems', () => {
    const problem = { path: 'a', received: 'b', allowed: 'c', fix: 'd' };
    const report = formatProblems(
      'shop',
      Array.from({ length: 5000 }, () => problem),
    );
    expect(report).toContain('5000 problems');
    expect(report).toContain('… and 4950 more');
  });

  test('every field of the schema is within the depth', () => {
    expect(Object.keys(environmentSchema.shape).length).toBeLessThan(INPUT_LIMITS.sectionEntries);
  });
});

describe('text that synthesis would take for a reference, or that cannot be written', () => {
  test.each([
    ['a token of CDK for Terraform', 'x ${TfToken[TOKEN.1]}', 'TfToken['],
    ['a number token', 'x -1.8881545897087503e+289', 'a number with which'],
    ['a mark of Terrace', 'TerraformReference0x', 'TerraformReference<number>x'],
    ['a null byte', 'a\0b', 'without control characters'],
    ['half a character', 'a\ud83d', 'without control characters'],
  ])('%s is refused as a value and as a name', (_, text, allowed) => {
    expect(refusal(withVariable(text))).toContain(allowed);
    expect(refusal({ ...example(), tags: { [text]: 'x' } })).toContain(allowed);
  });

  test('text that only resembles it is accepted', () => {
    expect(plainInput(['${TfTok}', 'TerraformReference', 'TerraformReference1', '1e5', '🦆\r\n\t']).problems).toEqual([]);
  });

  test('invisible characters reach a terminal as escapes, in paths and in values', () => {
    const hidden = 'a\u202eb';
    expect(formatPath(['tags', hidden])).toBe('tags["a\\u{202e}b"]');
    expect(refusal({ ...example(), [hidden]: 1, region: hidden })).not.toContain('\u202e');
  });
});
