/** Reviewed YAML files at the top of the checkout: validated by a schema, with every problem in one message. */
import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { parse } from 'yaml';
import type { z } from 'zod';
import { formatProblems } from '../config/problems/problem';
import { problemsOf } from '../config/problems/zod-problems';
import { CommandError } from './errors';

export interface YamlFormat<T> {
  readonly schema: z.ZodType<T>;
  /** A complete file, for the message. */
  readonly example: string;
}

/**
 * Validates a file's text. An empty file is an empty object.
 * @param path for the message
 * @throws CommandError with the path, the value received, what is allowed and the fix of every problem
 */
export function parseYamlFile<T>(path: string, text: string, { schema, example }: YamlFormat<T>): T {
  const input = parseYaml(path, text) ?? {};
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new CommandError(`${formatProblems(path, problemsOf(parsed.error, input, schema))}\nAn example:\n${example}`, 2);
}

function parseYaml(path: string, text: string): unknown {
  try {
    return parse(text, { uniqueKeys: true });
  } catch (error) {
    throw new CommandError(`${path} is not YAML: ${error instanceof Error ? error.message : String(error)}`, 2);
  }
}

/** The text of a file; `-` is standard input. @throws CommandError when it cannot be read */
export function readText(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new CommandError(`${path} cannot be read: there is no such file${isAbsolute(path) ? '' : ` in ${process.cwd()}`}`, 2);
    throw new CommandError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`, 2);
  }
}
