/** The address lock: what holds data keeps its address, or says where it went. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import { environments } from '../../../environments';
import type { EnvironmentInput } from '../../../src/config';
import { recordMove } from '../../../src/terraform/record-move';
import { isKept } from '../../../src/commands/guard/losses';
import { compare } from '../../../src/commands/addresses/addresses';
import { refuseLostAddresses } from '../../../src/commands/addresses/inspect';
import { lockedGroups, LOCKS, readLock } from '../../../src/commands/addresses/lock-file';
import { RefusedModule, type Modules, type RootModule } from '../../../src/terraform/root-module';
import type { EnvironmentFiles } from '../../../src/synthesis/load';
import { runProgram } from '../../../src/cli/program';
import { run } from '../../../src/synthesis/run';
import { example } from '../../support/example';
import { synthModule } from '../../support/synth';

let folder: string;
let locks: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'terrace-locks-'));
  locks = join(folder, 'locks');
});
afterEach(() => rmSync(folder, { recursive: true }));

const file =
  (changes: Partial<EnvironmentInput> = {}): EnvironmentFiles[string] =>
  () =>
    Promise.resolve({ default: example({ buckets: { uploads: {} }, ...changes }) });

async function command(args: readonly string[], files: EnvironmentFiles) {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const io = {
    stdout: { write: (text: string) => stdout.push(text) },
    stderr: { write: (text: string) => stderr.push(text) },
    env: {},
  };
  const exitCode = await runProgram(files, [...args, '--locks', locks], io);
  return { exitCode, stdout: stdout.join(''), stderr: stderr.join('') };
}

const synth = (files: EnvironmentFiles) => command(['synth', '--output', join(folder, 'out')], files);
const lock = (files: EnvironmentFiles, ...args: string[]) => command(['lock', ...args], files);
const lockFile = (name = 'shop-test') => JSON.parse(readFileSync(join(locks, `${name}.json`), 'utf8')) as { stacks: any };

const BUCKET = 'aws_s3_bucket.bucket_uploads_bucket';
const before = { 'shop-test': file() };
const without = { 'shop-test': file({ buckets: {} }) };

describe('npm run lock', () => {
  test('writes the addresses of what holds data, and of what the network stands on, stack by stack', async () => {
    const { exitCode, stdout } = await lock(before);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`+ shop-test-data: ${BUCKET}`);
    const { stacks } = lockFile();
    expect(Object.keys(stacks)).toEqual(expect.arrayContaining(['shop-test-data', 'shop-test-network']));
    expect(stacks['shop-test-data']).toEqual(expect.arrayContaining([BUCKET, 'aws_db_instance.database_primary']));
    expect(stacks['shop-test-network']).toEqual(expect.arrayContaining(['aws_vpc.network_vpc']));
    expect(JSON.stringify(stacks)).not.toMatch(/aws_ecs_service|aws_security_group|aws_iam_role/);
  });

  test('says nothing has changed when nothing has, and leaves the bytes alone', async () => {
    await lock(before);
    const bytes = readFileSync(join(locks, 'shop-test.json'), 'utf8');
    expect((await lock(before)).stdout).toBe('1 address locks, all up to date\n');
    expect(readFileSync(join(locks, 'shop-test.json'), 'utf8')).toBe(bytes);
  });

  test('shows what is gone as a deletion, and takes it out', async () => {
    await lock(before);
    const { exitCode, stdout } = await lock(without);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(new RegExp(`- shop-test-data: ${BUCKET}  WILL BE DELETED by the next apply`));
    expect(lockFile().stacks['shop-test-data']).not.toContain(BUCKET);
  });

  test('with --check writes nothing and fails while something differs', async () => {
    expect(await lock(before, '--check')).toMatchObject({ exitCode: 1 });
    expect(existsSync(locks)).toBe(false);
    await lock(before);
    expect(await lock(before, '--check')).toMatchObject({ exitCode: 0 });
    expect(await lock({ 'shop-test': file({ buckets: { uploads: {}, papers: {} } }) }, '--check')).toMatchObject({ exitCode: 1 });
  });

  test('locks the state stores too: they hold everybody’s state', async () => {
    const store = { name: 'shop', region: 'eu-west-1', bucket: 'shop-terraform-state' } as const;
    await lock({ 'shop-test': file({ backend: { kind: 's3', store } }) });
    expect(lockFile('shop-bootstrap').stacks['shop-bootstrap']).toEqual(
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

  test('removes the file of an environment that is gone, and says so', async () => {
    await lock({ ...before, 'shop-other': file({ name: 'shop-other' }) });
    expect(await lock(before, '--check')).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('shop-other.json') });
    await lock(before);
    expect(readdirSync(locks)).toEqual(['shop-test.json']);
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
  test('fails when a locked address is gone, says what would be lost, and writes nothing of that environment', async () => {
    await lock(before);
    expect((await synth(before)).exitCode).toBe(0);
    const written = readFileSync(join(folder, 'out/stacks/shop-test-data/cdk.tf.json'), 'utf8');
    const { exitCode, stderr } = await synth(without);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('shop-test: 1 locked address is gone, and the next apply would delete what is there');
    expect(stderr).toContain(`shop-test-data: ${BUCKET}`);
    expect(stderr).not.toContain('TERRACE_DEBUG');
    expect(readFileSync(join(folder, 'out/stacks/shop-test-data/cdk.tf.json'), 'utf8')).toBe(written);
  });

  test('fails when a whole stack with data is gone', async () => {
    await lock(before);
    expect((await synth({ 'shop-test': file({ tier: 'fargate', database: undefined, services: {} }) })).stderr).toContain(
      'aws_db_instance.database_primary',
    );
  });

  test('goes on when something new is there, or nothing is locked', async () => {
    expect((await synth(without)).exitCode).toBe(0);
    await lock(without);
    expect((await synth(before)).exitCode).toBe(0);
  });

  test('refuses a lock file that it cannot read, rather than take it for empty', async () => {
    await lock(before);
    writeFileSync(join(locks, 'shop-test.json'), '<<<<<<< ours\n');
    expect(await synth(before)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('is not understood') });
  });
});

describe('a renamed construct', () => {
  const modules = (module: object): Modules => ({ 'shop-data': module });
  const bucket = (name: string) => ({ resource: { aws_s3_bucket: { [name]: {} } } });
  const locked = { 'shop-data': ['aws_s3_bucket.uploads'] };

  test('is refused, and asked whether it is the new one', () => {
    const module = synthModule((stack) => void new S3Bucket(stack, 'files', {}));
    const { gone, added } = compare({ test: ['aws_s3_bucket.uploads'] }, { test: module });
    expect({ gone, added }).toEqual({
      gone: [{ stack: 'test', address: 'aws_s3_bucket.uploads' }],
      added: [{ stack: 'test', address: 'aws_s3_bucket.files' }],
    });
  });

  test('is accepted with a recorded move, over several if need be', () => {
    const module = synthModule((stack) => {
      const files = new S3Bucket(stack, 'files', {});
      recordMove(files, 'uploads');
      recordMove(
        new S3BucketVersioningA(stack, 'files-versions', { bucket: files.id, versioningConfiguration: { status: 'Enabled' } }),
        'versions',
      );
    });
    expect(compare({ test: ['aws_s3_bucket.uploads'] }, { test: module })).toEqual({
      moved: [{ stack: 'test', address: 'aws_s3_bucket.uploads', to: 'aws_s3_bucket.files' }],
      added: [],
      gone: [],
      released: [],
    });
    const moved = [
      { from: 'aws_s3_bucket.uploads', to: 'aws_s3_bucket.papers' },
      { from: '${aws_s3_bucket.papers}', to: '${aws_s3_bucket.files}' },
    ];
    expect(compare(locked, modules({ ...bucket('files'), moved })).gone).toEqual([]);
  });

  test('is refused when the move leads nowhere, or round in a circle', () => {
    const nowhere = [{ from: 'aws_s3_bucket.uploads', to: 'aws_s3_bucket.none' }];
    const circle = [...nowhere, { from: 'aws_s3_bucket.none', to: 'aws_s3_bucket.uploads' }];
    for (const moved of [nowhere, circle]) expect(compare(locked, modules({ ...bucket('files'), moved })).gone).toHaveLength(1);
  });

  test('may let go of what it does not destroy, and only then', () => {
    const removed = (destroy: boolean) => [{ from: 'aws_s3_bucket.uploads', lifecycle: { destroy } }];
    expect(compare(locked, modules({ removed: removed(false) }))).toMatchObject({
      gone: [],
      released: [{ address: 'aws_s3_bucket.uploads' }],
    });
    expect(compare(locked, modules({ removed: removed(true) })).gone).toHaveLength(1);
  });

  test('every move of a stack is written, in the shape that terraform reads', () => {
    const { moved } = synthModule((stack) => {
      recordMove(new S3Bucket(stack, 'one', {}), 'first');
      recordMove(new S3Bucket(stack, 'two', {}), 'second');
    }) as RootModule;
    expect(moved).toEqual([
      { from: 'aws_s3_bucket.first', to: 'aws_s3_bucket.one' },
      { from: 'aws_s3_bucket.second', to: 'aws_s3_bucket.two' },
    ]);
  });
});

describe('the environments of this project', () => {
  const groups = new Map<string, Modules>();
  const written = new Map<string, unknown>();

  beforeAll(async () => {
    const outdir = mkdtempSync(join(tmpdir(), 'terrace-lock-test-'));
    const inspect = (group: string, modules: Modules): void => void groups.set(group, modules);
    const progress = { write: () => undefined };
    await run({
      files: environments,
      selected: Object.keys(environments),
      outdir,
      format: 'json',
      progress,
      removeGone: false,
      inspect,
    });
    for (const stack of readdirSync(join(outdir, 'stacks')))
      written.set(stack, JSON.parse(readFileSync(join(outdir, 'stacks', stack, 'cdk.tf.json'), 'utf8')));
    rmSync(outdir, { recursive: true });
  });

  const committed = lockedGroups(LOCKS);

  test('are locked', () => expect(committed.length).toBeGreaterThan(0));

  test.each(committed)('%s has lost none of its addresses', (group) => {
    const modules = groups.get(group);
    expect(modules).toBeDefined();
    expect(() => refuseLostAddresses(LOCKS)(group, modules!)).not.toThrow();
  });

  test.each(committed)('%s would turn red if any locked construct were renamed', (group) => {
    for (const [stack, addresses] of Object.entries(readLock(LOCKS, group)!)) {
      for (const address of addresses) {
        const [type = '', name = ''] = address.split('.');
        const module = groups.get(group)![stack]!;
        const { [name]: block, ...others } = module.resource![type]!;
        const renamed = { ...module, resource: { ...module.resource, [type]: { ...others, [`${name}-renamed`]: block! } } };
        expect(() => refuseLostAddresses(LOCKS)(group, { ...groups.get(group), [stack]: renamed })).toThrow(RefusedModule);
      }
    }
  });

  test('whatever a protected environment keeps from being destroyed is locked and guarded', () => {
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
    expect([...new Set(kept)].filter((type) => !isKept(type))).toEqual([]);
  });

  test('what is inspected is what is written', () => {
    const inspected = [...groups.values()].flatMap((modules) => Object.entries(modules));
    expect(inspected.length).toBeGreaterThan(0);
    for (const [stack, module] of inspected)
      expect({ stack, module: JSON.parse(JSON.stringify(module)) as unknown }).toEqual({ stack, module: written.get(stack) });
  });
});
