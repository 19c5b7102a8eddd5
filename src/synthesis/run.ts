/** A whole synthesis: environments in, files and a report out. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from 'cdktf';
import { InvalidEnvironment, type ResolvedEmulated, type ResolvedEnvironment } from '../config';
import type { Backend } from '../config/resolved/environment';
import { EmulatedStack } from '../stacks/emulated-stack';
import { addEnvironment } from '../stacks/environment';
import { checkSharedZones } from '../config/rules/between/shared-zones';
import { addBootstrap, stateStores, type StoreInUse } from '../stacks/state-stores';
import { writeCompose } from './write-compose';
import { RefusedModule, type Inspect } from '../terraform/root-module';
import { lockProviders } from './provider-locks';
import { describeFault } from '../cli/fault';
import type { Io } from '../cli/io';
import { loadEnvironments, type EnvironmentFiles, type Refused } from './load';
import { readManifest, removeStacks, writeManifest, type ManifestEntry, type Removal } from './output-folder';
import { Progress } from '../cli/progress';
import { describeEnvironment, type Group } from '../commands/synth/report';
import { synthesise, type Format } from './synthesise';

export interface RunOptions {
  /** Every environment there is: what is not selected keeps its output. */
  readonly files: EnvironmentFiles;
  readonly selected: readonly string[];
  readonly outdir: string;
  readonly format: Format;
  /** Takes the place of every environment's own. */
  readonly backend?: Backend;
  readonly progress: Io['stderr'];
  /** Whether folders of stacks that are gone are removed here; the cdktf CLI does it itself, and fails if they are gone before. */
  readonly removeGone: boolean;
  /** Sees every stack before one of its group is written, and throws when it must not be; emulated ones hold nothing to guard. */
  readonly inspect?: Inspect;
  /** The folder of dependency lock files, which are put beside the stacks. @default none */
  readonly providerLocks?: string;
}

export interface RunOutcome {
  readonly environments: readonly ResolvedEnvironment[];
  readonly emulated: readonly ResolvedEmulated[];
  readonly groups: readonly Group[];
  /** Environments that were refused, or whose synthesis failed: their earlier output is left as it was. */
  readonly failed: readonly Refused[];
  readonly removals: readonly Removal[];
}

/** One app to build. */
interface Task {
  readonly name: string;
  readonly about: string;
  readonly warnings: Group['warnings'];
  readonly build: (app: App) => void;
  /** What else is written once the stacks are; the lines say what and where. */
  readonly after?: (outdir: string) => readonly string[];
  /** An emulator's stacks are thrown away with it. */
  readonly isEmulated?: true;
}

/** Synthesises the selected environments and the state stores they use. */
export async function run({
  files,
  selected,
  outdir,
  format,
  backend,
  progress: sink,
  removeGone,
  inspect,
  providerLocks,
}: RunOptions): Promise<RunOutcome> {
  // All are read, so that a store's stack is the same whichever environments are asked for.
  const all = await loadEnvironments(files, Object.keys(files), backend);
  const environments = all.environments.filter(({ identity }) => selected.includes(identity.environment));
  const emulated = all.emulated.filter(({ identity }) => selected.includes(identity.environment));
  const failed = all.refused.filter(({ name }) => selected.includes(name));
  attempt('shared zones', failed, () => checkSharedZones(all.environments));
  const stores = storesOf(all.environments, environments, failed);
  const tasks = [...environments.map(environmentTask), ...emulated.map(emulatedTask), ...stores.map(storeTask)];
  const earlier = readManifest(outdir);
  const progress = new Progress(sink, tasks.length);
  const groups: Group[] = [];
  const taken = new Set<string>();
  let version = '';
  for (const { name, about, warnings, build, after, isEmulated } of tasks) {
    progress.begin(name);
    try {
      const synthesised = await synthesise(
        outdir,
        format,
        taken,
        (app) => {
          ({ version } = app.manifest);
          build(app);
        },
        isEmulated === true ? undefined : (modules) => inspect?.(name, modules),
      );
      const { written, refused } = synthesised;
      const locks = format === 'json' && providerLocks !== undefined ? lockProviders(providerLocks, outdir, written) : [];
      groups.push({ name, about, warnings, stacks: written, refused, notes: [...(after?.(outdir) ?? []), ...locks] });
    } catch (error) {
      failed.push({ name, report: error instanceof RefusedModule ? error.message : `${name}: ${describeFault(error)}` });
    }
  }
  progress.end();
  if (groups.length === 0) return { environments, emulated, groups, failed, removals: [] };

  const isGone = goneAfter(Object.keys(files), selected, failed, groups);
  const removals = removeGone ? removeStacks(outdir, isGone) : [];
  writeManifest(outdir, version, { ...keptEntries(outdir, earlier, isGone), ...entriesOf(groups) });
  return { environments, emulated, groups, failed, removals };
}

