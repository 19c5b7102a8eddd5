/** A whole synthesis: environments in, files and a report out. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EnvironmentFiles } from '../cli/command';
import { describeFault } from '../cli/errors';
import type { TextSink } from '../cli/io';
import { Progress } from '../cli/progress';
import type { ResolvedEmulated, ResolvedEnvironment, ZoneInUse } from '../config';
import type { Backend } from '../config/resolved/environment';
import { RefusedModule, tierChoiceOf, type Inspect, type Modules } from '../terraform/root-module';
import type { SynthesisCache } from './cache';
import type { FurtherProcesses } from './further-processes';
import { keyOfTask, synthesiseGroup, type Assessed } from './group';
import { loadEnvironments } from './load';
import { prepareOutput, refuseUnwritable } from './output-beside';
import { readManifest, removeStacks, writeManifest, type ManifestEntry, type Removal } from './output-folder';
import { copyProviderLocks } from './provider-locks';
import type { Refused } from './refusals';
import { tasksOf, type Task } from './tasks';
import type { Format, RefusedStack, WrittenStack } from './written';

export interface RunOptions {
  /** Every environment: the output of those that are not selected is kept. */
  readonly files: EnvironmentFiles;
  readonly selected: readonly string[];
  readonly outdir: string;
  readonly format: Format;
  /** Replaces the backend of every environment. */
  readonly backend?: Backend;
  readonly progress: TextSink;
  /**
   * Whether manifest and folders keep the earlier output of what this run does not write, and lose that of stacks which no longer
   * exist. For the cdktf CLI, which deploys what the manifest lists, the manifest lists what this run wrote; the CLI removes other
   * folders itself, and fails without them.
   */
  readonly keepEarlier: boolean;
  /** Receives the modules of each group before one is written. Emulated stacks hold nothing to protect and are not inspected. */
  readonly inspect?: Inspect;
  /**
   * Judges each group before it is written, and says more about it. @throws RefusedModule when it must not be written
   * @default says nothing
   */
  readonly assess?: (group: SynthesisedGroup) => Assessed;
  /**
   * Groups of earlier runs, which are neither built nor judged again. What `inspect` reads has to be among the files of the cache,
   * and `assess` may depend on nothing but its argument.
   * @default every group is built
   */
  readonly cache?: SynthesisCache;
  /**
   * Starts what builds a part of the environments into the cache, given the names of those that are not there.
   * @default this process builds all of them
   */
  readonly further?: (names: readonly string[]) => FurtherProcesses | undefined;
  /** The folder of dependency lock files, which are copied next to the stacks. @default none */
  readonly providerLocks?: string;
}

/** The modules of an environment, a state store or a shared zone, before they are written. */
export interface SynthesisedGroup extends Pick<Task, 'name' | 'acceptedTexts' | 'cloudflarePlan'> {
  readonly modules: Modules;
  /** Left out for a state store and a shared zone. */
  readonly environment?: ResolvedEnvironment;
}

/** An environment, a state store or a shared zone, with what was written for it. */
export interface Group extends Pick<Task, 'name' | 'about' | 'warnings'> {
  readonly stacks: readonly WrittenStack[];
  readonly refused: readonly RefusedStack[];
  /** What else was written, and where. */
  readonly notes: readonly string[];
  /** The last line of its report. */
  readonly summary?: string;
}

export interface RunOutcome {
  readonly environments: readonly ResolvedEnvironment[];
  readonly emulated: readonly ResolvedEmulated[];
  readonly zones: readonly ZoneInUse[];
  readonly groups: readonly Group[];
  /** Environments that were refused, or whose synthesis failed: their earlier output is unchanged. */
  readonly failed: readonly Refused[];
  readonly removals: readonly Removal[];
}

