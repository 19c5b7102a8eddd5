/** `npm run cost`: what it prints, its JSON, comparisons, advice and exit codes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnvironmentInput } from '../../../src/config';
import type { EnvironmentFiles } from '../../../src/cli/command';
import { costChangesSchema } from '../../../src/cost/diff';
import { costReportSchema } from '../../../src/cost/report/json';
import { exampleFile, runCommand, type Result } from '../../support/command';

const files = (changes: Partial<EnvironmentInput> = {}): EnvironmentFiles => ({
  'shop-test': exampleFile({ region: 'us-east-1', ...changes }),
});

const cost = (args: readonly string[] = [], changes: Partial<EnvironmentInput> = {}): Promise<Result> =>
  runCommand(files(changes), ['cost', ...args]);

const json = async (args: readonly string[] = [], changes: Partial<EnvironmentInput> = {}) =>
  costReportSchema.parse(JSON.parse((await cost(['--json', ...args], changes)).stdout));

describe('the report', () => {
  it('has the amount, fixed and by usage, by kind and by stack, and what is assumed', async () => {
    const { exitCode, stdout } = await cost();
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^shop-test {2}about \$\d+ a month, \$\d+ to \$\d+: \$\d+(\.\d\d)? fixed, \$[\d.]+ by usage/);
    expect(stdout).toMatch(/by kind +fixed +by usage +total +low +high\n +Network/);
    expect(stdout).toMatch(/by stack[\s\S]*compute-fargate/);
    expect(stdout).toMatch(/\$32\.85 {2}fixed {2}NAT gateway/);
    expect(stdout).toContain('requestsPerMonth 1,000,000: 1,000,000 for each task of a service with routes');
    expect(stdout).not.toContain('UNKNOWN');
  });

  it('lists what is stated no longer as assumed, and counts it', async () => {
    const stated = await json([], { usage: { requestsPerMonth: 9_000_000, transferOutGb: 1000 } });
    expect(stated.groups[0]?.assumptions.map(({ name }) => name)).not.toContain('requestsPerMonth');
    const transfer = stated.groups[0]?.lines.find(({ price }) => price.key.startsWith('data-transfer/'));
    expect(transfer?.monthly.expected).toBeCloseTo(90);
  });

  it('lists a charge without a price as unknown, apart from the amount', async () => {
    const { stdout } = await cost([], {
      cache: { placement: 'managed', nodeType: 'cache.m7g.large' },
    });
    expect(stdout).toMatch(/UNKNOWN, and not in the total[\s\S]*no price elasticache\/valkey\.cache\.m7g\.large in us-east-1/);
  });

  it('is Markdown on request', async () => {
    expect((await cost(['--markdown'])).stdout).toMatch(/## shop-test\n\n\*\*about \$\d+ a month\*\*[\s\S]*\| kind/);
  });

  it('is less with --free-tier', async () => {
    const [full, less] = [await json(), await json(['--free-tier'])];
    expect(less.freeTier).toBe(true);
    expect(less.total.expected).toBeLessThan(full.total.expected);
  });
});

describe('--json', () => {
  it('has each charge with its price, unit, source and date, and sums that agree', async () => {
    const report = await json();
    const [group] = report.groups;
    const sum = group!.lines.reduce((total, { monthly }) => total + monthly.expected, 0);
    expect(sum).toBeCloseTo(group!.total.expected, 2);
    expect(group!.byKind.reduce((total, part) => total + part.total.expected, 0)).toBeCloseTo(group!.total.expected, 2);
    expect(group!.byStack.reduce((total, part) => total + part.total.expected, 0)).toBeCloseTo(group!.total.expected, 2);
    expect(group!.lines.find(({ address }) => address.startsWith('aws_nat_gateway.'))).toMatchObject({
      basis: 'fixed',
      price: {
        key: 'vpc/nat-gateway.hour',
        region: 'us-east-1',
        unit: 'hour',
        usd: 0.045,
        page: expect.stringContaining('https://'),
      },
      quantity: { expected: 730 },
    });
  });

  it('has exactly the fields of version 1', async () => {
    const report = JSON.parse((await cost(['--json'])).stdout) as Record<string, any>;
    expect(Object.keys(report).sort()).toEqual(
      ['currency', 'freeTier', 'groups', 'hoursPerMonth', 'pricesChecked', 'total', 'version'].sort(),
    );
    expect(Object.keys(report.groups[0]).sort()).toEqual(
      ['assumptions', 'byKind', 'byStack', 'fixed', 'lines', 'name', 'total', 'unknown', 'usage'].sort(),
    );
  });

  it('is the same for the same input', async () => {
    expect((await cost(['--json'])).stdout).toBe((await cost(['--json'])).stdout);
  });
});

describe('--diff', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'terrace-cost-test-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const before = async (): Promise<string> => {
    const file = join(folder, 'before.json');
    writeFileSync(file, (await cost(['--json'])).stdout);
    return file;
  };

  it('compares with an earlier report', async () => {
    const file = await before();
    const { stdout } = await cost(['--diff', file, '--markdown'], { network: { cidr: '10.0.0.0/16', zones: 2, nat: 'per-az' } });
    expect(stdout).toMatch(/shop-test .*\*\*\+\$36\.60\*\*.*Network \+\$36\.50/);
    expect((await cost(['--diff', file, '--markdown'])).stdout).toBe('Cost: no change.\n');
  });

  it('is JSON for the comments on request', async () => {
    const { stdout } = await cost(['--diff', await before(), '--json']);
    expect(costChangesSchema.parse(JSON.parse(stdout)).changes).toEqual([
      expect.objectContaining({ name: 'shop-test', kinds: [] }),
    ]);
  });

  it('refuses what is neither a file nor a revision, and a file that is no report', async () => {
    expect(await cost(['--diff', 'no-such-revision'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('"no-such-revision" is neither a file nor a Git revision'),
    });
    const file = join(folder, 'other.json');
    writeFileSync(file, '{}');
    expect(await cost(['--diff', file])).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('write it by') });
  });
});

describe('--advise', () => {
  it('names at most three savings, largest first, with field and risk', async () => {
    const { exitCode, stdout } = await cost(['--advise']);
    expect(exitCode).toBe(0);
    const savings = [...stdout.matchAll(/^ {2}\d\. \$([\d.]+) a month {2}(.*)\n {5}risk: (.+)$/gm)];
    expect(savings).toHaveLength(3);
    expect(savings[0]?.[2]).toBe("network.nat: 'instance'");
    const amounts = savings.map(([, usd]) => Number(usd));
    expect(amounts).toEqual([...amounts].sort((one, other) => other - one));
  });

  it('gives up no standby of a protected database', async () => {
    const database = {
      placement: 'managed',
      version: '16',
      name: 'shop',
      instanceClass: 'db.t4g.medium',
      multiAz: true,
    } as const;
    const unprotected = await cost(['--advise'], { database });
    expect(unprotected.stdout).toContain('database.multiAz: false');
    expect((await cost(['--advise'], { database, protect: true })).stdout).not.toContain('database.multiAz');
  });
});

describe('wrong usage', () => {
  it.each([[['--json', '--markdown']], [['--advise', '--diff', 'main']], [['--jsn']]])('%s', async (args) => {
    expect((await cost(args)).exitCode).toBe(2);
  });

  it('an unknown environment, and one that cannot be synthesised', async () => {
    expect((await cost(['shop-tset'])).exitCode).toBe(2);
    expect(await runCommand({ 'shop-test': exampleFile({ region: 'nowhere' as never }) }, ['cost'])).toMatchObject({
      exitCode: 1,
    });
  });
});

describe('a synthesis', () => {
  const folder = mkdtempSync(join(tmpdir(), 'terrace-cost-synth-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const synth = (
    monthlyUsd: number | undefined,
    acknowledge: EnvironmentInput['acknowledge'] = {},
    args: readonly string[] = [],
  ) =>
    runCommand(
      files({
        acknowledge,
        observability: {
          notifications: { emails: ['ops@shop.example'] },
          budget: monthlyUsd === undefined ? undefined : { monthlyUsd },
        },
      }),
      ['synth', '--output', folder, ...args],
    );

  it('ends the environment with its cost', async () => {
    expect((await synth(undefined)).stdout).toMatch(/\n {2}about \$\d+ a month\n/);
  });

  it('refuses an environment above its budget, for a person and for cdktf', async () => {
    for (const args of [[], ['--for-cdktf']])
      expect(await synth(10, {}, args)).toMatchObject({
        exitCode: 1,
        stderr: expect.stringMatching(/observability\.budget\.monthlyUsd {2}\[budget-exceeded\][\s\S]*received {2}\$10\.00/),
      });
  });

  it('writes it when that is acknowledged', async () => {
    expect(
      await synth(10, { 'budget-exceeded': { 'observability.budget.monthlyUsd': 'the launch month, until March' } }),
    ).toMatchObject({ exitCode: 0 });
  });

  it('warns when the budget is nearly used', async () => {
    const { total } = await json();
    const { exitCode, stdout } = await synth(total.expected * 1.1);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/warning {2}observability\.budget\.monthlyUsd: .* 9\d % of it.*\[budget-nearly-used\]/);
  });
});
