/** `npm run prices`: the table, and what the environments need of it. */
import { exampleFile, runCommand } from '../../support/command';

const prices = (args: readonly string[], changes = {}) =>
  runCommand({ 'shop-test': exampleFile({ region: 'us-east-1', ...changes }) }, ['prices', ...args]);

it('prints every price with unit, date and page', async () => {
  const { exitCode, stdout } = await prices([]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^ec2\/t3\.micro {2}us-east-1 {2}\$0\.0104 per hour {2}\(2026-07-28, https:\/\/aws\.amazon\.com\/ec2/m);
});

it('--check passes when nothing is missing, and counts what is old', async () => {
  const { exitCode, stdout } = await prices(['--check']);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/\d+ prices in use, 0 charges without a price, \d+ prices older than a year/);
});

it('--check fails when a price is missing, and names key, region and resource', async () => {
  const { exitCode, stdout } = await prices(['--check'], { cache: { placement: 'managed', nodeType: 'cache.m7g.large' } });
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(
    /^missing {2}shop-test-data aws_elasticache_replication_group\.\S+: .*valkey\.cache\.m7g\.large in us-east-1/m,
  );
});
