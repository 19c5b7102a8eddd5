/** The address lock: `npm run lock`, and what it does to a synthesis. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { environments } from '../../../environments';
import { refuseLostData } from '../../../src/checks/address-lock/inspect';
import { addressesToLock } from '../../../src/checks/address-lock/addresses';
import { readExceptions } from '../../../src/checks/plan-guard/allowances';
import { LOCKS } from '../../../src/checks/address-lock/folder';
import { lockedGroups, readLock, writeLock } from '../../../src/checks/address-lock/lock-file';
import { reportChangedTier } from '../../../src/checks/address-lock/tier';
import { mustKeepAddress } from '../../../src/checks/guarded-types';
import type { EnvironmentFiles } from '../../../src/cli/command';
import type { EnvironmentInput } from '../../../src/config';
import { run } from '../../../src/synthesis/run';
import { RefusedModule, type Modules } from '../../../src/terraform/root-module';
import { EVERYTHING, SHOP } from '../../support/shop';
import { exampleFile, runCommand, SMALL } from '../../support/command';
import { example } from '../../support/example';

jest.mock('../../../src/checks/plan-guard/allowances', () => ({
  readExceptions: jest.fn(() => ({ allowances: [], accounts: [] })),
}));

let folder: string;
let locks: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'terrace-locks-'));
  locks = join(folder, 'locks');
  mkdirSync(locks);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A bucket, and little besides: most tests synthesise it several times. */
const file = (changes: Partial<EnvironmentInput> = {}) => exampleFile({ ...SMALL, buckets: { uploads: {} }, ...changes });
const synth = (files: EnvironmentFiles) => runCommand(files, ['synth', '--output', join(folder, 'out'), '--locks', locks]);
const lock = (files: EnvironmentFiles, ...args: string[]) => runCommand(files, ['lock', ...args, '--locks', locks]);
const lockFile = (name = 'shop-test') => JSON.parse(readFileSync(join(locks, `${name}.json`), 'utf8')) as { stacks: any };

const BUCKET = 'aws_s3_bucket.bucket_uploads_bucket';
const before = { 'shop-test': file() };
const withDatabase = { 'shop-test': file({ database: example().database }) };
const without = { 'shop-test': file({ buckets: {} }) };

