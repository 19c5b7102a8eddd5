/** `npm run delivery -- previews`, and that states of previews are no leftovers. */
import { exampleFile, fileOf, runCommand, type RunOptions } from '../../support/command';
import { previewed } from '../../support/previewed';

const files = {
  'shop-dev': fileOf(previewed()),
  'shop-other': exampleFile({ name: 'shop-other', domain: undefined, services: {}, images: {} }),
};
const ROLE = 'arn:aws:iam::123456789012:role/shop-dev-terraform-apply';
const TERRACE_ROLES = JSON.stringify({ shop: { plan: 'arn', apply: { 'shop-dev': ROLE } } });
const previews = (args: readonly string[] = [], env: RunOptions['env'] = { TERRACE_ROLES }) =>
  runCommand(files, ['delivery', 'previews', ...args], { env });
const matrixIn = (stdout: string) => JSON.parse(/^matrix=(.*)$/m.exec(stdout)![1]!).include;

test('the matrix has every environment with previews, with the role that may apply it', async () => {
  const { exitCode, stdout } = await previews();
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^any=true$/m);
  expect(matrixIn(stdout)).toEqual([
    expect.objectContaining({ environment: 'shop-dev', region: 'eu-west-1', role: ROLE, backend: 's3', protect: false }),
  ]);
});

test('an environment without a role is skipped, and listed', async () => {
  const { stdout } = await previews([], {});
  expect(stdout).toMatch(/^any=false$/m);
  expect(stdout).toContain('- no preview: shop-dev:');
});

test('an environment without previews is refused by name: a run that does nothing would look like success', async () => {
  expect(await previews(['shop-dev'])).toMatchObject({ exitCode: 0 });
  expect(await previews(['shop-other'])).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('`preview` section') });
});
