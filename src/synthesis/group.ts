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
  /** Where a group may be kept. @default it is built, and not kept */
  readonly kept?: { readonly cache: SynthesisCache; readonly key: string };
}

/** Undefined for a group that cannot be kept: it is built every time. */
export function keyOfTask(cache: SynthesisCache, { name, subject, acceptedTexts, cloudflarePlan }: Task): string | undefined {
  return cache.keyOf(name, { subject, acceptedTexts, cloudflarePlan });
}

export async function synthesiseGroup(task: Task, options: GroupOptions): Promise<Synthesised & Assessed> {
  const { kept } = options;
  const earlier = kept?.cache.read(kept.key);
  if (earlier !== undefined) return writeKept(earlier, options);
  return buildGroup(task, options, (group) => kept?.cache.write(kept.key, group));
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
