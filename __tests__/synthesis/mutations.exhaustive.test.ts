/**
 * A description with one wrong value is refused in words, or becomes stacks that Terraform and AWS can read.
 *
 * `npm test` tries a sample, which a seed decides. TERRACE_MUTATIONS=<seed> tries the same sample again, and TERRACE_MUTATIONS=all
 * every mutant of every description; TERRACE_MUTATED=<expression> only those whose names match.
 */
import { environments } from '../../environments';
import {
  checkBetween,
  InvalidEnvironment,
  isEmulated,
  parseEnvironment,
  type Problem,
  type ResolvedEnvironment,
} from '../../src/config';
import { storesInUse, zonesInUse } from '../../src/config';
import { addBootstrap } from '../../src/stacks/bootstrap-stack';
import { addEnvironment } from '../../src/stacks/environment';
import { addZone } from '../../src/stacks/shared-zone';
import { EVERY_FIELD } from '../support/every-field';
import { mutantsOf, type Mutant } from '../support/mutations';
import { refusedNames } from '../support/name-limits';
import { randomNumbers } from '../support/random-numbers';
import { danglingReferences } from '../support/references';
import { synthApp, type RootModule } from '../support/synth';

const CHOICE = process.env.TERRACE_MUTATIONS;
const ALL = CHOICE === 'all';
const SEED = CHOICE === undefined || ALL ? Date.now() % 1_000_000 : Number(CHOICE);
const ONLY = new RegExp(process.env.TERRACE_MUTATED ?? '');

/** The size of a sample: descriptions, mutants of each, and how many of the accepted ones are synthesised. */
const SAMPLE = { descriptions: 4, mutants: 40, synthesised: 2 } as const;

jest.setTimeout(ALL ? 24 * 3_600_000 : 120_000);

function sampled<T>(entries: readonly T[], size: number, seed: number): readonly T[] {
  if (ALL) return entries;
  const random = randomNumbers(seed);
  return entries
    .map((entry) => ({ entry, order: random() }))
    .sort((one, other) => one.order - other.order)
    .slice(0, size)
    .map(({ entry }) => entry);
}

/** Words of the program, of its libraries, and of regular expressions. */
const NO_WORDS = /\/\^|\(\?[:!=]|\bundefined\b|\[object \w+\]|\bNaN\b|Invalid input|ZodError|\bat \S+:\d+:\d+/;

const LONGEST_RECEIVED = 300;

function faultsOfProblem({ path, received, allowed, fix }: Problem): readonly string[] {
  return [
    ...[received, allowed, fix].flatMap((text) => (text.trim() === '' ? ['says nothing'] : [])),
    ...[allowed, fix].filter((text) => NO_WORDS.test(text)),
    ...((path + received).includes('\n') || received.length > LONGEST_RECEIVED ? ['shows a value as it is'] : []),
  ].map((words) => `${path}: ${words}`);
}

/** Of an environment alone, and of its state store and zone. */
function problemsOf(input: unknown): readonly Problem[] {
  try {
    const environment = parseEnvironment(input);
    return checkBetween({ environments: [environment], recordedVolumes: {} }).flatMap(({ problems }) => problems);
  } catch (error) {
    if (error instanceof InvalidEnvironment) return error.problems;
    throw error;
  }
}

/** @param withZone whether the zone is complete without other environments */
function stacksOf(input: unknown, withZone: boolean): Readonly<Record<string, RootModule>> {
  const environment: ResolvedEnvironment = parseEnvironment(input);
  return synthApp((app) => {
    addEnvironment(app, environment);
    for (const store of storesInUse([environment])) addBootstrap(app, store);
    if (withZone) for (const zone of zonesInUse([environment])) addZone(app, zone);
  });
}

/** Leftovers of the program, and values that Terraform does not take. */
function leftovers(value: unknown, at = ''): readonly string[] {
  if (value === null || (typeof value === 'number' && !Number.isFinite(value))) return [`${at} is ${String(value)}`];
  if (typeof value === 'string') {
    return /TfToken|\[object |\bNaN\b|(?:^|[^.\w])undefined(?:$|[^\w:?])/.test(value) ? [`${at} is ${value.slice(0, 200)}`] : [];
  }
  if (typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, inner]) => leftovers(inner, `${at}.${name}`));
}

