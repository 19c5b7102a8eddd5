/** A group that was kept is written as if it were built, and only while nothing that it depends on has changed. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnvironmentFiles } from '../../src/cli/command';
import { inspectedFiles, inspectModules } from '../../src/checks/inspect';
import { writeLock } from '../../src/checks/address-lock/lock-file';
import type { EnvironmentInput } from '../../src/config';
import { assessCost } from '../../src/cost/assess';
import { SynthesisCache, type CacheOptions } from '../../src/synthesis/cache';
import { run, type RunOptions, type RunOutcome } from '../../src/synthesis/run';
import { exampleFile, SMALL } from '../support/command';
import { example } from '../support/example';
import { extendedFiles, search } from '../support/extended';
import { EVERYTHING } from '../support/shop';

let work: string;
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'terrace-cache-'));
  mkdirSync(join(work, 'locks'));
});
afterEach(() => rmSync(work, { recursive: true }));

const entries = (): readonly string[] => (existsSync(join(work, 'cache')) ? readdirSync(join(work, 'cache')).sort() : []);

function cacheOf(options: Partial<CacheOptions> = {}): SynthesisCache {
  const filesOf = (group: string): readonly string[] => inspectedFiles(group, join(work, 'locks'));
  return new SynthesisCache({ folder: join(work, 'cache'), program: 'one', filesOf, ...options });
}

/** A run into a folder of its own, and which groups it judged, which are those that it built. */
async function runWith(
  files: EnvironmentFiles,
  options: Partial<RunOptions> = {},
): Promise<RunOutcome & { readonly built: readonly string[]; readonly outdir: string }> {
  const built: string[] = [];
  const outdir = mkdtempSync(join(work, 'out-'));
  const outcome = await run({
    files,
    selected: Object.keys(files),
    outdir,
    format: 'json',
    progress: { write: () => undefined },
    keepEarlier: true,
    inspect: inspectModules(join(work, 'locks')),
    assess: (group) => {
      built.push(group.name);
      return assessCost(group);
    },
    cache: cacheOf(),
    ...options,
  });
  return { ...outcome, built, outdir };
}

/** Every file below a folder. */
function contentsOf(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), 'base64')]));
}

/** Notes name the output folder. */
const reported = ({ groups, outdir }: Awaited<ReturnType<typeof runWith>>): unknown =>
  JSON.parse(JSON.stringify(groups).replaceAll(outdir, 'out'));

/** Few resources: most tests synthesise one several times. */
const small = (changes: Partial<EnvironmentInput>): EnvironmentFiles[string] => exampleFile({ ...SMALL, ...changes });

const DEV = { 'shop-dev': small({ name: 'shop-dev' }) };

it('has the same files and the same report at each build, byte by byte, and as kept: everything listed, and every tier', async () => {
  const uncached = await runWith(EVERYTHING, { cache: undefined });
  const first = await runWith(EVERYTHING);
  const second = await runWith(EVERYTHING);
  expect(uncached.failed).toEqual([]);
  expect(first.built).toEqual(uncached.built);
  expect(second.built).toEqual([]);
  const files = contentsOf(uncached.outdir);
  expect(Object.keys(files).length).toBeGreaterThan(readdirSync(join(uncached.outdir, 'stacks')).length);
  for (const cached of [first, second]) {
    expect(contentsOf(cached.outdir)).toEqual(files);
    expect(reported(cached)).toEqual(reported(uncached));
  }
  expect(Object.keys(files).some((file) => file.includes('custom-resources_chart'))).toBe(true);
}, 240_000);

describe('a group is built again', () => {
  beforeEach(async () => void (await runWith(DEV)));

  const builtAgain = async (files: EnvironmentFiles = DEV, options: Partial<RunOptions> = {}): Promise<boolean> =>
    (await runWith(files, options)).built.includes('shop-dev');

  it('not while nothing has changed', async () => expect(await builtAgain()).toBe(false));

  it('when its description has changed', async () =>
    expect(await builtAgain({ 'shop-dev': small({ name: 'shop-dev', tags: { team: 'web' } }) })).toBe(true));

  it('when its backend is replaced', async () => {
    const backend = { kind: 's3', store: { name: 'shop', region: 'eu-west-1', bucket: 'shop-terraform-state' } } as const;
    const stored = { 'shop-dev': small({ name: 'shop-dev', backend }) };
    await runWith(stored);
    expect(await builtAgain(stored)).toBe(false);
    expect(await builtAgain(stored, { backend: { kind: 'local' } })).toBe(true);
  });

  it('by another program', async () => expect(await builtAgain(DEV, { cache: cacheOf({ program: 'two' }) })).toBe(true));

  it('when its address lock has changed', async () => {
    writeLock(join(work, 'locks'), 'shop-dev', {});
    expect(await builtAgain()).toBe(true);
  });

  it('not when the lock of another has changed', async () => {
    writeLock(join(work, 'locks'), 'shop-prod', {});
    expect(await builtAgain()).toBe(false);
  });

  it('when a file that its checks read has changed, and not when it is written again', async () => {
    const file = join(work, 'exceptions.yaml');
    const cache = (): SynthesisCache => cacheOf({ filesOf: () => [file] });
    const builds = async (): Promise<boolean> => builtAgain(DEV, { cache: cache() });
    expect(await builds()).toBe(true);
    for (const text of ['exceptions: []', 'exceptions:']) {
      writeFileSync(file, text);
      expect(await builds()).toBe(true);
      writeFileSync(file, text);
      expect(await builds()).toBe(false);
    }
  });

  it('when the context of cdktf has changed', async () => {
    process.env.CDKTF_CONTEXT_JSON = '{"excludeStackIdFromLogicalIds":"true"}';
    try {
      expect(await builtAgain()).toBe(true);
    } finally {
      Reflect.deleteProperty(process.env, 'CDKTF_CONTEXT_JSON');
    }
  });

  it('when its entry is damaged, cut off, or that of another key, and then has a good entry again', async () => {
    const [name = ''] = entries();
    const file = join(work, 'cache', name);
    const good = readFileSync(file);
    const changed = Buffer.from(good);
    changed[good.length - 10] = (changed[good.length - 10] ?? 0) ^ 1;
    for (const damaged of [changed, good.subarray(0, good.length - 1), Buffer.alloc(0)]) {
      writeFileSync(file, damaged);
      expect(await builtAgain()).toBe(true);
      expect(readFileSync(file).equals(good)).toBe(true);
    }
    const prod = { 'shop-prod': small({ name: 'shop-prod' }) };
    await runWith(prod);
    const other = entries().find((entry) => entry !== name) ?? '';
    cpSync(join(work, 'cache', other), file);
    expect(await builtAgain()).toBe(true);
  });
});

