/** The program: how it finds a command, and how it ends. */
import { CommandError, Unavailable } from '../../src/cli/errors';
import { runProgram } from '../../src/cli/program';
import { Progress } from '../../src/cli/progress';
import { selectNames } from '../../src/cli/select';
import type { Command, Work } from '../../src/cli/command';
import { COMMANDS } from '../../src/commands';
import { Command as Parser } from 'commander';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture, runCommand } from '../support/command';

const command = (work: Work): Command => ({
  name: 'greet',
  usage: '-- [name]',
  summary: 'Greets.',
  help: 'More: docs/greet.md',
  register: (parser, run) => {
    parser.argument('[name]').action(() => run(work));
  },
});

async function outcome(work: Work, ...args: string[]) {
  const { io, printed } = capture();
  return { exitCode: await runProgram({ commands: [command(work)], files: {}, args, io }), ...printed() };
}

describe('a command', () => {
  it('decides the exit code', async () =>
    expect(await outcome(() => 1, 'greet')).toEqual({ exitCode: 1, stdout: '', stderr: '' }));

  it.each<readonly [what: string, error: Error, exitCode: number, stderr: string]>([
    ['a mistake', new CommandError('no such name'), 1, 'no such name\n'],
    ['wrong usage', new CommandError('two names', 2), 2, 'two names\n'],
    ['something missing on the machine', new Unavailable('no voice'), 3, 'greet: unavailable on this machine: no voice\n'],
    ['an unexpected error', new Error('broken'), 1, 'broken\n  (set TERRACE_DEBUG=1 for the stack trace)\n'],
  ])('that throws %s ends with its exit code, in one message without a stack trace', async (_what, error, exitCode, stderr) => {
    expect(await outcome(() => Promise.reject(error), 'greet')).toEqual({ exitCode, stdout: '', stderr });
  });

  it('has help with its usage and the page with more', async () => {
    const { exitCode, stdout } = await outcome(() => 0, 'greet', '--help');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Usage: npm run greet -- [name]');
    expect(stdout).toContain('More: docs/greet.md');
  });

  it.each([['unknown'], ['greet', '--loud'], []])('that does not exist, or is called wrongly, ends with 2: %s', async (...args) =>
    expect(await outcome(() => 0, ...args)).toMatchObject({ exitCode: 2, stdout: '' }),
  );
});

describe('the commands of Terrace', () => {
  const { scripts } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };

  it.each(COMMANDS)('$name is an npm script of the same name', ({ name }) =>
    expect(scripts[name]).toBe(`node scripts/terrace.mjs ${name}`),
  );

  it.each(COMMANDS)('$name has help', async ({ name, summary }) => {
    const { exitCode, stdout } = await runCommand({}, [name, '--help']);
    expect(exitCode).toBe(0);
    expect(stdout.replace(/\s+/g, ' ')).toContain(summary);
    expect(stdout).toMatch(/docs\/[a-z-]+\.md|Exit code/);
  });

  it('are listed without any schema, whose evaluation takes longer than their help', () => {
    jest.isolateModules(() => {
      jest.doMock('zod', () => {
        throw new Error('zod is imported');
      });
      expect(() => jest.requireActual('../../src/commands')).not.toThrow();
      jest.dontMock('zod');
    });
  });
});

/** A call of each command that is right but for the name of the environment. */
const UNKNOWN_ENVIRONMENT = COMMANDS.filter(({ usage }) => usage.includes('environment')).map(({ name }): readonly string[] => [
  name,
  'shop-pord',
  ...({ preview: ['--pr', '1'], restore: ['--list'] }[name] ?? []),
]);