function environmentTask(environment: ResolvedEnvironment): Task {
  return {
    name: environment.identity.environment,
    about: describeEnvironment(environment),
    warnings: environment.warnings,
    build: (app) => addEnvironment(app, environment),
  };
}

function emulatedTask(environment: ResolvedEmulated): Task {
  const { identity, endpoint } = environment;
  return {
    name: identity.environment,
    about: `on this machine, with an emulator at ${endpoint}`,
    warnings: [],
    build: (app) => new EmulatedStack(app, environment),
    after: (outdir) => writeCompose(outdir, environment),
    isEmulated: true,
  };
}

/** The stores of the selected environments; a contradiction between descriptions of stores is a failure of its own. */
function storesOf(
  all: readonly ResolvedEnvironment[],
  selected: readonly ResolvedEnvironment[],
  failed: Refused[],
): readonly StoreInUse[] {
  const stores = attempt('state stores', failed, () => stateStores(all)) ?? [];
  return stores.filter((store) => store.environments.some((environment) => selected.includes(environment)));
}

/** What holds between environments is checked over all of them; a fault there is reported beside those of single ones. */
function attempt<T>(name: string, failed: Refused[], work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    failed.push({ name, report: error instanceof InvalidEnvironment ? error.message : describeFault(error) });
    return undefined;
  }
}

function storeTask(store: StoreInUse): Task {
  return {
    name: `${store.store.name}-bootstrap`,
    about: `the state store of ${store.environments.map(({ identity }) => identity.environment).join(', ')}; deployed once, before them`,
    warnings: [],
    build: (app) => addBootstrap(app, store),
  };
}

/**
 * Tells which stacks of earlier runs are gone.
 *
 * A stack belongs to the environment whose name, as the longest, begins its id. After a run over everything, what belongs
 * to nobody is gone too; after a restricted or failed one nobody knows, so it stays.
 */
function goneAfter(names: readonly string[], selected: readonly string[], failed: readonly Refused[], groups: readonly Group[]) {
  const there = new Set(groups.flatMap(({ stacks, refused }) => [...stacks, ...refused].map(({ id }) => id)));
  const unknown = new Set(failed.map(({ name }) => name));
  const complete = selected.length === names.length && failed.length === 0;
  const known = new Set(selected);
  return (id: string): boolean => {
    if (there.has(id)) return false;
    const owner = names.filter((name) => id.startsWith(`${name}-`)).sort((a, b) => b.length - a.length)[0];
    return owner === undefined ? complete : known.has(owner) && !unknown.has(owner);
  };
}

/** What the manifest said of stacks that this run has not touched, as long as their modules are there. */
function keptEntries(outdir: string, earlier: Readonly<Record<string, ManifestEntry>>, isGone: (id: string) => boolean) {
  const kept = Object.entries(earlier).filter(
    ([id, { synthesizedStackPath }]) => !isGone(id) && existsSync(join(outdir, synthesizedStackPath)),
  );
  return Object.fromEntries(kept);
}

function entriesOf(groups: readonly Group[]): Record<string, ManifestEntry> {
  return Object.fromEntries(groups.flatMap(({ stacks }) => stacks.map(({ id, manifest }) => [id, manifest] as const)));
}
