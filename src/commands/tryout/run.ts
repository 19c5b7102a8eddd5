/** The whole try-out of one environment: synthesise, apply in order, plan again, destroy in the opposite order, tidy up. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { firstError } from '../../terraform/runner/errors';
import { whyNoTerraform } from '../../terraform/runner/version';
import { CommandError } from '../../cli/command-error';
import type { Io } from '../../cli/io';
import type { EnvironmentFiles } from '../../synthesis/load';
import { run as synthesise } from '../../synthesis/run';
import { applyStack, type Applied } from './attempt';
import { givenEmulator, startMoto, type Emulator } from './emulator';
import { EMULATORS, type EmulatorFacts } from './known-gaps';
import { providerOf, resourceCount, type RootModule } from './module-json';
import type { ProviderVersions } from './override';
import { PREREQUISITES, prerequisitesOf } from './prerequisites';
import { readSchemas, type Schemas } from './prune';
import { isExplained, renderReport, type TryoutReport } from './report';
import type { StackResult } from './stack-result';
import { Terraform } from './terraform';
import { Unavailable } from './unavailable';
import { prepareWorkCopy, readModule, writeModule, type Differences } from './work-copy';

export interface TryoutOptions {
  readonly files: EnvironmentFiles;
  readonly environment: string;
  /** An emulator that is already there. @default moto, installed and started here */
  readonly endpoint?: string;
  /** Whose gaps are known: the name of the emulator at `endpoint`. */
  readonly emulator?: keyof typeof EMULATORS;
  readonly versions: ProviderVersions;
  readonly io: Io;
  readonly signal: AbortSignal;
  /** Where the emulator's installation is kept. */
  readonly home: string;
  /** Where fetched providers are kept. */
  readonly pluginCache: string;
}

/**
 * @returns whether everything that went otherwise than on AWS is a known gap of the emulator
 * @throws Unavailable when something needed cannot be had here
 */
export async function tryOut(options: TryoutOptions): Promise<boolean> {
  const { io, signal } = options;
  const missing = await whyNoTerraform({ env: io.env, signal });
  if (missing !== undefined) throw new Unavailable(missing);
  const work = mkdtempSync(join(tmpdir(), 'terrace-tryout-'));
  let emulator: Emulator | undefined;
  try {
    const stacks = await synthesiseInto(work, options);
    const schemas = await checkProviders(work, stacks, options);
    emulator = await emulatorFor(options);
    const report = await new Tryout(work, stacks, emulator.url, schemas, options).run();
    io.stdout.write(`${renderReport(report)}\n`);
    return isExplained(report);
  } finally {
    await emulator?.stop();
    rmSync(work, { recursive: true, force: true });
  }
}

const stacksFolder = (work: string): string => join(work, 'cdktf.out', 'stacks');

/** The environment's stacks in deploy order, each with its state in a file of the work folder. */
async function synthesiseInto(work: string, { files, environment }: TryoutOptions): Promise<readonly string[]> {
  const { groups, failed } = await synthesise({
    files,
    selected: [environment],
    outdir: join(work, 'cdktf.out'),
    format: 'json',
    backend: { kind: 'local' },
    progress: { write: () => undefined },
    removeGone: false,
  });
  const stacks = groups.filter(({ name }) => name === environment).flatMap((group) => group.stacks.map(({ id }) => id));
  // What is wrong with other environments does not matter here.
  if (stacks.length === 0) throw new CommandError(failed.map(({ report }) => report).join('\n'));
  return stacks;
}

function emulatorFor({ endpoint, home, signal, io }: TryoutOptions): Promise<Emulator> {
  if (endpoint !== undefined) return givenEmulator(endpoint);
  return startMoto({ home, signal, env: io.env, tell: (text) => void io.stderr.write(`${text}\n`) });
}

/**
 * Asks terraform for the providers alone, so that a fault of a stack cannot look like a missing network.
 * @returns their schemas, when other versions than the pinned ones are used
 */
async function checkProviders(work: string, stacks: readonly string[], options: TryoutOptions): Promise<Schemas | undefined> {
  const pinned = requiredProviders(stacks.map((id) => readModule(join(stacksFolder(work), id))));
  const required = Object.fromEntries(
    Object.entries(pinned).map(([name, pin]) => [name, { ...pin, version: options.versions[name] ?? pin.version }]),
  );
  const folder = join(work, 'providers');
  mkdirSync(folder);
  writeFileSync(join(folder, 'main.tf.json'), JSON.stringify({ terraform: { required_providers: required } }));
  const terraform = terraformFor(work, 'http://127.0.0.1:9', options);
  const init = await terraform.init(folder);
  if (init.code !== 0) throw new Unavailable(`the providers cannot be had here: ${firstError(init.stderr)}`);
  if (Object.keys(options.versions).length === 0) return undefined;
  const { code, stdout, stderr } = await terraform.schemas(folder);
  if (code !== 0) throw new Unavailable(`the providers do not start here: ${firstError(stderr)}`);
  return readSchemas(stdout);
}