describe('wrong usage ends with 2, as the help of every command says', () => {
  it.each(COMMANDS)('$name says what its exit codes mean', async ({ name }) => {
    const { stdout } = await runCommand({}, [name, '--help']);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(/Exit code: 0 .* 2 [^:]*wrong usage/);
  });

  it.each(COMMANDS)('$name refuses an unknown option, and points at its own help', async ({ name }) => {
    const { exitCode, stdout, stderr } = await runCommand({}, [name, '--no-such-option']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    // A step of delivery is missing before its options are read.
    expect(stderr).toContain(name === 'delivery' ? 'npm run delivery' : `(npm run ${name} -- --help shows the usage)`);
  });

  it('without a command the usage is shown', async () => {
    const { exitCode, stderr } = await runCommand({}, []);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^Usage: npm run <command> -- \[options\]\n/);
  });

  it('a step of delivery points at the help of the step', async () => {
    const { exitCode, stderr } = await runCommand({}, ['delivery', 'plan', '--no-such-option']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('(npm run delivery -- plan --help shows the usage)');
  });

  it('covers commands with environments', () => expect(UNKNOWN_ENVIRONMENT.length).toBeGreaterThan(5));

  it.each(UNKNOWN_ENVIRONMENT)('%s refuses an unknown environment, with the nearest one', async (...args) => {
    const { exitCode, stdout, stderr } = await runCommand({ 'shop-prod': () => Promise.resolve({ default: {} }) }, args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('no environment matches "shop-pord"; did you mean shop-prod?');
  });

  it('shows what was typed without control characters', async () => {
    const { stderr } = await runCommand({}, ['synth', '--\u001b[31m', '\u202e']);
    expect(stderr).toContain('\\u{1b}[31m');
    expect(stderr).not.toContain('\u001b');
  });
});

describe('text without escape codes', () => {
  const written = async (env: Record<string, string>) => {
    const { io, printed } = capture(env, true);
    const work: Work = (context) => {
      new Progress(context.io.stderr, 1).begin('shop-dev');
      return 0;
    };
    await runProgram({ commands: [command(work)], files: {}, args: ['greet'], io });
    return printed().stderr;
  };

  it('is what a terminal gets that asks for it', async () => {
    expect(await written({ TERM: 'dumb' })).toBe('synthesising shop-dev (1 of 1)\n');
    expect(await written({ NO_COLOR: '1' })).toBe('synthesising shop-dev (1 of 1)\n');
  });

  it('is not what another gets', async () => expect(await written({ NO_COLOR: '' })).toContain('\u001b'));
});

describe('names and globs', () => {
  it('an empty one is refused', () => expect(() => selectNames(['shop-dev'], [''])).toThrow(/an empty name/));

  const names = ['shop-dev', 'shop-prod', 'blog-prod'];

  it('select in the original order, and everything without any', () => {
    expect(selectNames(names, ['*-prod', 'shop-dev'])).toEqual(names);
    expect(selectNames(names, [])).toEqual(names);
  });

  it('are refused when one matches nothing', () => {
    expect(() => selectNames(names, ['shop-pord', 'bakery-*'])).toThrow(
      /"shop-pord"; did you mean shop-prod\?\n.*"bakery-\*"; the environments are: shop-dev/,
    );
  });
});

describe('commands on a deployed environment', () => {
  const optionsOf = ({ name, register }: (typeof COMMANDS)[number]): readonly string[] => {
    const parser = new Parser(name);
    register(parser, () => Promise.resolve());
    return parser.options.map(({ long }) => long ?? '');
  };
  const deployed = COMMANDS.filter((command) => optionsOf(command).includes('--endpoint') && command.name !== 'tryout');

  it('are these', () => {
    expect(deployed.map(({ name }) => name).sort()).toEqual(
      ['db', 'deploy', 'destroy', 'logs', 'move', 'plan', 'release', 'restore', 'run', 'shell', 'status'].sort(),
    );
  });

  it.each(deployed)('$name takes --dry-run, --json, --yes and --endpoint', (command) => {
    expect(optionsOf(command)).toEqual(expect.arrayContaining(['--dry-run', '--json', '--yes', '--endpoint']));
  });

  it.each(deployed)('$name refuses an endpoint that is no address', async ({ name }) => {
    const { exitCode, stderr } = await runCommand({}, [name, 'shop-prod', '--endpoint', 'localhost:4566']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('an address that starts with http:// or https://');
  });
});