describe('npm run lock', () => {
  test('writes the addresses of data and of the network, stack by stack', async () => {
    const { exitCode, stdout } = await lock(withDatabase);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`+ shop-test-data: ${BUCKET}`);
    const { stacks } = lockFile();
    expect(Object.keys(stacks)).toEqual(expect.arrayContaining(['shop-test-data', 'shop-test-network']));
    expect(stacks['shop-test-data']).toEqual(expect.arrayContaining([BUCKET, 'aws_db_instance.database_primary']));
    expect(stacks['shop-test-network']).toEqual(expect.arrayContaining(['aws_vpc.network_vpc']));
    expect(JSON.stringify(stacks)).not.toMatch(/aws_ecs_service|aws_security_group|aws_iam_role/);
  });

  test('changes nothing when nothing has changed', async () => {
    await lock(before);
    const bytes = readFileSync(join(locks, 'shop-test.json'), 'utf8');
    expect((await lock(before)).stdout).toBe('1 address locks are up to date\n');
    expect(readFileSync(join(locks, 'shop-test.json'), 'utf8')).toBe(bytes);
  });

  test('shows a missing address as a deletion, and removes it', async () => {
    await lock(before);
    const { exitCode, stdout } = await lock(without);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(new RegExp(`- shop-test-data: ${BUCKET}  WILL BE DELETED by the next apply`));
    expect(lockFile().stacks['shop-test-data']).not.toContain(BUCKET);
  });

  test('a folder of locks that does not exist is refused, by a check and by a synthesis: nothing would be held back', async () => {
    rmSync(locks, { recursive: true });
    for (const command of ['lock', 'synth']) {
      const args = command === 'lock' ? ['lock', '--check'] : ['synth', '--output', join(folder, 'out')];
      const { exitCode, stderr } = await runCommand(before, [...args, '--locks', locks]);
      expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining(`--locks ${locks} does not exist`) });
    }
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });

  test('with --check writes nothing and fails while something differs', async () => {
    expect(await lock(before, '--check')).toMatchObject({ exitCode: 1 });
    expect(readdirSync(locks)).toEqual([]);
    await lock(before);
    expect(await lock(before, '--check')).toMatchObject({ exitCode: 0 });
    expect(await lock({ 'shop-test': file({ buckets: { uploads: {}, papers: {} } }) }, '--check')).toMatchObject({ exitCode: 1 });
  });

  describe('with --base', () => {
    const base = () => join(folder, 'base');
    const atBase = (files: EnvironmentFiles) => runCommand(files, ['lock', '--locks', base()]);
    const check = (files: EnvironmentFiles) => lock(files, '--check', '--base', base());

    test('refuses a base that is not there, which would lock nothing', async () => {
      const { exitCode, stderr } = await lock({ 'shop-test': exampleFile() }, '--base', join(folder, 'missing', 'locks'));
      expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining('does not exist') });
    });

    test('fails for what the base commit locks, although the change has removed it from its own lock file', async () => {
      await atBase(before);
      await lock(without);
      expect(await lock(without, '--check')).toMatchObject({ exitCode: 0 });
      const { exitCode, stderr } = await check(without);
      expect(exitCode).toBe(1);
      expect(stderr).toContain(`shop-test-data: ${BUCKET}`);
      expect(stderr).toContain('guard-allow.yaml');
    });

    test('passes when nothing is lost, or guard-allow.yaml allows it', async () => {
      await atBase(before);
      await lock(before);
      expect(await check(before)).toMatchObject({ exitCode: 0 });
      await lock(without);
      const expires = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
      const allowance = { stack: 'shop-test-data', harm: 'delete', expires, reason: 'copied elsewhere' } as const;
      const losses = (await check(without)).stderr.match(/(?<=shop-test-data: )aws_\S+/g)!;
      jest.mocked(readExceptions).mockReturnValueOnce({
        allowances: losses.map((address) => ({ ...allowance, address })),
        accounts: [],
      });
      expect(await check(without)).toMatchObject({ exitCode: 0 });
    });

    test('refuses a lock file that the change has deleted or emptied', async () => {
      await atBase(before);
      expect(await check(before)).toMatchObject({ exitCode: 1 });
      await lock(before);
      writeFileSync(join(locks, 'shop-test.json'), '{"stacks":{}}');
      expect(await check(before)).toMatchObject({ exitCode: 1 });
    });
  });

  test('locks the state stores too', async () => {
    const store = { name: 'shop', region: 'eu-west-1', bucket: 'shop-terraform-state' } as const;
    await lock({ 'shop-test': file({ backend: { kind: 's3', store } }) });
    expect(lockFile('bootstrap-shop').stacks['bootstrap-shop']).toEqual(
      expect.arrayContaining([expect.stringMatching(/^aws_s3_bucket\./), expect.stringMatching(/^aws_dynamodb_table\./)]),
    );
  });

  test('restricted to some environments leaves the files of others', async () => {
    const files = { ...before, 'shop-other': file({ name: 'shop-other' }) };
    await lock(files);
    await lock({ ...without, 'shop-other': file({ name: 'shop-other', buckets: {} }) }, 'shop-other');
    expect(lockFile('shop-other').stacks['shop-other-data']).not.toContain(BUCKET);
    expect(lockFile().stacks['shop-test-data']).toContain(BUCKET);
  });

  test('removes the file of an environment that does not exist; --check reports it and passes', async () => {
    await lock({ ...before, 'shop-other': file({ name: 'shop-other' }) });
    const { exitCode, stdout } = await lock(before, '--check');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /shop-other\.json\n +there is no such environment, state store or shared zone: `npm run lock` removes it/,
    );
    expect(readdirSync(locks)).toEqual(['shop-other.json', 'shop-test.json']);
    await lock(before);
    expect(readdirSync(locks)).toEqual(['shop-test.json']);
  });

  test('passes its check when every environment was removed', async () => {
    await lock(before);
    expect(await lock({}, '--check')).toMatchObject({ exitCode: 0 });
  });

  test('writes nothing for an environment that cannot be synthesised', async () => {
    await lock(before);
    expect(await lock({ 'shop-test': file({ account: '12' }) })).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('account'),
    });
    expect(lockFile().stacks['shop-test-data']).toContain(BUCKET);
  });
});

