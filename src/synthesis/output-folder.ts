/** The folder `cdktf.out`: its stacks, its manifest, and the folders of stacks that no longer exist. */
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { StackManifest } from 'cdktf';
import { LOCK_FILE } from '../terraform/provider-lock-set';
import { MODULE_FILE, readModule, type RootModule } from '../terraform/root-module';
import { writeWhole } from './whole-file';

/** As cdktf names them. */
const [STACKS, MANIFEST] = ['stacks', 'manifest.json'];

/** What the cdktf command line reads about a stack. */
export type ManifestEntry = StackManifest;

type Entries = Readonly<Record<string, ManifestEntry>>;

export function stackFolder(outdir: string, id: string): string {
  return join(outdir, STACKS, id);
}

/** The ids of the folders of stacks, sorted. */
export function stackIds(outdir: string): readonly string[] {
  const stacks = join(outdir, STACKS);
  if (!existsSync(stacks)) return [];
  return readdirSync(stacks, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/**
 * Adds the ids of stacks that are about to be written.
 * @throws Error for one that the run has already written: a second stack with the same id would silently overwrite the first
 */
export function refuseTakenIds(ids: readonly string[], taken: Set<string>): void {
  for (const id of ids) {
    if (taken.has(id)) throw new Error(`two stacks have the id "${id}": rename one of their environments or state stores`);
    taken.add(id);
  }
}

/** Every stack that has a module, by id; folders with HCL or anything else are left out. */
export function readModules(outdir: string): ReadonlyMap<string, RootModule> {
  return new Map(
    stackIds(outdir).flatMap((id) => {
      const module = readModule(stackFolder(outdir, id));
      return module === undefined ? [] : [[id, module] as const];
    }),
  );
}

/** The entries of the manifest; none without a manifest. */
export function readManifest(outdir: string): Entries {
  try {
    return (JSON.parse(readFileSync(join(outdir, MANIFEST), 'utf8')) as { stacks: Entries }).stacks;
  } catch {
    return {};
  }
}

/** Writes the manifest, sorted, so that the order of synthesis does not matter. */
export function writeManifest(outdir: string, version: string, stacks: Entries): void {
  const sorted = Object.fromEntries(Object.entries(stacks).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeWhole(join(outdir, MANIFEST), `${JSON.stringify({ stacks: sorted, version }, null, 2)}\n`);
}

/** A removed stack folder. */
export interface Removal {
  readonly id: string;
  /** Files in it that are not Terrace's, and were left. */
  readonly left: readonly string[];
}

/** Files and folders that Terrace, cdktf and Terraform write next to a module. State is not among them. */
const GENERATED = [MODULE_FILE, 'cdk.tf', 'metadata.json', 'assets', 'plan', '.terraform', LOCK_FILE, 'docker-compose.yml'];

/**
 * Removes the generated files of stacks that no longer exist.
 * @param isGone called only for folders that hold a synthesised module
 */
export function removeStacks(outdir: string, isGone: (id: string) => boolean): readonly Removal[] {
  return stackIds(outdir)
    .filter((id) => isGone(id) && isSynthesised(stackFolder(outdir, id), id))
    .map((id) => ({ id, left: removeGenerated(stackFolder(outdir, id)) }));
}

/** Whether cdktf wrote the folder: the metadata contains the stack's id. */
function isSynthesised(folder: string, id: string): boolean {
  return [MODULE_FILE, 'metadata.json'].some((file) => {
    try {
      const module = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { '//'?: { metadata?: { stackName?: unknown } } };
      return module['//']?.metadata?.stackName === id;
    } catch {
      return false;
    }
  });
}

function removeGenerated(folder: string): readonly string[] {
  for (const name of GENERATED) rmSync(join(folder, name), { recursive: true, force: true });
  const left = readdirSync(folder).sort();
  if (left.length === 0) rmdirSync(folder);
  return left;
}
