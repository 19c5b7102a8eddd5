/** Synthesises into a folder of its own and reads the JSON back: tests look at what Terraform would. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdktf';
import type { ResolvedEnvironment } from '../../src/config';
import { addEnvironment } from '../../src/stacks/environment';
import { TerraceStack } from '../../src/terraform/terrace-stack';

type Block = Readonly<Record<string, any>>;

/** A root module as Terraform reads it. */
export interface RootModule {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Block>>>>;
  readonly data?: Readonly<Record<string, Readonly<Record<string, Block>>>>;
  readonly ephemeral?: Readonly<Record<string, Readonly<Record<string, Block>>>>;
  readonly output?: Readonly<Record<string, Block>>;
  readonly provider: Readonly<Record<string, readonly Block[]>>;
  readonly terraform: Block;
}

/** Runs `build` on an app and returns every stack's JSON by stack id. */
export function synthApp(build: (app: App) => void): Readonly<Record<string, RootModule>> {
  const outdir = mkdtempSync(join(tmpdir(), 'terrace-test-'));
  try {
    const app = new App({ outdir, stackTraces: false });
    build(app);
    app.synth();
    const stacks = readdirSync(join(outdir, 'stacks')).sort();
    return Object.fromEntries(
      stacks.map((id) => [id, JSON.parse(readFileSync(join(outdir, 'stacks', id, 'cdk.tf.json'), 'utf8')) as RootModule]),
    );
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** Every stack of an environment, by stack id. */
export function synthEnvironment(environment: ResolvedEnvironment): Readonly<Record<string, RootModule>> {
  return synthApp((app) => addEnvironment(app, environment));
}

/** A module alone in a stack, as JSON. */
export function synthModule(build: (stack: TerraceStack) => void): RootModule {
  const stacks = synthApp((app) => {
    const stack = new TerraceStack(app, {
      state: { backend: { kind: 'local' }, stackId: 'test', stateKey: 'test' },
      region: 'eu-west-1',
      account: '123456789012',
      tags: {},
    });
    build(stack);
  });
  return stacks.test as RootModule;
}

/** The resources of one type, as a list. */
export function resourcesOf(module: RootModule, type: string): readonly Block[] {
  return Object.values(module.resource?.[type] ?? {});
}

/** The only resource of a type. */
export function theOnly(module: RootModule, type: string): Block {
  const found = resourcesOf(module, type);
  if (found.length !== 1) throw new Error(`expected one ${type}, found ${found.length}`);
  return found[0] as Block;
}
