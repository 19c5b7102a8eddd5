/** What the pages show is what happens: environments, reports, commands and outputs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environments } from '../../environments';
import type { EnvironmentFiles } from '../../src/cli/command';
import { parseEnvironment } from '../../src/config';
import { synthesiseModules } from '../../src/synthesis/modules';
import { capture, fileOf, runCommand } from '../support/command';
import { callsOf, parseCall, refusalOf } from './cdktf-calls';
import { EXAMPLES, shownEnvironments, synthesise, type Outcome } from './examples';
import { blocksOf, commandsOf, inProse, inTables, PAGES, pageOf, ROOT, type Found } from './pages';

// Loading it starts terraform; cdktf's check of dependencies needs nothing of it but its errors.
jest.mock('@cdktf/commons', () => ({ Errors: { Usage: (text: string) => new Error(text) }, logger: {} }));

const readme = pageOf('README.md');
const where = ({ at, value }: Found) => `${at} ${value}`;

let examples: Outcome;
beforeAll(async () => {
  examples = await synthesise(EXAMPLES);
});

test('the examples that commands are checked against are valid', () => {
  const { exitCode, stderr } = examples;
  expect({ exitCode, problems: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, problems: '' });
});

describe('environments', () => {
  it('that pages show as whole files are valid, without a warning', async () => {
    const { exitCode, stdout, stderr } = await synthesise(shownEnvironments());
    expect({ exitCode, problems: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, problems: '' });
    expect(stdout).not.toContain('warning ');
  });

  it('in the table of the README run where the table says, as far as they are here', async () => {
    const rows = [...readme.text.matchAll(/^\| `([a-z0-9]+-[a-z0-9-]+)` +\| (?:`(\w+)`)? *\| (\S+) +\|/gm)];
    expect(rows.length > 0).toBe(readme.text.includes('<!-- samples:'));
    for (const [, name = '', tier, region] of rows.filter(([, listed = '']) => listed in environments)) {
      const { default: input } = (await environments[name]!()) as {
        default: { readonly tier?: string; readonly region: string };
      };
      expect({ name, tier: input.tier, region: input.region }).toEqual({ name, tier, region });
    }
  });
});

describe('the environment that docs/environments.md starts with', () => {
  const start = (): EnvironmentFiles => ({ 'shop-prod': fileOf(shownEnvironments()['shop-prod']) });

  it('passes our own policies, and has what checkov asks for under protect', async () => {
    const files = start();
    const { exitCode, stdout } = await runCommand(files, ['policy', '--own']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining('Nothing is unexplained.') });
    const { groups } = await synthesiseModules({ files, io: capture().io }, Object.keys(files));
    const types = groups.flatMap(({ modules }) => Object.values(modules)).flatMap((module) => Object.keys(module.resource ?? {}));
    expect(types).toEqual(expect.arrayContaining(['aws_flow_log', 'aws_wafv2_web_acl_association']));
  });
});

describe('reports', () => {
  it('of a synthesis are what the program prints, for environments that are here', async () => {
    const reports = PAGES.flatMap(blocksOf)
      .filter(({ code }) => / resources {2}cdktf\.out\//.test(code))
      .map(({ code }) => ({ code, name: code.split(' ')[0]! }));
    // They show samples, which can be taken out.
    expect(reports.length > 0).toBe(readme.text.includes('<!-- samples:'));
    for (const { code, name } of reports.filter((report) => report.name in environments)) {
      const { default: input } = await environments[name]!();
      const { stdout } = await synthesise({ [name]: input });
      for (const line of code.trim().split('\n')) expect(stdout).toContain(line);
    }
  });

  it('of a refusal are what a person sees who writes that value', () => {
    const report = blocksOf(pageOf('docs/environments.md')).find(({ code }) => code.startsWith('shop-dev: '))!.code;
    const environment = shownEnvironments()['shop-dev'] as { readonly services: { readonly api: object } };
    const wrong = { ...environment, services: { api: { ...environment.services.api, memoryMib: 768 } } };
    // The place is that of the file, which does not exist here: __tests__/synthesis/places.test.ts.
    const withoutPlace = report.trimEnd().replace(/\n +at +environments\/shop\/dev\.ts:\d+$/m, '');
    expect(() => parseEnvironment(wrong)).toThrow(new Error(withoutPlace));
  });
});

describe('npm run', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
  const calls = PAGES.flatMap(commandsOf).flatMap(({ at, value }) =>
    [...value.matchAll(/\bnpm (?:run (?:--silent )?)?(test|(?<=run (?:--silent )?)[a-z][a-z:-]*)( [^`|&;)#]*)?/g)].map(
      ([text, script, rest]) => ({ at, value: text, script: script!, rest: rest ?? '' }),
    ),
  );

  it('is given commands that package.json has', () => {
    expect(calls.length).toBeGreaterThan(0);
    expect(calls.filter(({ script }) => !(script in scripts)).map(where)).toEqual([]);
  });

  it('is given options that the command has', async () => {
    const unknown = [];
    for (const call of calls.filter(({ script, rest }) => scripts[script]?.includes('terrace.mjs') && rest.includes(' -- '))) {
      const [, command = ''] = /terrace\.mjs (\S+)/.exec(scripts[call.script]!) ?? [];
      const [, step] = command === 'delivery' ? (/^ -- ([a-z][a-z-]*)/.exec(call.rest) ?? []) : [];
      const help = await helpOf(step === undefined ? [command] : [command, step]);
      const options = call.rest.match(/(?<=[ [])--[a-z][a-z-]*/g) ?? [];
      if (options.some((option) => !help.includes(option))) unknown.push(where(call));
    }
    expect(unknown).toEqual([]);
  });

  const helpOf = async (args: readonly string[]): Promise<string> => {
    const { stdout, stderr } = await runCommand({}, [...args, '--help']);
    return stdout + stderr;
  };
});

