/** Test files of a worker share the packages that take long to load, rooms that keep nothing, and no other module. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script, type Context } from 'node:vm';

const SRC = join(__dirname, '../../src');

const SharedPackages = jest.requireActual<{
  new (config: object, context: object): JestEnvironment;
  readonly SHARED: RegExp;
}>('../support/jest/shared-packages.js');

interface JestEnvironment {
  readonly global: any;
  getVmContext(): Context;
  teardown(): Promise<void>;
}

const environment = (): JestEnvironment => {
  const projectConfig = { globals: {}, testEnvironmentOptions: {}, fakeTimers: {} };
  return new SharedPackages({ projectConfig }, {});
};

/** What code of the file has for a value. */
const evaluated = (file: JestEnvironment, code: string): any => new Script(code).runInContext(file.getVmContext());

const LOAD = "globalThis[Symbol.for('terrace.load-shared')]";

const first = environment();

it('loads a package once, in the context of the tests', async () => {
  evaluated(first, `${LOAD}('cdktf').mark = 'first'`);
  await first.teardown();
  const next = environment();
  expect(evaluated(next, `${LOAD}('cdktf').mark`)).toBe('first');
  expect(evaluated(next, `${LOAD}('cdktf').App.prototype instanceof ${LOAD}('constructs').Construct`)).toBe(true);
  expect(evaluated(next, `${LOAD}('zod').z.string().safeParse(1).error instanceof Error`)).toBe(true);
});

it('removes what the last file has left: variables, the exit code, tokens and matchers', async () => {
  evaluated(first, "process.env.LEFT = 'x'; delete process.env.PATH; process.exitCode = 3;");
  const size = '__cdktfTokenMap.stringTokenMap.size';
  evaluated(first, `${LOAD}('cdktf').Token.asString({ resolve: () => 'x', creationStack: [] })`);
  expect(evaluated(first, size)).toBe(1);
  const matchers = { left: 1 };
  Object.defineProperty(first.global, Symbol.for('$$jest-matchers-object'), { value: { matchers, customEqualityTesters: [1] } });
  await first.teardown();

  const next = environment();
  expect(evaluated(next, 'process.env.LEFT')).toBeUndefined();
  expect(evaluated(next, 'process.env.PATH')).toBe(process.env.PATH);
  expect(evaluated(next, 'process.exitCode')).toBeUndefined();
  expect(evaluated(next, size)).toBe(0);
  expect(matchers).toEqual({});
});

it('has no module of this repository among the packages', () => {
  const isShared = (id: string): boolean => new RegExp(`^(?:${SharedPackages.SHARED.source})$`).test(id);
  expect(['cdktf', 'zod', 'constructs', '@cdktf/provider-aws/lib/vpc'].filter(isShared)).toHaveLength(4);
  expect(['../src/config', './cdktf', 'cdktf-cli', 'yaml', '@cdktf/hcl2json'].filter(isShared)).toEqual([]);
});

describe('the rooms whose modules are shared', () => {
  const { ROOMS } = jest.requireActual<{ readonly ROOMS: readonly string[] }>('../support/jest/shared-rooms.js');
  const modules = ROOMS.flatMap((room) =>
    readdirSync(join(SRC, room), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(room, name)),
  );

  /** What a module keeps from one call to the next: variables, and collections that begin empty. */
  const KEPT = /^(?:export )?(?:let |var |const \w+(?:: [^=]+)? = (?:new (?:Map|Set|WeakMap|WeakSet)(?:<.*>)?\(\)|\[\]|\{\});)/m;

  /** Each is a table of results of a pure function, or of files that do not change. */
  const RESULTS = ['config/calculations/cron-gaps.ts', 'config/calculations/sleep-times.ts', 'config/problems/source-frames.ts'];

  it('keep nothing of a test', () => {
    expect(modules.length).toBeGreaterThan(100);
    expect(modules.filter((module) => KEPT.test(readFileSync(join(SRC, module), 'utf8'))).sort()).toEqual(RESULTS);
  });

  it('would be found when they did', () => {
    expect(
      ['let count = 0;', 'export const seen: Seen = new Set<string>();', 'const all: string[] = [];'].every((line) =>
        KEPT.test(line),
      ),
    ).toBe(true);
    expect(['const TABLE = new Map([[1, 2]]);', '  let inner = 0;', 'const NAMES = ["a"];'].some((line) => KEPT.test(line))).toBe(
      false,
    );
  });

  it('are mocked by no test', () => {
    const tests = readdirSync(join(SRC, '../__tests__'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    );
    const mocked = new RegExp(`jest\\.(?:mock|doMock)\\('[^']*/src/(?:${ROOMS.join('|')})[/']`);
    expect(mocked.test("jest.mock('../../src/config/parse', () => ({}))")).toBe(true);
    expect(
      tests.filter(
        (name) =>
          name !== 'architecture/shared-packages.test.ts' && mocked.test(readFileSync(join(SRC, '../__tests__', name), 'utf8')),
      ),
    ).toEqual([]);
  });
});

describe('what a worker has compiled', () => {
  const KeptCode = jest.requireActual<KeepsCode>('../support/jest/kept-code.js');
  const compile = (context: Context | null, text: string, file = '/module.ts') => {
    const calls: string[] = [];
    const keeping = KeptCode.keeping(context, (source: string) => {
      calls.push(source);
      return () => source;
    });
    return { code: keeping(text, file), calls };
  };

  it('is not compiled again for the next file of tests', () => {
    const context = first.getVmContext();
    const once = compile(context, 'a');
    const again = compile(context, 'a');
    expect({ first: once.calls, again: again.calls }).toEqual({ first: ['a'], again: [] });
    expect(again.code).toBe(once.code);
  });

  it('is compiled again when the text, the file or the context is another', () => {
    const context = first.getVmContext();
    compile(context, 'b');
    expect(compile(context, 'c').calls).toEqual(['c']);
    expect(compile(context, 'c', '/other.ts').calls).toEqual(['c']);
    expect(compile({}, 'c').calls).toEqual(['c']);
    expect(compile(null, 'c').calls).toEqual(['c']);
  });
});

type Compile = (text: string, file: string) => () => string;

interface KeepsCode {
  keeping(context: Context | null, compile: Compile): Compile;
}
