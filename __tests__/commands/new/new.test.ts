/** `npm run new`: what it writes, and what it refuses to write. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EnvironmentFiles } from '../../../src/cli/command';
import { QUESTIONS } from '../../../src/commands/new/questions';
import { describeNewSystem } from '../../../src/commands/new/new';
import type { Prompts } from '../../../src/commands/new/ask';
import { capture, exampleFile } from '../../support/command';
import { blocksOf, pageOf } from '../../docs/pages';
import { Checkout } from './checkout';

let checkout: Checkout;
beforeEach(() => {
  checkout = new Checkout();
});
afterEach(() => checkout.remove());

const FULL = ['shop', '--yes', '--domain', 'shop.example', '--account', '123456789012'];

describe('a new system', () => {
  it('is written as a part in common and a file for each environment, and listed at the end', async () => {
    const { exitCode, stderr } = await checkout.run(FULL);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(Object.keys(checkout.all())).toEqual([
      'environments/index.ts',
      'environments/shop/dev.ts',
      'environments/shop/prod.ts',
      'environments/shop/system.ts',
    ]);
    expect(checkout.read('environments/index.ts')).toMatch(
      /The list[^]*The first one\.\n {2}'other-dev'.*\n {2}'shop-dev': \(\) => import\('\.\/shop\/dev\.ts'\),\n {2}'shop-prod'.*\n\};\n$/,
    );
    expect(checkout.read('environments/shop/system.ts')).toContain("export const system = defineSystem({\n  system: 'shop',");
    expect(checkout.read('environments/shop/prod.ts')).toContain('export default defineEnvironment({\n  ...system,');
  });

  it('is described by the README as the program prints it', async () => {
    const blocks = blocksOf(pageOf('README.md'));
    const command = blocks.find(({ code }) => code.startsWith('npm run new -- shop'))!;
    const shown = blocks[blocks.indexOf(command) + 1]!;
    const args = command.code.trim().split(' ').slice(4);
    const { exitCode, stdout } = await checkout.run(args);
    expect(exitCode).toBe(0);
    expect(stdout).toBe(shown.code);
  });

  it('gets networks that no environment has', async () => {
    const files: EnvironmentFiles = { 'shop-test': exampleFile() };
    await checkout.run(['kiosk', '--yes'], files);
    expect(checkout.read('environments/kiosk/dev.ts')).toContain("cidr: '10.1.0.0/16'");
    expect(checkout.read('environments/kiosk/prod.ts')).toContain("cidr: '10.2.0.0/16'");
  });

  it('leaves the CAA records of a zone to the environment that writes them', async () => {
    const { exitCode } = await checkout.run(
      ['kiosk', '--yes', '--environments', 'dev', '--domain', 'shop.example', '--account', 'none'],
      {
        'shop-test': exampleFile({ domain: { zone: 'shop.example', provider: 'route53', names: ['www.shop.example'] } }),
      },
    );
    expect(exitCode).toBe(0);
    expect(checkout.read('environments/kiosk/dev.ts')).toContain('certificateAuthorities: []');
  });

  it('is printed and not written with --dry-run', async () => {
    const before = checkout.all();
    const { stdout } = await checkout.run([...FULL, '--dry-run']);
    expect(checkout.all()).toEqual(before);
    expect(stdout).toContain('--- environments/shop/prod.ts');
    expect(stdout).toContain('Nothing was written.');
  });

  it('is reported as JSON with --json', async () => {
    const { stdout } = await checkout.run([...FULL, '--json']);
    const report = JSON.parse(stdout) as { readonly written: boolean; readonly files: readonly { path: string; text: string }[] };
    expect(report.written).toBe(true);
    for (const { path, text } of report.files) expect(checkout.read(path)).toBe(text);
  });
});

describe('nothing is written', () => {
  it.each([
    ['a folder that exists', ['other', '--yes'], 1, 'environments/other exists already: add an environment to it by hand'],
    ['a value that the schema refuses', ['shop', '--yes', '--account', '12345'], 1, 'the twelve digits of an AWS account'],
    ['a name that is reserved', ['bootstrap', '--yes'], 1, '[name-reserved]'],
    ['a region that does not exist', ['shop', '--yes', '--region', 'eu-cental-1'], 1, 'did you mean "eu-central-1"?'],
    ['a path instead of a name', ['../shop', '--yes'], 1, 'lower-case letters, digits and single hyphens'],
    ['a path instead of an environment', ['shop', '--yes', '--environments', '../../dev'], 1, '"shop-../../dev"'],
    [
      'two services on one port of a host',
      ['shop', '--yes', '--tier', 'box', '--services', 'a:80/,b:80/'],
      1,
      '[box-host-ports]',
    ],
    ['a tier for a stranger', ['shop', '--yes', '--tier', 'live=box'], 2, '--tier is "live"; allowed is names of --environments'],
    ['an environment without a tier', ['shop', '--yes', '--tier', 'dev=box'], 2, 'nothing for prod'],
    ['an unknown tier', ['shop', '--yes', '--tier', 'lambda'], 2, 'box, fargate, kubernetes'],
    ['a service without a port', ['shop', '--yes', '--services', 'web'], 2, 'name:port/health-path'],
    ['the file of the common part', ['shop', '--yes', '--environments', 'system'], 2, 'system.ts is not an environment'],
    ['the same environment twice', ['shop', '--yes', '--environments', 'dev,dev'], 2, 'different names'],
    ['an answer that has no question', ['shop', '--yes', '--state', 'local', '--bucket', 'x'], 2, '--bucket does not go with'],
    ['an option that does not exist', ['shop', '--yes', '--regio', 'x'], 2, 'unknown option'],
    ['no name', ['--yes'], 2, 'the name of the system is missing'],
  ])('for %s', async (_, args, exitCode, message) => {
    const other = new Checkout({ 'environments/other/dev.ts': '' });
    const before = other.all();
    const result = await other.run(args);
    expect({ exitCode: result.exitCode, text: result.stderr }).toEqual({ exitCode, text: expect.stringContaining(message) });
    expect(other.all()).toEqual(before);
    other.remove();
  });

  it('for an environment that is listed', async () => {
    const { exitCode, stderr } = await checkout.run(['shop', '--yes', '--environments', 'test'], { 'shop-test': exampleFile() });
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining('shop-test exists already') });
  });

  it('for a system that contradicts an existing one', async () => {
    const { exitCode, stderr } = await checkout.run(
      ['kiosk', '--yes', '--environments', 'dev', '--protect', 'dev', '--domain', 'shop.example'],
      {
        'shop-test': exampleFile(),
      },
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining('the name shop.example') });
    expect(existsSync(join(checkout.root, 'environments/kiosk'))).toBe(false);
  });

  it('without a terminal and with missing answers, which are listed with their options and defaults', async () => {
    const { exitCode, stderr } = await checkout.run(['shop', '--region', 'eu-west-1']);
    expect(exitCode).toBe(2);
    const asked = QUESTIONS.filter(
      ({ flag }) => !['region', 'dns', 'organization', 'github-ids', 'cluster-cidrs'].includes(flag),
    );
    for (const { flag, value } of asked)
      expect(stderr).toMatch(new RegExp(`^ {2}--${flag} ${value} +\\S.*\\(default: .+\\)$`, 'm'));
    expect(stderr).not.toContain('--region');
    expect(stderr).toContain('npm run new -- shop --yes');
  });

  it('where the list has another form, whose lines are then shown', async () => {
    const odd = new Checkout({ 'environments/index.ts': 'export default [];\n' });
    const { exitCode, stderr } = await odd.run(FULL);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringContaining("'shop-dev': () => import('./shop/dev.ts'),"),
    });
    expect(Object.keys(odd.all())).toEqual(['environments/index.ts']);
    odd.remove();
  });
});

describe('at a terminal', () => {
  const options = { given: {}, yes: false, withoutSamples: false, dryRun: false, json: false };

  /** Answers by the beginning of the question; the default otherwise. */
  const answering = (answers: Readonly<Record<string, string>>, asked: string[] = []): Prompts => {
    const answer = ({ message, default: proposed }: { message: string; default?: string }): Promise<string> => {
      asked.push(message);
      const [, given] = Object.entries(answers).find(([beginning]) => message.startsWith(beginning)) ?? [];
      return Promise.resolve(given ?? proposed ?? '');
    };
    return { input: answer, select: answer } as unknown as Prompts;
  };

  it('asks for what no option answers, and nothing else', async () => {
    const asked: string[] = [];
    const { io } = capture();
    const prompts = answering({ 'name of': 'kiosk', 'what runs the containers of dev': 'box', 'what runs': 'fargate' }, asked);
    const given = { region: 'eu-west-1', state: 'local' };
    await describeNewSystem({ files: {}, io }, undefined, { ...options, given, root: checkout.root }, prompts);
    expect(checkout.read('environments/kiosk/dev.ts')).toContain("tier: 'box'");
    expect(checkout.read('environments/kiosk/prod.ts')).toContain("tier: 'fargate'");
    expect(checkout.read('environments/kiosk/system.ts')).toContain("region: 'eu-west-1'");
    expect(asked.filter((message) => /region|bucket|GitHub/.test(message))).toEqual([]);
    expect(new Set(asked).size).toBe(asked.length);
  });

  it('writes nothing when the person stops', async () => {
    const before = checkout.all();
    const stop = Object.assign(new Error('force closed'), { name: 'ExitPromptError' });
    const prompts = { input: () => Promise.reject(stop), select: () => Promise.reject(stop) } as unknown as Prompts;
    await expect(
      describeNewSystem({ files: {}, io: capture().io }, 'shop', { ...options, root: checkout.root }, prompts),
    ).rejects.toThrow('Stopped: nothing was written.');
    expect(checkout.all()).toEqual(before);
  });
});
