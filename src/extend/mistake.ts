/** What a person did wrong in an extension, with the file and line; reported like a problem of a description. */
import { relative } from 'node:path';
import { formatProblems, type Problem } from '../config/problems/problem';
import { sourceFrames } from '../config/problems/source-frames';
import { RefusedModule } from '../terraform/root-module';

/** Thrown by the kit inside a hook: the report adds environment, stack, file and line. */
export class ExtensionMistake extends Error {
  constructor(
    received: string,
    public readonly allowed: string,
    public readonly fix: string,
  ) {
    super(received);
    this.name = 'ExtensionMistake';
  }
}

/** Nothing of the environment is written. */
export class RefusedExtension extends RefusedModule {
  constructor(environment: string, problem: Problem) {
    super(formatProblems(environment, [problem]));
    this.name = 'RefusedExtension';
  }
}

/**
 * The report about an error of a hook.
 * @param path of the hook, such as `extend.data`
 * @param stackId of the stack that it extends
 */
export function refusalOf(error: unknown, environment: string, path: string, stackId: string): RefusedExtension {
  if (error instanceof RefusedExtension) return error;
  const place = error instanceof Error ? placeOf(error) : undefined;
  const at = place === undefined ? '' : ` at ${place}`;
  if (error instanceof ExtensionMistake)
    return new RefusedExtension(environment, {
      path,
      received: `${error.message}, in the stack ${stackId}${at}`,
      allowed: error.allowed,
      fix: error.fix,
    });
  return new RefusedExtension(environment, {
    path,
    received: `an error in the stack ${stackId}${at}: ${error instanceof Error ? error.message : String(error)}`,
    allowed: 'a hook that returns without an error',
    fix: `correct ${place ?? 'the hook'}`,
  });
}

/** File and line of the first call outside of Terrace and of packages, from the top of the checkout. */
function placeOf(error: Error): string | undefined {
  for (const { file, line } of sourceFrames(error)) {
    const path = relative(process.cwd(), file);
    if (!/^(?:src|node_modules|dist)\/|\/node_modules\/|^node:/.test(path)) return `${path}:${line}`;
  }
  return undefined;
}
