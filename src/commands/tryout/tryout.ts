/** The try-out of one environment: synthesise, apply in order, plan again, destroy in reverse order, clean up. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandContext } from '../../cli/command';
import { CommandError, Unavailable } from '../../cli/errors';
import { selectNames } from '../../cli/select';
import { kindOf } from '../../contracts/stack-kinds';
import { run as synthesise } from '../../synthesis/run';
import { stackFolder } from '../../synthesis/output-folder';
import { providerOf, requiredProviders, resourcesOf, type RequiredProviders, type RootModule } from '../../terraform/root-module';
import { firstError } from '../../terraform/runner/errors';
import { pluginsOf } from '../../terraform/runner/terraform';
import { whyNoTerraform } from '../../terraform/runner/version';
import { applyStack, type Applied } from './attempt';
import { runningEmulator, startMoto, type Emulator } from './emulator';
import { EMULATORS, type EmulatorFacts } from './known-gaps';
import type { ProviderVersions } from './override';
import { PREREQUISITES, prerequisitesOf } from './prerequisites';
import { readSchemas, type Schemas } from './prune';
import { isExplained, renderReport, type TryoutReport } from './report';
import type { StackResult } from './stack-result';
import { destroy, isolatedTerraform } from './terraform';
import { prepareWorkCopy, readStack, writeModule, type Differences } from './work-copy';

export interface TryoutOptions {
  /** A running emulator. @default moto, installed and started */
  readonly endpoint?: string;
  /** The emulator at `endpoint`, whose gaps are known. */
  readonly emulator?: keyof typeof EMULATORS;
  readonly providerVersion: ProviderVersions;
}

/** One run, and where it keeps its files. */
interface Run extends TryoutOptions {
  readonly context: CommandContext;
  readonly environment: string;
  readonly signal: AbortSignal;
  /** Removed afterwards. */
  readonly work: string;
}

/**
 * @returns 0 when every difference from AWS is a known gap of the emulator, 1 otherwise
 * @throws Unavailable when something that is needed is missing on this machine
 */
export async function tryEnvironment(context: CommandContext, name: string, options: TryoutOptions): Promise<0 | 1> {
  const [environment = name] = selectNames(Object.keys(context.files), [name]);
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupt);
  const work = mkdtempSync(join(tmpdir(), 'terrace-tryout-'));
  try {
    const report = await tryOut({ ...options, context, environment, signal: interrupted.signal, work });
    context.io.stdout.write(`${renderReport(report)}\n`);
    return isExplained(report) ? 0 : 1;
  } finally {
    rmSync(work, { recursive: true, force: true });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt);
  }
}

async function tryOut(run: Run): Promise<TryoutReport> {
  const { context, signal } = run;
  const missing = await whyNoTerraform({ env: context.io.env, signal });
  if (missing !== undefined) throw new Unavailable(missing);
  const stacks = await synthesisedStacks(run);
  const schemas = await checkProviders(run, stacks);
  const emulator = await startEmulator(run);
  try {
    return await new Tryout(run, stacks, emulator.url, schemas).run();
  } finally {
    await emulator.stop();
  }
}

const outputOf = ({ work }: Run): string => join(work, 'cdktf.out');

/** The stacks of the environment, and of a shared zone that it has names in, in deploy order, each with its state in a file of the work folder. */
async function synthesisedStacks(run: Run): Promise<readonly string[]> {
  const { groups, failed } = await synthesise({
    files: run.context.files,
    selected: [run.environment],
    outdir: outputOf(run),
    format: 'json',
    backend: { kind: 'local' },
    progress: { write: () => undefined },
    keepEarlier: false,
  });
  const own = groups.find(({ name }) => name === run.environment)?.stacks ?? [];
  const stacks = own.length === 0 ? [] : own.map(({ id }) => id);
  // A shared zone is around its environment, unless its names lead to another one.
  for (const { id, manifest } of groups.flatMap((group) => group.stacks)) {
    if (kindOf(id) === 'zone' && own.some((stack) => stack.manifest.dependencies.includes(id))) stacks.unshift(id);
    if (kindOf(id) === 'names' && manifest.dependencies.every((one) => stacks.includes(one))) stacks.push(id);
  }
  // Problems of other environments do not matter here.
  if (stacks.length === 0) throw new CommandError(failed.map(({ report }) => report).join('\n'));
  return stacks;
}

function startEmulator({ endpoint, signal, context: { io } }: Run): Promise<Emulator> {
  if (endpoint !== undefined) return runningEmulator(endpoint);
  const home = join('.terrace', 'tryout');
  return startMoto({ home, signal, env: io.env, progress: (text) => void io.stderr.write(`${text}\n`) });
}

function terraformFor({ work, signal, context: { io } }: Run, endpoint: string) {
  return isolatedTerraform(endpoint, work, { env: io.env, signal, plugins: pluginsOf(io.env) });
}