describe('synth', () => {
  test('fails when a locked address is missing, says what would be lost, and writes nothing of that environment', async () => {
    await lock(before);
    expect((await synth(before)).exitCode).toBe(0);
    const written = readFileSync(join(folder, 'out/stacks/shop-test-data/cdk.tf.json'), 'utf8');
    const { exitCode, stderr } = await synth(without);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('shop-test: 1 locked address is missing, and the next apply would delete the resource');
    expect(stderr).toContain(`shop-test-data: ${BUCKET}`);
    expect(stderr).not.toContain('TERRACE_DEBUG');
    expect(readFileSync(join(folder, 'out/stacks/shop-test-data/cdk.tf.json'), 'utf8')).toBe(written);
  });

  test('fails when a whole stack with data is missing', async () => {
    await lock(withDatabase);
    expect((await synth(before)).stderr).toContain('aws_db_instance.database_primary');
  });

  test('passes with new addresses, and without a lock', async () => {
    expect((await synth(without)).exitCode).toBe(0);
    await lock(without);
    expect((await synth(before)).exitCode).toBe(0);
  });

  test('refuses an invalid lock file, which would otherwise lock nothing', async () => {
    await lock(before);
    writeFileSync(join(locks, 'shop-test.json'), '<<<<<<< ours\n');
    expect(await synth(before)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('is invalid') });
  });
});

describe('the tier', () => {
  const at = (tier: 'fargate' | 'kubernetes' | 'box', nextTier?: 'fargate' | 'kubernetes') => ({
    'shop-test': file({ tier, nextTier }),
  });
  const recorded = () => lockFile() as { tier?: string; nextTier?: string };
  const refused = { exitCode: 1, stderr: expect.stringContaining('tier is "kubernetes", but') };

  test('is recorded with the next one', async () => {
    expect((await lock(at('fargate', 'kubernetes'))).stdout).toContain('  + tier: fargate\n  + nextTier: kubernetes\n');
    expect(recorded()).toMatchObject({ tier: 'fargate', nextTier: 'kubernetes' });
    expect((await lock(at('fargate'))).stdout).toContain('  - nextTier: kubernetes\n');
    expect(recorded().nextTier).toBeUndefined();
  });

  test('is not replaced in one step, neither by a synthesis nor by a new lock, and the way out is named', async () => {
    await lock(at('fargate'));
    const { exitCode, stderr } = await synth(at('kubernetes'));
    expect({ exitCode, stderr }).toEqual(refused);
    expect(stderr).toContain("Set tier: 'fargate' and nextTier: 'kubernetes'");
    expect(stderr).toContain('docs/edge.md, "Moving to another tier"');
    expect(existsSync(join(folder, 'out/stacks'))).toBe(false);
    expect(await lock(at('kubernetes'))).toMatchObject(refused);
    expect(recorded().tier).toBe('fargate');
  });

  test('is not replaced by a change that deletes the file and writes it again', async () => {
    await lock(at('fargate'));
    renameSync(locks, join(folder, 'base'));
    await lock(at('kubernetes'));
    expect(recorded().tier).toBe('kubernetes');
    expect(await lock(at('kubernetes'), '--check', '--base', join(folder, 'base'))).toMatchObject(refused);
  });

  test('is exchanged with the next one, and back', async () => {
    await lock(at('fargate', 'kubernetes'));
    expect((await synth(at('kubernetes', 'fargate'))).exitCode).toBe(0);
    expect((await lock(at('kubernetes', 'fargate'))).stdout).toContain('  ~ tier: kubernetes\n  + nextTier: fargate\n');
    expect((await synth(at('fargate', 'kubernetes'))).exitCode).toBe(0);
    expect((await synth(at('kubernetes'))).exitCode).toBe(0);
  });

  test('may be any where an older file has none, and is then completed', async () => {
    await lock(at('fargate'));
    const { tier: _, ...older } = recorded();
    writeFileSync(join(locks, 'shop-test.json'), JSON.stringify(older));
    expect((await synth(at('fargate'))).exitCode).toBe(0);
    expect((await lock(at('fargate'), '--check')).exitCode).toBe(1);
    await lock(at('fargate'));
    expect(recorded().tier).toBe('fargate');
  });

  test('of a box names the page about its data', () => {
    const current = { tier: 'fargate' } as const;
    expect(reportChangedTier('shop-test', 'locks/shop-test.json', { tier: 'box' }, current)).toContain(
      'Moving the database to RDS',
    );
    expect(reportChangedTier('shop-test', 'locks/shop-test.json', { tier: 'kubernetes' }, current)).not.toContain('RDS');
    expect(reportChangedTier('bootstrap-shop', 'locks/bootstrap-shop.json', {}, undefined)).toBeUndefined();
  });
});

