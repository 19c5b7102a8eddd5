/** `npm run test:terraform`, with a stub for terraform. */
import { exampleFile, fileOf, runCommand, SMALL } from '../../support/command';
import { StubTerraform, type Answers } from '../../support/stub-terraform';

const files = { 'shop-test': exampleFile(SMALL) };
let stub: StubTerraform;

beforeEach(() => (stub = new StubTerraform({})));
afterEach(() => stub.remove());

const validate = (answers: Answers = {}, environments = files, ...options: string[]) => {
  stub.answer(answers);
  return runCommand(environments, ['test:terraform', ...options], { env: stub.env() });
};

test('validates every stack without its backend, and passes', async () => {
  const { exitCode, stdout } = await validate();
  expect(exitCode).toBe(0);
  expect(stdout).toContain('valid   shop-test-network\n');
  expect(stdout).toMatch(/terraform validate: \d stacks passed, 0 failed\n$/);
  const calls = stub.calls().filter(({ folder }) => folder === 'shop-test-network');
  expect(calls.map(({ args }) => args)).toEqual([
    ['init', '-no-color', '-backend=false'],
    ['validate', '-no-color'],
  ]);
});

test('fails for an invalid stack, with what terraform printed, and still validates the others', async () => {
  const { exitCode, stdout } = await validate({ 'shop-test-data:validate': { code: 1, stderr: 'Error: unknown argument' } });
  expect(exitCode).toBe(1);
  expect(stdout).toContain('INVALID shop-test-data\nError: unknown argument');
  expect(stdout).toContain('valid   shop-test-network');
});

test('fails for an environment that cannot be synthesised', async () => {
  expect(await validate({}, { 'shop-test': fileOf({}) })).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('problems'),
  });
});

test.each([
  ['an old terraform', { '*:version': { stdout: '{"terraform_version": "1.5.7"}' } }, 'terraform 1.5 is older than 1.11'],
  [
    'no providers',
    { 'providers:init': { code: 1, stderr: 'Error: no registry' } },
    'the providers are unavailable: Error: no registry',
  ],
])('is skipped with the reason, and fails where it is required: %s', async (_what, answers, reason) => {
  const required = await validate(answers, files, '--required');
  expect(required).toMatchObject({ exitCode: 3, stderr: expect.stringContaining(reason) });
  const { exitCode, stdout } = await validate(answers);
  expect({ exitCode, stdout }).toEqual({
    exitCode: 0,
    stdout: expect.stringContaining(`terraform validate: skipped, because ${reason}`),
  });
});
