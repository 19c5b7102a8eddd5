/** What a person did wrong in an extension, with the file and line; reported like a problem of a description. */
import { existsSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatProblems, type Problem } from '../config/problems/problem';
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

interface Frame {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** File and line of the first call outside of Terrace and of packages, from the top of the checkout. */
function placeOf({ stack = '' }: Error): string | undefined {
  const frames = [...stack.matchAll(/\(?((?:file:\/\/)?\/[^():\n]+):(\d+):(\d+)\)?$/gm)].map(([, file = '', line, column]) => ({
    file: file.startsWith('file:') ? fileURLToPath(file) : file,
    line: Number(line),
    column: Number(column),
  }));
  for (const frame of frames) {
    const { file, line } = written(frame);
    const path = relative(process.cwd(), file);
    if (!/^(?:src|node_modules|dist)\/|\/node_modules\/|^node:/.test(path)) return `${path}:${line}`;
  }
  return undefined;
}

const maps = new Map<string, SourceMap | undefined>();

/** The place in the source: the program runs as one bundle, whose source map is next to it. */
function written(frame: Frame): Pick<Frame, 'file' | 'line'> {
  const path = `${frame.file}.map`;
  if (!maps.has(path))
    maps.set(path, existsSync(path) ? new SourceMap(JSON.parse(readFileSync(path, 'utf8')) as SourceMapPayload) : undefined);
  const entry = maps.get(path)?.findEntry(frame.line - 1, frame.column - 1);
  if (entry === undefined || !('originalSource' in entry)) return frame;
  const { originalSource, originalLine } = entry;
  const file = isAbsolute(originalSource) ? originalSource : resolve(dirname(frame.file), originalSource);
  return { file, line: originalLine + 1 };
}