describe('the key that encrypts the data', () => {
  const managed = { 'shop-test': file({ encryption: { key: 'aws-managed' } }) };
  const path = () => join(locks, 'shop-test.json');

  test('is recorded by the first lock', async () => {
    expect((await lock(before)).stdout).toContain('+ encryption.key: customer-managed');
    expect(lockFile()).toMatchObject({ encryption: { key: 'customer-managed' } });
    rmSync(path());
    await lock(managed);
    expect(lockFile()).toMatchObject({ encryption: { key: 'aws-managed' } });
  });

  test.each([
    ['customer-managed', before, managed],
    ['aws-managed', managed, before],
  ] as const)('stays %s: another one is refused by synth and by lock', async (recorded, first, other) => {
    await lock(first);
    const bytes = readFileSync(path(), 'utf8');
    const refusal = new RegExp(`records "${recorded}"[^]*encryption: \\{ key: '${recorded}' \\}[^]*docs/database\\.md`);
    expect(await synth(other)).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(refusal) });
    expect(await lock(other)).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(refusal) });
    expect(readFileSync(path(), 'utf8')).toBe(bytes);
    expect((await synth(first)).exitCode).toBe(0);
  });

  test('is read from the addresses of a file that does not record it', async () => {
    for (const [recorded, first, other] of [
      ['customer-managed', before, managed],
      ['aws-managed', managed, before],
    ] as const) {
      rmSync(locks, { recursive: true, force: true });
      await lock(first);
      const { stacks } = lockFile();
      writeFileSync(path(), JSON.stringify({ stacks }));
      expect((await synth(other)).stderr).toContain(`records "${recorded}"`);
      expect((await synth(first)).exitCode).toBe(0);
      expect((await lock(first)).stdout).toContain(`+ encryption.key: ${recorded}`);
      expect(lockFile()).toMatchObject({ encryption: { key: recorded } });
    }
  });

  test('is not part of the lock of a state store', async () => {
    const store = { name: 'shop', region: 'eu-west-1', bucket: 'shop-terraform-state' } as const;
    await lock({ 'shop-test': file({ backend: { kind: 's3', store } }) });
    expect(lockFile('bootstrap-shop')).not.toHaveProperty('encryption');
  });
});