it('judges a group that was refused every time, and keeps nothing of it', async () => {
  writeLock(join(work, 'locks'), 'shop-dev', { 'shop-dev-network': ['aws_vpc.lost'] });
  for (const { failed, outdir } of [await runWith(DEV), await runWith(DEV)]) {
    expect(failed.map(({ report }) => report).join()).toContain('aws_vpc.lost');
    expect(existsSync(join(outdir, 'stacks', 'shop-dev-network'))).toBe(false);
  }
  expect(entries().length).toBe(0);
});

it('refuses after a lock what it had kept before', async () => {
  await runWith(DEV);
  writeLock(join(work, 'locks'), 'shop-dev', { 'shop-dev-network': ['aws_vpc.lost'] });
  expect((await runWith(DEV)).failed).toHaveLength(1);
});

it('builds an environment with hooks every time: what they read is not known', async () => {
  const files = extendedFiles(example(), search);
  expect((await runWith(files)).failed).toEqual([]);
  const { built } = await runWith(files);
  expect(built).toContain(Object.keys(files)[0]);
});

it('builds HCL every time', async () => {
  await runWith(DEV);
  expect((await runWith(DEV, { format: 'hcl' })).built).toContain('shop-dev');
});

it('works without a folder that it can write', async () => {
  writeFileSync(join(work, 'cache'), 'no folder');
  expect((await runWith(DEV)).failed).toEqual([]);
  expect((await runWith(DEV)).built).toContain('shop-dev');
});

it('keeps what was used last within its limit, and nothing of other programs', async () => {
  await runWith(DEV, { cache: cacheOf({ program: 'two' }) });
  await runWith(DEV);
  const [used = ''] = entries();
  const size = statSync(join(work, 'cache', used)).size;
  expect(entries()).toHaveLength(1);
  utimesSync(join(work, 'cache', used), 1, 1);
  const prod = { 'shop-prod': small({ name: 'shop-prod' }) };
  await runWith(prod, { cache: cacheOf({ limitBytes: size * 1.5 }) });
  expect(entries()).toHaveLength(1);
  expect(entries()).not.toContain(used);
});

describe('further processes', () => {
  const ONE = { 'shop-dev': small({ name: 'shop-dev' }) };
  const OTHER = { 'shop-test': small({ name: 'shop-test' }) };

  async function runBeside(files: EnvironmentFiles, ended: (group: string) => Promise<void>) {
    const calls: string[] = [];
    const outcome = await runWith(files, {
      further: (names) => {
        calls.push(`asked for ${names.join()}`);
        return {
          ended: async (group) => {
            calls.push(`waited for ${group}`);
            await ended(group);
          },
          stop: () => void calls.push('stopped'),
        };
      },
    });
    return { ...outcome, calls };
  }

  it('are asked for the environments that are not kept, waited for, and stopped', async () => {
    await runWith(ONE);
    const { calls, built } = await runBeside({ ...ONE, ...OTHER }, () => Promise.resolve());
    const environments = calls.filter((call) => !call.includes('zone-'));
    expect(environments).toEqual(['asked for shop-test', 'waited for shop-dev', 'waited for shop-test', 'stopped']);
    // None was built by the other process: it is built here.
    expect(built).toContain('shop-test');
    expect(built).not.toContain('shop-dev');
  });

  it('take over what they have built by the time that it is written', async () => {
    const { built, failed } = await runBeside({ ...ONE, ...OTHER }, async (group) => {
      if (group === 'shop-test') await runWith(OTHER);
    });
    expect(failed).toEqual([]);
    expect(built).toContain('shop-dev');
    expect(built).not.toContain('shop-test');
  });

  it('are stopped when the run ends with an error', async () => {
    const calls: string[] = [];
    const further = () => ({ ended: () => Promise.resolve(), stop: () => void calls.push('stopped') });
    const progress = {
      write: () => {
        throw new Error('closed');
      },
    };
    await expect(runWith(DEV, { further, progress })).rejects.toThrow('closed');
    expect(calls).toEqual(['stopped']);
  });
});
