/** Synthesises without writing: tests look at the JSON that Terraform would read. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, DefaultTokenResolver, StringConcat, TerraformStack, Tokenization } from 'cdktf';
import { escapeLiterals } from '../../src/terraform/literal';
import type { ResolvedEnvironment } from '../../src/config';
import { addEnvironment } from '../../src/stacks/environment';
import { renderOnce, withoutCreationStacks } from '../../src/synthesis/cdktf-patches';
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

/**
 * Runs `build` on an app and returns every stack's JSON by stack id. A stack is rendered when a test first looks at it, which
 * is most of the work; that files are written as rendered is tested with the command itself.
 */
export function synthApp(build: (app: App) => void): Readonly<Record<string, RootModule>> {
  const app = new App({ outdir: join(tmpdir(), 'terrace-nothing-is-written-here'), stackTraces: false, skipValidation: true });
  withoutCreationStacks(() => build(app));
  const problems = app.node.findAll().flatMap(({ node }) => node.validate().map((problem) => `${node.path}: ${problem}`));
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const stacks = app.node.children.filter((child) => TerraformStack.isStack(child));
  const rendered: Record<string, RootModule> = {};
  for (const stack of [...stacks].sort((one, other) => (one.node.id < other.node.id ? -1 : 1))) {
    let module: RootModule | undefined;
    const get = (): RootModule =>
      (module ??= withoutCreationStacks(() => inOrder(JSON.parse(JSON.stringify(renderOnce(stack)))) as RootModule));
    Object.defineProperty(rendered, stack.node.id, { enumerable: true, get });
  }
  return rendered;
}

/** Sorted by key, as cdktf writes it. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, inOrder(inner)]));
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

/** A value as the stack's JSON would contain it. */
export function rendered<T>(stack: TerraformStack, value: T): T {
  const resolver = new DefaultTokenResolver(new StringConcat());
  return Tokenization.resolve(escapeLiterals(value), { scope: stack, preparing: false, resolver }) as T;
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
