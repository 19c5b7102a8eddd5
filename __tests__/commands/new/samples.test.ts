/** `npm run new -- --without-samples`: the samples go with all that belongs to them, and nothing else does. */
import type { EnvironmentFiles } from '../../../src/cli/command';
import { exampleFile } from '../../support/command';
import { Checkout } from './checkout';

const store = (name: string) => ({ kind: 's3', store: { name, region: 'eu-west-1', bucket: `${name}-state-of-tests` } }) as const;

const FILES: EnvironmentFiles = {
  'demo-dev': exampleFile({ system: 'demo', name: 'demo-dev', backend: store('demo'), domain: undefined, services: {} }),
  'demo-two-dev': exampleFile({
    system: 'demo-two',
    name: 'demo-two-dev',
    backend: store('own'),
    domain: undefined,
    services: {},
  }),
};

const LIST = `export const environments = {
  'demo-dev': () => import('./demo/dev.ts'),
  'demo-two-dev': () => import('./demo-two/dev.ts'),
};
`;

const EXCEPTIONS = `# Reviewed like code.
exceptions:
  - check: CKV_AWS_1
    environments: [demo-dev]
    reason: only the sample has it
  # Both have it.
  - check: CKV_AWS_2
    environments: [demo-dev, demo-two-dev]
    reason: both of them have it
`;

const README = `# Title

<!-- samples: taken out -->

| demo-dev |

<!-- end of samples -->

Text.
`;

let checkout: Checkout;
beforeEach(() => {
  checkout = new Checkout({
    'README.md': README,
    'environments/index.ts': LIST,
    'environments/samples.json': '["demo", "gone"]',
    'environments/demo/dev.ts': 'sample',
    'environments/demo-two/dev.ts': 'own',
    'environments/data-volumes.json': JSON.stringify({ 'demo-dev': { sizeGb: 1 }, 'demo-two-dev': { sizeGb: 2 } }),
    'policy-exceptions.yaml': EXCEPTIONS,
    'locks/demo-dev.json': '{}',
    'locks/bootstrap-demo.json': '{}',
    'locks/demo-two-dev.json': '{}',
    'locks/bootstrap-own.json': '{}',
    'docs/pictures/demo-dev.svg': '',
  });
});
afterEach(() => checkout.remove());

it('removes folders, entries, locks, volumes, exceptions, pictures and what the README says', async () => {
  expect((await checkout.run(['--without-samples'], FILES)).exitCode).toBe(0);
  expect(checkout.all()).toEqual({
    'README.md': '# Title\n\nText.\n',
    'environments/index.ts': LIST.replace(/ {2}'demo-dev'.*\n/, ''),
    'environments/demo-two/dev.ts': 'own',
    'environments/data-volumes.json': `${JSON.stringify({ 'demo-two-dev': { sizeGb: 2 } }, null, 2)}\n`,
    'policy-exceptions.yaml': [
      '# Reviewed like code.',
      'exceptions:',
      '  # Both have it.',
      '  - check: CKV_AWS_2',
      '    environments: [demo-two-dev]',
      '    reason: both of them have it',
      '',
    ].join('\n'),
    'locks/demo-two-dev.json': '{}',
    'locks/bootstrap-own.json': '{}',
  });
});

it('leaves an empty list as the formatter writes it', async () => {
  const { 'demo-dev': only } = FILES;
  const alone = new Checkout({
    'environments/index.ts': LIST.replace(/ {2}'demo-two-dev'.*\n/, ''),
    'environments/samples.json': '["demo"]',
    'environments/demo/dev.ts': '',
  });
  await alone.run(['--without-samples'], { 'demo-dev': only! });
  expect(alone.read('environments/index.ts')).toBe('export const environments = {};\n');
  await alone.run(['kiosk', '--yes', '--environments', 'dev']);
  expect(alone.read('environments/index.ts')).toBe(
    "export const environments = {\n  'kiosk-dev': () => import('./kiosk/dev.ts'),\n};\n",
  );
  alone.remove();
});

it('goes together with a new system, which may have the name of a sample', async () => {
  expect((await checkout.run(['demo', '--yes', '--without-samples'], FILES)).exitCode).toBe(0);
  expect(checkout.read('environments/demo/dev.ts')).toContain("name: 'demo-dev'");
  expect(checkout.read('environments/index.ts').match(/'demo-dev'/g)).toHaveLength(1);
});

it('removes nothing when the new system is refused, nor with --dry-run', async () => {
  const before = checkout.all();
  expect((await checkout.run(['shop', '--yes', '--account', '1', '--without-samples'], FILES)).exitCode).toBe(1);
  expect(checkout.all()).toEqual(before);
  const { stdout } = await checkout.run(['--without-samples', '--dry-run'], FILES);
  expect(stdout).toContain('environments/demo\n');
  expect(checkout.all()).toEqual(before);
});

it('can be run a second time', async () => {
  await checkout.run(['--without-samples'], FILES);
  const after = checkout.all();
  const { exitCode, stdout } = await checkout.run(['--without-samples'], { 'demo-two-dev': FILES['demo-two-dev']! });
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'There are no sample systems here.\n' });
  expect(checkout.all()).toEqual(after);
});