describe('everything that can be synthesised here', () => {
  const groups = new Map<string, Modules>();
  const written = new Map<string, unknown>();
  const all = mkdtempSync(join(tmpdir(), 'terrace-locks-of-all-'));

  beforeAll(async () => {
    const outdir = mkdtempSync(join(tmpdir(), 'terrace-lock-test-'));
    const inspect = (group: string, modules: Modules): void => void groups.set(group, modules);
    const progress = { write: () => undefined };
    const selected = Object.keys(EVERYTHING);
    await run({ files: EVERYTHING, selected, outdir, format: 'json', progress, keepEarlier: false, inspect });
    for (const stack of readdirSync(join(outdir, 'stacks')))
      written.set(stack, JSON.parse(readFileSync(join(outdir, 'stacks', stack, 'cdk.tf.json'), 'utf8')));
    rmSync(outdir, { recursive: true });
    for (const [group, modules] of groups) writeLock(all, group, addressesToLock(modules));
  });

  afterAll(() => rmSync(all, { recursive: true }));

  test('has lost none of the addresses that are committed', () => {
    // A lock file without its environment, store or zone stays green, so that a system can be removed; `lock --check` reports it.
    // Those of tests have none, whatever a system of the same name has.
    const ofTests = [...Object.keys(SHOP), 'bootstrap-shop'];
    for (const group of lockedGroups(LOCKS).filter((name) => groups.has(name) && !ofTests.includes(name))) {
      expect(() => refuseLostData(LOCKS)(group, groups.get(group)!)).not.toThrow();
    }
  });

  test('has a committed lock for each shipped environment that is deployed', () => {
    const committed = lockedGroups(LOCKS);
    expect(Object.keys(environments).filter((name) => groups.has(name) && !committed.includes(name))).toEqual([]);
  });

  function isRefused(group: string, modules: Modules): boolean {
    try {
      refuseLostData(all)(group, modules);
      return false;
    } catch (error) {
      if (error instanceof RefusedModule) return true;
      throw error;
    }
  }

  test('fails for any locked construct that is renamed', () => {
    const locks = lockedGroups(all).flatMap((group) =>
      Object.entries(readLock(all, group)!.stacks).map(([stack, addresses]) => ({ group, stack, addresses })),
    );
    expect(locks.length).toBeGreaterThan(5);
    const unnoticed: string[] = [];
    for (const { group, stack, addresses } of locks) {
      for (const address of addresses) {
        const [type = '', name = ''] = address.split('.');
        const module = groups.get(group)![stack]!;
        const { [name]: block, ...others } = module.resource![type]!;
        const renamed = { ...module, resource: { ...module.resource, [type]: { ...others, [`${name}-renamed`]: block! } } };
        if (!isRefused(group, { ...groups.get(group), [stack]: renamed })) unnoticed.push(`${stack}: ${address}`);
      }
    }
    expect(unnoticed).toEqual([]);
  });

  test('locks and guards everything with prevent_destroy', () => {
    const kept = [...groups.values()]
      .flatMap((modules) => Object.values(modules))
      .flatMap(({ resource = {} }) =>
        Object.entries(resource).filter(([, byName]) =>
          Object.values(byName).some(
            ({ lifecycle }) => (lifecycle as { prevent_destroy?: boolean } | undefined)?.prevent_destroy,
          ),
        ),
      )
      .map(([type]) => type);
    expect(new Set(kept).size).toBeGreaterThan(5);
    expect([...new Set(kept)].filter((type) => !mustKeepAddress(type))).toEqual([]);
  });

  test('is inspected as it is written', () => {
    const inspected = [...groups.values()].flatMap((modules) => Object.entries(modules));
    expect(inspected.length).toBeGreaterThan(0);
    const others = inspected.filter(
      ([stack, module]) => !isDeepStrictEqual(JSON.parse(JSON.stringify(module)), written.get(stack)),
    );
    expect(others.map(([stack]) => stack)).toEqual([]);
  });
});
