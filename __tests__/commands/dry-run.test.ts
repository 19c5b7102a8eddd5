/** What the commands that open something say with --dry-run. They reach nothing: there are neither credentials nor states here. */
import { onTier } from '../support/rich';
import { exampleFile, runCommand } from '../support/command';

const file = exampleFile(onTier('fargate', (e) => (e.services.api.exec = true)));

const said = async (...args: readonly string[]) => {
  const { exitCode, stderr } = await runCommand({ 'shop-test': file }, args);
  return { exitCode, stderr: stderr.trim() };
};

it.each([
  [['shell', 'shop-test', 'api', '--dry-run'], 'would open a shell in api of shop-test'],
  [['shell', 'shop-test', 'api', 'ls', '--dry-run'], 'would run ls in api of shop-test'],
  [['db', 'shop-test', 'app', '--dry-run'], 'would open a tunnel to the database of shop-test (shop), and start psql as app'],
  [['db', 'shop-test', '--tunnel', '--dry-run'], 'would open a tunnel to the database of shop-test (shop), and keep it open'],
  [['run', 'shop-test', 'sync', '--dry-run', '--yes'], 'would run sync of shop-test'],
])('%j opens nothing, and says what it would open', async (args, stderr) => {
  expect(await said(...args)).toEqual({ exitCode: 0, stderr });
});

it.each([
  [['shell', 'shop-test', 'apii', '--dry-run'], 'shop-test has no service or worker apii'],
  [['run', 'shop-test', 'nothing', '--dry-run'], 'nothing'],
])('%j is refused as without it', async (args, stderr) => {
  expect(await said(...args)).toEqual({ exitCode: 1, stderr: expect.stringContaining(stderr) });
});
