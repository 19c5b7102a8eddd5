/** One group to files: taken from an earlier run where nothing that it depends on has changed, and built otherwise. */
import type { Modules } from '../terraform/root-module';
import type { KeptGroup, SynthesisCache } from './cache';
import { besideOutput, moveStacks, readFiles, writeFiles } from './output-beside';
import { refuseTakenIds } from './output-folder';
import type { Task } from './tasks';
import type { Format, Synthesised } from './written';

/** What the checks of a group say about it. */
export type Assessed = Pick<KeptGroup, 'warnings' | 'summary'>;

export interface GroupOptions {
  readonly outdir: string;
  readonly format: Format;
  /** Ids of stacks that this run has already written. */
  readonly taken: Set<string>;
  /** Judges the modules before one is written. @throws RefusedModule when they must not be */
  readonly judge: (modules: Modules) => Assessed;
  /** @default every group is built */
  readonly cache?: SynthesisCache;
}

export async function synthesiseGroup(task: Task, options: GroupOptions): Promise<Synthesised & Assessed> {
  const { name, subject, acceptedTexts, cloudflarePlan } = task;
  // Kept as JSON only: HCL is read back by a parser that is no part of the program.
  const cache = options.format === 'json' ? options.cache : undefined;
  const key = cache?.keyOf(name, { subject, acceptedTexts, cloudflarePlan });
  const kept = key === undefined ? undefined : cache?.read(key);
  if (kept !== undefined) return writeKept(kept, options);
  const keep = (group: KeptGroup): void => {
    if (key !== undefined) cache?.write(key, group);
  };
  return buildGroup(task, options, keep);
}

async function writeKept({ files, ...kept }: KeptGroup, { outdir, taken }: GroupOptions): Promise<Synthesised & Assessed> {
  refuseTakenIds(
    kept.written.map(({ id }) => id),
    taken,
  );
  await besideOutput(outdir, (folder) => {
    writeFiles(folder, files);
    moveStacks(folder, outdir, 'json');
    return Promise.resolve();
  });
  return { ...kept, refused: [] };
}

async function buildGroup(
  { subject }: Task,
  { outdir, format, taken, judge }: GroupOptions,
  keep: (group: KeptGroup) => void,
): Promise<Synthesised & Assessed> {
  const [{ build }, { synthesise }] = await Promise.all([import('./build.ts'), import('./synthesise.ts')]);
  let assessed: Assessed = { warnings: [] };
  const synthesised = await synthesise({
    outdir,
    format,
    taken,
    build: (app) => {
      build(app, subject);
    },
    inspect: (modules) => {
      assessed = judge(modules);
    },
    beforeMove: (folder, { written, version }) => {
      keep({ written, version, files: readFiles(folder), ...assessed });
    },
  });
  return { ...synthesised, ...assessed };
}
