/** Stacks to files. Each environment is a separate app, so that an error in one does not stop the others, and memory is freed. */
import { App, TerraformResource, TerraformStack } from 'cdktf';
import { describeFault } from '../cli/errors';
import { UnwritableAsHcl } from '../terraform/hcl/render';
import { compareModules, parseHcl } from '../terraform/hcl/verify';
import { requiredProviders, type Modules, type RootModule } from '../terraform/root-module';
import { TerraceStack } from '../terraform/terrace-stack';
import { renderOnce, useStandardIsArray, withoutCreationStacks, withoutItsTokens, withOutputFormat } from './cdktf-patches';
import { besideOutput, moveStacks, removeFormat } from './output-beside';
import { refuseTakenIds, stackFolder } from './output-folder';
import type { Format, RefusedStack, Synthesised, WrittenStack } from './written';

export interface SynthesiseOptions {
  readonly outdir: string;
  readonly format: Format;
  /** Ids of stacks that this run has already written: a second stack with the same id would silently overwrite the first. */
  readonly taken: Set<string>;
  readonly build: (app: App) => void;
  /** Receives every module before the first is written; when it throws, none is. */
  readonly inspect?: (modules: Modules) => void;
  /** Receives the folder with the stacks before they are moved to their place. */
  readonly beforeMove?: (folder: string, synthesised: Synthesised) => void;
}

/** Builds an app and writes its stacks below `<outdir>/stacks`: all of them, or none when one cannot be written. */
export async function synthesise({ outdir, beforeMove, ...options }: SynthesiseOptions): Promise<Synthesised> {
  useStandardIsArray();
  return besideOutput(outdir, async (folder) => {
    const synthesised = await withoutItsTokens(() => synthesiseInto(folder, options));
    beforeMove?.(folder, synthesised);
    moveStacks(folder, outdir, options.format);
    for (const { id } of synthesised.refused) removeFormat(stackFolder(outdir, id), 'hcl');
    return synthesised;
  });
}

async function synthesiseInto(
  outdir: string,
  { format, taken, build, inspect }: Omit<SynthesiseOptions, 'outdir' | 'beforeMove'>,
): Promise<Synthesised> {
  const app = withOutputFormat(format === 'hcl', () => withoutCreationStacks(() => built(outdir, build)));
  const stacks = stacksOf(app);
  refuseTakenIds(
    stacks.map(({ node }) => node.id),
    taken,
  );
  if (inspect !== undefined) withoutCreationStacks(() => inspect(modulesOf(stacks)));
  const refused = format === 'hcl' ? await removeUnequalHcl(app) : [];
  // One manifest of all apps is written at the end, see `writeManifest`.
  app.manifest.writeToFile = () => undefined;
  withoutCreationStacks(() => app.synth());
  return { written: stacksOf(app).map((stack) => describe(app, stack)), refused, version: app.manifest.version };
}

function built(outdir: string, build: SynthesiseOptions['build']): App {
  // Read by CDKTF's successor, whose bindings refuse write-only arguments for older versions.
  const app = new App({
    outdir,
    stackTraces: false,
    context: { targetVersions: { terraform: '>=1.11.0', opentofu: '>=1.11.0' } },
  });
  build(app);
  return app;
}

function stacksOf(app: App): readonly TerraformStack[] {
  return app.node.children.filter((child) => TerraformStack.isStack(child));
}

function modulesOf(stacks: readonly TerraformStack[]): Modules {
  return Object.fromEntries(stacks.map((stack) => [stack.node.id, renderOnce(stack)]));
}

/** Removes the stacks that HCL cannot express from the app, before anything is written. */
async function removeUnequalHcl(app: App): Promise<readonly RefusedStack[]> {
  const refused: RefusedStack[] = [];
  const stacks = stacksOf(app);
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
    return `${first.path} reads back differently${others.length === 0 ? '' : `, and so do ${others.length} other values`}`;
  } catch (error) {
    return error instanceof UnwritableAsHcl ? error.message : describeFault(error);
  }
}

function describe(app: App, stack: TerraformStack): WrittenStack {
  const resources = stack.node.findAll().filter((construct) => TerraformResource.isTerraformResource(construct)).length;
  const manifest = app.manifest.forStack(stack);
  const elsewhere = stack instanceof TerraceStack ? stack.deployedAfter : [];
  return {
    id: stack.node.id,
    resources,
    manifest: { ...manifest, dependencies: [...manifest.dependencies, ...elsewhere] },
    providers: requiredProviders(stack.toTerraform() as RootModule),
  };
}