/** Of the providers that an emulator stands for; the others are left out with what needs them. */
function requiredProviders(modules: readonly RootModule[]): Readonly<Record<string, { readonly version?: unknown }>> {
  const all = modules.flatMap(({ terraform }) => Object.entries(terraform.required_providers ?? {}));
  return Object.fromEntries(all.filter(([name]) => providerOf(name) === 'aws'));
}

function terraformFor(work: string, endpoint: string, { io, signal, pluginCache }: TryoutOptions): Terraform {
  mkdirSync(pluginCache, { recursive: true });
  return new Terraform({
    endpoint,
    scratch: work,
    pluginCache: resolve(io.env.TF_PLUGIN_CACHE_DIR ?? pluginCache),
    pluginDir: io.env.TERRACE_PLUGIN_DIR,
    signal,
    env: io.env,
  });
}

/** One run over prepared stacks. */
class Tryout {
  private readonly terraform: Terraform;
  private readonly facts: EmulatorFacts | undefined;
  private readonly started = Date.now();

  constructor(
    private readonly work: string,
    private readonly stacks: readonly string[],
    private readonly url: string,
    private readonly schemas: Schemas | undefined,
    private readonly options: TryoutOptions,
  ) {
    this.terraform = terraformFor(work, url, options);
    const known = options.endpoint === undefined ? 'moto' : options.emulator;
    this.facts = known === undefined ? undefined : EMULATORS[known];
  }

  public async run(): Promise<TryoutReport> {
    const { environment, versions } = this.options;
    const synthesised = this.stacks.map((id) => readModule(this.folder(id)));
    const differences = this.stacks.map((id) => this.prepare(id));
    const prerequisites = await this.makePrerequisites(differences.map(({ module }) => module));
    const applied: Applied[] = [];
    for (const id of this.stacks) applied.push(await this.up(id));
    const stayed = await this.downAll(applied);
    if (prerequisites) await this.terraform.destroy(this.folder(PREREQUISITES));
    if (this.options.signal.aborted) throw new CommandError('interrupted; everything that was started is stopped');
    return {
      environment,
      emulator: this.facts === undefined ? `the emulator at ${this.url}` : `${this.facts.name} ${this.facts.version}`,
      facts: this.facts,
      substitutions: substitutions(synthesised, versions),
      results: this.stacks.map((id, index): StackResult => ({
        id,
        resources: resourceCount(synthesised[index] as RootModule),
        ...(differences[index] as Differences),
        ...(applied[index] as Applied),
        ...(stayed.get(id) ?? { stayed: [], destroyFaults: [] }),
      })),
    };
  }

  private folder(id: string): string {
    return join(stacksFolder(this.work), id);
  }

  private prepare(id: string): Differences {
    const { versions } = this.options;
    return prepareWorkCopy(this.folder(id), { endpoint: this.url, emulator: this.facts, versions, schemas: this.schemas });
  }

  private async makePrerequisites(modules: readonly RootModule[]): Promise<boolean> {
    const module = prerequisitesOf(modules);
    if (module === undefined) return false;
    this.tell('making what the stacks look up');
    writeModule(this.folder(PREREQUISITES), module, this.url, this.options.versions);
    const { notTried, faults } = await applyStack(this.terraform, this.folder(PREREQUISITES), false);
    const problems = [...(notTried === undefined ? [] : [notTried]), ...faults.map(({ message }) => message)];
    if (problems.length > 0) throw new CommandError(`what the stacks look up cannot be made: ${problems.join('; ')}`);
    return true;
  }

  private async up(id: string): Promise<Applied> {
    this.tell(`applying ${id}`);
    return applyStack(this.terraform, this.folder(id));
  }

  private async downAll(
    applied: readonly Applied[],
  ): Promise<ReadonlyMap<string, Pick<StackResult, 'stayed' | 'destroyFaults'>>> {
    const results = new Map<string, Pick<StackResult, 'stayed' | 'destroyFaults'>>();
    for (const [index, id] of [...this.stacks.entries()].reverse()) {
      const created = applied[index]?.created ?? [];
      if (created.length === 0) continue;
      this.tell(`destroying ${id}`);
      const { destroyed, faults } = await this.terraform.destroy(this.folder(id));
      results.set(id, { stayed: created.filter((address) => !destroyed.includes(address)), destroyFaults: faults });
    }
    return results;
  }

  /** Minutes and seconds since the start, because an emulator can be slow. */
  private tell(text: string): void {
    const seconds = Math.round((Date.now() - this.started) / 1000);
    this.options.io.stderr.write(
      `${String(Math.floor(seconds / 60)).padStart(2)}:${String(seconds % 60).padStart(2, '0')}  ${text}\n`,
    );
  }
}

function substitutions(modules: readonly RootModule[], versions: ProviderVersions): readonly string[] {
  const pinned = requiredProviders(modules);
  return Object.entries(versions).map(
    ([name, version]) => `the provider ${name} ${version} instead of ${String(pinned[name]?.version)}`,
  );
}
