/** Where the calls of an error are in the source, also when a bundle was running. */
import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The place of one call. */
export interface SourceFrame {
  /** Absolute path. */
  readonly file: string;
  readonly line: number;
}

/** `    at name (/path/file.js:3:14)`, or the same without a name. */
const FRAME = /^\s+at (?:.* \()?((?:file:\/\/)?\/.*):(\d+):(\d+)\)?$/;

/** The calls in files, the innermost first. One that the map of its bundle does not know is a place in the bundle. */
export function* sourceFrames({ stack = '' }: Error): Generator<SourceFrame> {
  for (const text of stack.split('\n')) {
    const [, location, line, column] = FRAME.exec(text) ?? [];
    if (location === undefined) continue;
    const file = location.startsWith('file:') ? fileURLToPath(location) : location;
    yield sourceOf(file, Number(line), Number(column)) ?? { file, line: Number(line) };
  }
}

function sourceOf(file: string, line: number, column: number): SourceFrame | undefined {
  const entry = mapOf(file)?.findEntry(line - 1, column - 1);
  if (entry === undefined || !('originalSource' in entry)) return undefined;
  return { file: resolve(dirname(file), entry.originalSource), line: entry.originalLine + 1 };
}

/** A map has megabytes, and an error has many calls in one bundle. */
const maps = new Map<string, SourceMap | undefined>();

function mapOf(file: string): SourceMap | undefined {
  if (!maps.has(file)) maps.set(file, readMap(`${file}.map`));
  return maps.get(file);
}

/** Undefined for a map that is missing or broken. */
function readMap(path: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(path, 'utf8')) as SourceMapPayload);
  } catch {
    return undefined;
  }
}