/** @returns the providers' schemas, when other versions than the pinned ones are used */
async function checkProviders(run: Run, stacks: readonly string[]): Promise<Schemas | undefined> {
  const { work, providerVersion } = run;
  const pinned = emulatedProviders(stacks.map((id) => readStack(stackFolder(outputOf(run), id))));
  const required = Object.fromEntries(
    Object.entries(pinned).map(([name, pin]) => [name, { ...pin, version: providerVersion[name] ?? pin.version }]),
  );
  const folder = join(work, 'providers');
  const terraform = terraformFor(run, 'http://127.0.0.1:9');
  const unavailable = await terraform.whyNoProviders(folder, required);
  if (unavailable !== undefined) throw new Unavailable(unavailable);
  if (Object.keys(providerVersion).length === 0) return undefined;
  const { code, stdout, stderr } = await terraform.run(folder, 'providers', 'schema', '-json');
  if (code !== 0) throw new Unavailable(`the providers do not start: ${firstError(stderr)}`);
  return readSchemas(stdout);
}

/** The providers that an emulator replaces; the others are left out with their resources. */
function emulatedProviders(modules: readonly RootModule[]): RequiredProviders {
  return Object.fromEntries(Object.entries(requiredProviders(...modules)).filter(([name]) => providerOf(name) === 'aws'));
}

/** One run over prepared stacks. */
class Tryout {
  private readonly terraform;
  private readonly facts: EmulatorFacts | undefined;
  private readonly started = Date.now();

  constructor(
    private readonly options: Run,
    private readonly stacks: readonly string[],
    private readonly url: string,
    private readonly schemas: Schemas | undefined,
  ) {
    this.terraform = terraformFor(options, url);
    const known = options.endpoint === undefined ? 'moto' : options.emulator;
    this.facts = known === undefined ? undefined : EMULATORS[known];
  }

  public async run(): Promise<TryoutReport> {
    const { environment, providerVersion, signal } = this.options;
    const synthesised = this.stacks.map((id) => readStack(this.folder(id)));
    const differences = this.stacks.map((id) => this.prepare(id));
    const prerequisites = await this.createPrerequisites(differences.map(({ module }) => module));
    const applied: Applied[] = [];
    for (const id of this.stacks) applied.push(await this.applyOne(id));
    const remaining = await this.destroyAll(applied);
    if (prerequisites) await destroy(this.terraform, this.folder(PREREQUISITES));
    if (signal.aborted) throw new CommandError('interrupted; everything that was started has been stopped');
    return {
      environment,
      emulator: this.facts === undefined ? `the emulator at ${this.url}` : `${this.facts.name} ${this.facts.version}`,
      facts: this.facts,
      substitutions: substitutions(synthesised, providerVersion),
      results: this.stacks.map((id, index): StackResult => ({
        id,
        resources: resourcesOf(synthesised[index] ?? {}).length,
        ...(differences[index] as Differences),
        ...(applied[index] as Applied),
        ...(remaining.get(id) ?? { stayed: [], destroyFaults: [] }),
      })),
    };
  }

  private folder(id: string): string {
    return stackFolder(outputOf(this.options), id);
  }

  private prepare(id: string): Differences {
    const { providerVersion: versions } = this.options;
    return prepareWorkCopy(this.folder(id), { endpoint: this.url, emulator: this.facts, versions, schemas: this.schemas });
  }

  private async createPrerequisites(modules: readonly RootModule[]): Promise<boolean> {
    const module = prerequisitesOf(modules);
    if (module === undefined) return false;
    this.report('creating what the stacks look up');
    writeModule(this.folder(PREREQUISITES), module, this.url, this.options.providerVersion);
    const { notTried, faults } = await applyStack(this.terraform, this.folder(PREREQUISITES), false);
    const problems = [...(notTried === undefined ? [] : [notTried]), ...faults.map(({ message }) => message)];
    if (problems.length > 0) throw new CommandError(`what the stacks look up cannot be created: ${problems.join('; ')}`);
    return true;
  }

  private async applyOne(id: string): Promise<Applied> {
    this.report(`applying ${id}`);
    return applyStack(this.terraform, this.folder(id));
  }

  private async destroyAll(
    applied: readonly Applied[],
  ): Promise<ReadonlyMap<string, Pick<StackResult, 'stayed' | 'destroyFaults'>>> {
    const results = new Map<string, Pick<StackResult, 'stayed' | 'destroyFaults'>>();
    for (const [index, id] of [...this.stacks.entries()].reverse()) {
      const created = applied[index]?.created ?? [];
      if (created.length === 0) continue;
      this.report(`destroying ${id}`);
      const { destroyed, faults } = await destroy(this.terraform, this.folder(id));
      results.set(id, { stayed: created.filter((address) => !destroyed.includes(address)), destroyFaults: faults });
    }
    return results;
  }

  /** With minutes and seconds since the start, because an emulator can be slow. */
  private report(text: string): void {
    const seconds = Math.round((Date.now() - this.started) / 1000);
    const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
    this.options.context.io.stderr.write(`${String(minutes).padStart(2)}:${String(rest).padStart(2, '0')}  ${text}\n`);
  }
}

function substitutions(modules: readonly RootModule[], versions: ProviderVersions): readonly string[] {
  const pinned = emulatedProviders(modules);
  return Object.entries(versions).map(
    ([name, version]) => `the provider ${name} ${version} instead of ${String(pinned[name]?.version)}`,
  );
}
