/**
 * The places where Terrace changes the behaviour of cdktf 0.21 at run time; a new version of the framework is tested against
 * them first (docs/architecture.md). One more is a plain override: `TerraceStack.prepareStack`.
 */
import util from 'node:util';
import type { TerraformStack } from 'cdktf';
import { forgetExpressions } from '../terraform/expression';
import type { RootModule } from '../terraform/root-module';

/** cdktf's stacks read the output format from this variable when they are created, and from nowhere else. */
const FORMAT_VARIABLE = 'SYNTH_HCL_OUTPUT';

/** Runs `work` with cdktf's output format set, and restores the environment. */
export function withOutputFormat<T>(isHcl: boolean, work: () => T): T {
  const earlier = process.env[FORMAT_VARIABLE];
  process.env[FORMAT_VARIABLE] = String(isHcl);
  try {
    return work();
  } finally {
    if (earlier === undefined) Reflect.deleteProperty(process.env, FORMAT_VARIABLE);
    else process.env[FORMAT_VARIABLE] = earlier;
  }
}

/**
 * Runs `work` without recording where each token was created: cdktf captures the whole stack every time, which takes a fifth
 * of a synthesis and is used only in its error messages. `TERRACE_DEBUG=1` keeps it.
 */
export function withoutCreationStacks<T>(work: () => T): T {
  const descriptor = Object.getOwnPropertyDescriptor(Error, 'captureStackTrace');
  if (descriptor === undefined || process.env.TERRACE_DEBUG === '1') return work();
  Error.captureStackTrace = () => undefined;
  try {
    return work();
  } finally {
    Object.defineProperty(Error, 'captureStackTrace', descriptor);
  }
}

/** The stack's module. Rendering is most of a synthesis, so the stack keeps the result for when it is written. */
export function renderOnce(stack: TerraformStack): RootModule {
  stack.prepareStack();
  const module = stack.toTerraform() as RootModule;
  stack.toTerraform = () => module;
  return module;
}

/**
 * Replaces `util.isArray`, which cdktf calls for each output, by the function that it is: Node 22 and later print a deprecation
 * warning about the call, and a later version may remove it.
 */
export function useStandardIsArray(): void {
  Object.assign(util, { isArray: Array.isArray });
}

/** Where cdktf keeps every token that is ever made. */
interface TokenMap {
  readonly stringTokenMap: Map<string, unknown>;
  readonly numberTokenMap: Map<number, unknown>;
}

/**
 * Runs `work`, and then lets go of the tokens that it made, and with them of its constructs: cdktf keeps both until the process
 * ends, so that memory would grow with the number of environments. No token that `work` made can be resolved afterwards.
 */
export async function withoutItsTokens<T>(work: () => Promise<T>): Promise<T> {
  const earlier = tokenMaps().map((tokens) => new Set<unknown>(tokens.keys()));
  try {
    return await work();
  } finally {
    tokenMaps().forEach((tokens: Map<unknown, unknown>, index) => {
      for (const key of tokens.keys()) if (earlier[index]?.has(key) !== true) tokens.delete(key);
    });
    forgetExpressions();
  }
}

function tokenMaps(): readonly [TokenMap['stringTokenMap'], TokenMap['numberTokenMap']] | [] {
  const { __cdktfTokenMap: map } = globalThis as { readonly __cdktfTokenMap?: TokenMap };
  return map === undefined ? [] : [map.stringTokenMap, map.numberTokenMap];
}
