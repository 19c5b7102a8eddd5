/** The folder `cdktf.out`: its manifest, and the folders of stacks that no longer exist. */
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Manifest, type StackManifest } from 'cdktf';

/** What cdktf's command line wants to know of a stack. */
export type ManifestEntry = StackManifest;

type Entries = Readonly<Record<string, ManifestEntry>>;

/** Files and folders that Terrace, cdktf and Terraform make beside a stack's module; state is not among them. */
const MADE_BY_TOOLS = [
  'cdk.tf.json',
  'cdk.tf',
  'metadata.json',
  'assets',
  'plan',
  '.terraform',
  '.terraform.lock.hcl',
  'docker-compose.yml',
];

/** The manifest as it is, without entries when there is none. */
export function readManifest(outdir: string): Entries {
  try {
    return (JSON.parse(readFileSync(join(outdir, Manifest.fileName), 'utf8')) as { stacks: Entries }).stacks;
  } catch {
    return {};
  }
}

/** Writes the manifest, sorted, so that the order of synthesis does not show. */
export function writeManifest(outdir: string, version: string, stacks: Entries): void {
  const sorted = Object.fromEntries(Object.entries(stacks).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(join(outdir, Manifest.fileName), `${JSON.stringify({ stacks: sorted, version }, null, 2)}\n`);
}

/** What became of a folder whose stack is gone. */
export interface Removal {
  readonly id: string;
  /** What somebody else put there and Terrace left alone. */
  readonly left: readonly string[];
}

/**
 * Removes what tools made for stacks that are gone.
 * @param isGone whether the stack of this id is to go; folders that hold no synthesised module are never asked for
 */
export function removeStacks(outdir: string, isGone: (id: string) => boolean): readonly Removal[] {
  const stacks = join(outdir, Manifest.stacksFolder);
  const folders = readdirSync(stacks, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders
    .map(({ name }) => name)
    .filter((id) => isGone(id) && holdsModule(join(stacks, id), id))
    .sort()
    .map((id) => ({ id, left: removeMade(join(stacks, id)) }));
}

/** Whether cdktf wrote the folder: the module names the stack that it is. */
function holdsModule(folder: string, id: string): boolean {
  return ['cdk.tf.json', 'metadata.json'].some((file) => {
    const path = join(folder, file);
    if (!existsSync(path)) return false;
    try {
      const module = JSON.parse(readFileSync(path, 'utf8')) as { '//'?: { metadata?: { stackName?: unknown } } };
      return module['//']?.metadata?.stackName === id;
    } catch {
      return false;
    }
  });
}

function removeMade(folder: string): readonly string[] {
  for (const name of MADE_BY_TOOLS) rmSync(join(folder, name), { recursive: true, force: true });
  const left = readdirSync(folder).sort();
  if (left.length === 0) rmdirSync(folder);
  return left;
}