function faultsOfStacks(input: unknown, withZone: boolean): readonly string[] {
  return Object.entries(stacksOf(input, withZone)).flatMap(([id, module]) =>
    [
      ...danglingReferences(module).map(({ at, reference }) => `${at} refers to ${reference}`),
      ...leftovers({ ...module, '//': undefined }).filter((fault) => !fault.startsWith('.// ')),
      ...refusedNames(module),
    ].map((fault) => `${id}: ${fault}`),
  );
}

const listed = Object.entries(environments).map(([name, load]) => ({
  name,
  load: async () => (await load()).default,
}));
const written = Object.entries(EVERY_FIELD).map(([name, input]) => ({
  name: `every field, ${name}`,
  load: () => Promise.resolve<unknown>(input),
}));

test.each(sampled([...written, ...listed], SAMPLE.descriptions, SEED))(
  `one value of $name is wrong (seed ${SEED})`,
  async ({ load }) => {
    const input = await load();
    if (isEmulated(input)) return;
    // What a listed environment lacks without the others of its shared zone.
    const known = problemsOf(input).map((problem) => JSON.stringify(problem));
    const isNew = (problem: Problem): boolean => !known.includes(JSON.stringify(problem));
    const withZone = known.length === 0;
    expect(faultsOfStacks(input, withZone)).toEqual([]);
    const mutants = sampled(
      [...mutantsOf(input)].filter(({ name }) => ONLY.test(name)),
      SAMPLE.mutants,
      SEED,
    );
    const accepted: Mutant[] = [];
    for (const mutant of mutants) {
      const problems = problemsOf(mutant.input).filter(isNew);
      expect({ mutant: mutant.name, faults: problems.flatMap(faultsOfProblem) }).toEqual({ mutant: mutant.name, faults: [] });
      if (problems.length === 0) accepted.push(mutant);
    }
    for (const { name, input: mutated } of ALL ? accepted : accepted.slice(0, SAMPLE.synthesised)) {
      expect({ mutant: name, faults: faultsOfStacks(mutated, withZone) }).toEqual({ mutant: name, faults: [] });
    }
  },
);

test.each([
  ['a regular expression', { allowed: 'text that matches /^a$/' }],
  ['nothing', { fix: ' ' }],
  ['a word of the program', { fix: 'at most NaN in all' }],
  ['a line feed', { received: 'a\nb' }],
])('%s in an answer is found', (_what, change) => {
  expect(faultsOfProblem({ path: 'name', received: '"a"', allowed: 'b', fix: 'c' })).toEqual([]);
  expect(faultsOfProblem({ path: 'name', received: '"a"', allowed: 'b', fix: 'c', ...change })).toHaveLength(1);
});

test.each([
  ['a token', { name: 'x${TfToken[TOKEN.1]}' }],
  ['null', { tags: { a: null } }],
  ['a number that is none', { size: NaN }],
  ['an object as text', { name: '[object Object]' }],
  ['a missing value as text', { name: 'shop-undefined' }],
])('%s in a stack is found', (_what, resource) => {
  expect(leftovers({ resource: { aws_sqs_queue: { a: { name: 'shop' } } } })).toEqual([]);
  expect(leftovers({ resource: { aws_sqs_queue: { a: resource } } })).toHaveLength(1);
});

test('a name that AWS refuses is found', () => {
  const named = (name: string) => ({ resource: { aws_lb: { a: { name } } } }) as unknown as RootModule;
  expect(refusedNames(named('shop-prod'))).toEqual([]);
  for (const name of ['internal-shop', 'shop-', 'x'.repeat(33)]) expect(refusedNames(named(name))).toHaveLength(1);
});
