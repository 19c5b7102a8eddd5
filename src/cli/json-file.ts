/** Committed JSON files: where one is broken, by a merge for example. */
import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { formatProblems } from '../config/problems/problem';
import { problemsOf } from '../config/problems/zod-problems';
import { CommandError } from './errors';

/**
 * Reads and validates a file.
 * @param fix what to do when it is broken
 * @throws CommandError with the file, the line or the field, and the fix
 */
export function readJsonFile<T>(path: string, schema: z.ZodType<T>, fix: string): T {
  const text = readFileSync(path, 'utf8');
  const input = parseJson(path, text, fix);
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new CommandError(`${formatProblems(path, problemsOf(parsed.error, input, schema))}\n${fix}`);
}

function parseJson(path: string, text: string, fix: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const line = conflictIn(text);
    const why = line === undefined ? 'is not JSON' : 'has the marks of a merge conflict';
    throw new CommandError(`${path}:${line ?? lineOfError(text, error)} ${why}: ${fix}`);
  }
}

/** The line of the first mark that Git leaves in a file. */
function conflictIn(text: string): number | undefined {
  const line = text.split('\n').findIndex((each) => /^(<{7}|={7}|>{7})( |$)/.test(each.trimEnd()));
  return line < 0 ? undefined : line + 1;
}

/** The line that the parser names; without one, the last, because the text ends too early. */
function lineOfError(text: string, error: unknown): number {
  const [, position] = /at position (\d+)/.exec(error instanceof Error ? error.message : '') ?? [];
  const read = position === undefined ? text.trimEnd() : text.slice(0, Number(position));
  return read.split('\n').length;
}
