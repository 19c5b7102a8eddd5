/** Stacks to files: one app for each environment, so that a fault in one does not stop the others, and memory is given back. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { App, TerraformResource, TerraformStack } from 'cdktf';
import { compareModules, parseHcl } from '../terraform/hcl/verify';
import type { Modules, RootModule } from '../terraform/root-module';
import { describeFault } from '../cli/fault';
import type { ManifestEntry } from './output-folder';

/** `json` is what Terrace promises; `hcl` is written only where it says the same. */
export type Format = 'json' | 'hcl';

/** One stack that was written. */
export interface WrittenStack {
  readonly id: string;
  /** Resources to manage; data sources are not counted. */
  readonly resources: number;
  readonly manifest: ManifestEntry;
}

/** A stack that cannot be said in HCL. */
export interface RefusedStack {
  readonly id: string;
  readonly reason: string;
}

/** What came of one app. */
export interface Synthesised {
  readonly written: readonly WrittenStack[];
  readonly refused: readonly RefusedStack[];
}

/**
 * Builds an app and writes its stacks below `<outdir>/stacks`.
 * @param taken ids of stacks written earlier in this run: two stacks with one id would overwrite each other silently
 * @param inspect sees every stack before the first is written; when it throws, none is
 */
export async function synthesise(
  outdir: string,
  format: Format,
  taken: Set<string>,
  build: (app: App) => void,
  inspect?: (modules: Modules) => void,
): Promise<Synthesised> {
  mkdirSync(outdir, { recursive: true });
  // cdktf's synthesizer reads the format from here and not from the app.
  process.env.SYNTH_HCL_OUTPUT = String(format === 'hcl');
  const app = new App({ outdir, stackTraces: false });
  withoutCreationStacks(() => build(app));
  const stacks = app.node.children.filter((child) => TerraformStack.isStack(child));
  refuseTakenIds(stacks, taken);
  if (inspect !== undefined) withoutCreationStacks(() => inspect(render(stacks)));
  const refused = format === 'hcl' ? await refuseUnequalHcl(app, stacks) : [];
  withoutCreationStacks(() => app.synth());
  const written = app.node.children.filter((child) => TerraformStack.isStack(child)).map((stack) => describe(app, stack));
  for (const { id } of written) removeFormat(join(outdir, 'stacks', id), format === 'hcl' ? 'json' : 'hcl');
  for (const { id } of refused) removeFormat(join(outdir, 'stacks', id), 'hcl');
  return { written, refused };
}

/** cdktf notes for each token where it was made, to the full depth of the stack: a fifth of the time, used only in its errors. */
function withoutCreationStacks(work: () => void): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- put back as it was, never called from here
  const { captureStackTrace } = Error;
  if (process.env.TERRACE_DEBUG !== '1') Error.captureStackTrace = () => undefined;
  try {
    work();
  } finally {
    Error.captureStackTrace = captureStackTrace;
  }
}

/** The stacks as they will be written. Rendering is most of the work, so each keeps what it gave: nothing changes it any more. */
function render(stacks: readonly TerraformStack[]): Modules {
  return Object.fromEntries(
    stacks.map((stack) => {
      stack.prepareStack();
      const module = stack.toTerraform() as RootModule;
      stack.toTerraform = () => module;
      return [stack.node.id, module];
    }),
  );
}

function refuseTakenIds(stacks: readonly TerraformStack[], taken: Set<string>): void {
  for (const { node } of stacks) {
    if (taken.has(node.id))
      throw new Error(`two stacks would be called "${node.id}": rename one of their environments or state stores`);
    taken.add(node.id);
  }
}

/** Takes out of the app what cannot be written as HCL, or does not read back as the same, before anything is written. */
async function refuseUnequalHcl(app: App, stacks: readonly TerraformStack[]): Promise<readonly RefusedStack[]> {
  const refused: RefusedStack[] = [];
  for (const stack of stacks) stack.prepareStack();
  for (const stack of stacks) {
    const reason = await reasonAgainstHcl(stack);
    if (reason === undefined) continue;
    app.node.tryRemoveChild(stack.node.id);
    refused.push({ id: stack.node.id, reason });
  }
  return refused;
}

async function reasonAgainstHcl(stack: TerraformStack): Promise<string | undefined> {
  try {
    const { hcl } = stack.toHclTerraform() as { hcl: string };
    const [first, ...others] = compareModules(stack.toTerraform(), await parseHcl(stack.node.id, hcl));
    if (first === undefined) return undefined;
    return `${first.path} does not read back as it was${others.length === 0 ? '' : `, nor do ${others.length} other values`}`;
  } catch (error) {
    return describeFault(error);
  }
}

function describe(app: App, stack: TerraformStack): WrittenStack {
  const resources = stack.node.findAll().filter((construct) => TerraformResource.isTerraformResource(construct)).length;
  return { id: stack.node.id, resources, manifest: app.manifest.forStack(stack) };
}

const FILES: Readonly<Record<Format, readonly string[]>> = { json: ['cdk.tf.json'], hcl: ['cdk.tf', 'metadata.json'] };

/** Terraform reads both formats together and would find everything twice. */
function removeFormat(folder: string, format: Format): void {
  for (const file of FILES[format]) rmSync(join(folder, file), { force: true });
}