describe('npx cdktf', () => {
  it('is given stacks that it accepts, with all that they depend on or that depends on them', () => {
    const calls = PAGES.flatMap(callsOf);
    expect(calls.length).toBeGreaterThan(0);
    expect(calls.flatMap((call) => refusalOf(call, examples.stacks) ?? [])).toEqual([]);
  });

  it.each([
    ['deploy shop-prod-data', 'following dependencies are not included'],
    ['destroy shop-prod-network', 'following dependant stacks are not included'],
    ['deploy shop-growth-*', 'following dependencies are not included'],
    ['destroy shop-growth-*', 'following dependant stacks are not included'],
    ['deploy shop-prod-databse', 'is no stack'],
    ['deploy shop-prod-edge shop-prod-data --ignore-missing-stack-dependencies', 'with 2 stacks'],
  ])('would be refused here: %s', (text, message) => {
    expect(refusalOf(parseCall('here', text), examples.stacks)).toContain(message);
  });
});

describe('outputs', () => {
  /** `run_<job>` and `set_secret_…` stand for all outputs that begin so. */
  const NAME = /^[a-z][a-z0-9]*(?:_[a-z0-9]+|_<[a-z_ ]+>|_…)*$/;

  /** Named in a command, in a sentence ("the output `x`", "outputs `x` and `y`"), or in a table's column of outputs. */
  const named = PAGES.flatMap((page) => [
    ...commandsOf(page).flatMap(({ at, value }) =>
      [...value.matchAll(/terraform output (?:-(?:raw|json) )*([a-z][\w<>…]*)/g)].map(([, name]) => ({ at, value: name! })),
    ),
    ...inProse(page, /[Oo]utputs? ((?:`[^`]+`(?:, and |, or |, | and | or )?)+)/g).flatMap(({ at, value }) =>
      [...value.matchAll(/`([^`]+)`/g)].map(([, name]) => ({ at, value: name! })),
    ),
    ...inTables(page, 'output'),
    ...inTables(page, 'publishes'),
  ]).filter(({ value }) => NAME.test(value));

  it('that are named are written by some stack', () => {
    const written = examples.stacks.flatMap(({ module }) => Object.keys(module.output ?? {}));
    const isWritten = ({ value }: Found): boolean => {
      const pattern = new RegExp(`^${value.replace(/<[^>]+>|…/g, '.+')}$`);
      return written.some((name) => pattern.test(name));
    };
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((output) => !isWritten(output)).map(where)).toEqual([]);
  });
});