/** Synthesises the selected environments, and the state stores and shared zones they use. */
export async function run(options: RunOptions): Promise<RunOutcome> {
  const { files, selected, outdir, format, backend, keepEarlier, inspect, assess, providerLocks } = options;
  // Kept as JSON only: HCL is read back by a parser that is no part of the program.
  const cache = format === 'json' ? options.cache : undefined;
  const loaded = await loadEnvironments(files, { selected, backend });
  const { environments, emulated, zones } = loaded;
  const tasks = tasksOf(loaded);
  const failed: Refused[] = [...loaded.refused];
  prepareOutput(outdir);
  const earlier = readManifest(outdir);
  const progress = new Progress(options.progress, tasks.length);
  const groups: Group[] = [];
  const taken = new Set<string>();
  let version = '';
  const keys = new Map(tasks.map((task) => [task, cache && keyOfTask(cache, task)]));
  const further = cache && options.further?.(unbuilt(cache, keys));
  try {
    for (const task of tasks) {
      const { name, about, warnings, after } = task;
      progress.begin(name);
      try {
        await further?.ended(name);
        const key = keys.get(task);
        const kept = cache && key !== undefined ? { cache, key } : undefined;
        const group = await synthesiseGroup(task, { outdir, format, taken, kept, judge: (modules) => judge(task, modules) });
        const { written, refused } = group;
        ({ version } = group);
        const locks = format === 'json' && providerLocks !== undefined ? copyProviderLocks(providerLocks, outdir, written) : [];
        groups.push({
          name,
          about,
          warnings: [...warnings, ...group.warnings],
          stacks: written,
          refused,
          notes: [...(after?.(outdir) ?? []), ...locks],
          summary: group.summary,
        });
      } catch (error) {
        refuseUnwritable(outdir, error);
        failed.push({ name, report: error instanceof RefusedModule ? error.message : `${name}: ${describeFault(error)}` });
      }
    }
  } finally {
    further?.stop();
  }
  cache?.prune();
  progress.end();
  if (groups.length === 0) return { environments, emulated, zones, groups, failed, removals: [] };

  const isGone = goneAfter(Object.keys(files), selected, failed, groups);
  const kept = keepEarlier ? keptEntries(outdir, earlier, isGone) : {};
  writeManifest(outdir, version, { ...kept, ...entriesOf(groups) });
  const removals = keepEarlier ? removeStacks(outdir, isGone) : [];
  return { environments, emulated, zones, groups, failed, removals };

  function judge({ name, subject, acceptedTexts, cloudflarePlan }: Task, modules: Modules): Assessed {
    if (subject.kind === 'emulated') return { warnings: [] };
    const environment = subject.kind === 'environment' ? subject.environment : undefined;
    inspect?.(name, modules, acceptedTexts, tierChoiceOf(environment));
    return assess?.({ name, modules, acceptedTexts, environment, cloudflarePlan }) ?? { warnings: [] };
  }
}

/** Environments that a further process can build: their key is known, and nothing is kept under it. */
function unbuilt(cache: SynthesisCache, keys: ReadonlyMap<Task, string | undefined>): readonly string[] {
  return [...keys].flatMap(([{ name, subject }, key]) =>
    subject.kind === 'environment' && key !== undefined && !cache.has(key) ? [name] : [],
  );
}

/**
 * Whether a stack of an earlier run no longer exists.
 *
 * A stack belongs to the environment with the longest name that its id starts with. After a run over everything, a stack
 * without such an environment is gone too; after a restricted or failed run that is unknown, so it stays.
 */
function goneAfter(names: readonly string[], selected: readonly string[], failed: readonly Refused[], groups: readonly Group[]) {
  const present = new Set(groups.flatMap(({ stacks, refused }) => [...stacks, ...refused].map(({ id }) => id)));
  const unknown = new Set(failed.map(({ name }) => name));
  const isComplete = selected.length === names.length && failed.length === 0;
  return (id: string): boolean => {
    if (present.has(id)) return false;
    const owner = names.filter((name) => id.startsWith(`${name}-`)).sort((a, b) => b.length - a.length)[0];
    return owner === undefined ? isComplete : selected.includes(owner) && !unknown.has(owner);
  };
}

/** The manifest's entries of stacks that this run has not touched, as long as their modules exist. */
function keptEntries(outdir: string, earlier: Readonly<Record<string, ManifestEntry>>, isGone: (id: string) => boolean) {
  const kept = Object.entries(earlier).filter(
    ([id, { synthesizedStackPath }]) => !isGone(id) && existsSync(join(outdir, synthesizedStackPath)),
  );
  return Object.fromEntries(kept);
}

function entriesOf(groups: readonly Group[]): Record<string, ManifestEntry> {
  return Object.fromEntries(groups.flatMap(({ stacks }) => stacks.map(({ id, manifest }) => [id, manifest] as const)));
}
