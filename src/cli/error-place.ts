/** Where an error comes from: the file and line of the source, also when a bundle was running. */
import { existsSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isNativeError } from 'node:util/types';

/** `    at name (/path/file.js:3:14)`, or the same without a name. */
const FRAME = /^\s+at (?:.* \()?((?:file:\/\/)?\/.*):(\d+):(\d+)\)?$/;

/**
 * `environments/shop/prod.ts:12`, relative to the checkout: the place in an environment's file where there is one, otherwise that in
 * the product; undefined for an error from anywhere else.
 */
export function placeOfError(error: unknown, checkout: string = process.cwd()): string | undefined {
  if (!isNativeError(error)) return undefined;
  const places = (error.stack ?? '').split('\n').flatMap((line) => placeOfFrame(line, checkout) ?? []);
  return places.find((place) => place.startsWith('environments/')) ?? places.find((place) => place.startsWith('src/'));
}

function placeOfFrame(line: string, checkout: string): string | undefined {
  const [, location, row, column] = FRAME.exec(line) ?? [];
  if (location === undefined) return undefined;
  const file = location.startsWith('file:') ? fileURLToPath(location) : location;
  const source = existsSync(`${file}.map`) ? sourceOf(file, Number(row), Number(column)) : { file, row: Number(row) };
  return source && `${relative(checkout, source.file).split(sep).join('/')}:${source.row}`;
}

/** The place in the source of a place in a bundle. */
function sourceOf(bundle: string, row: number, column: number): { readonly file: string; readonly row: number } | undefined {
  try {
    const map = new SourceMap(JSON.parse(readFileSync(`${bundle}.map`, 'utf8')) as SourceMapPayload);
    const entry = map.findEntry(row - 1, column - 1);
    return 'originalSource' in entry
      ? { file: resolve(dirname(bundle), entry.originalSource), row: entry.originalLine + 1 }
      : undefined;
  } catch {
    return undefined;
  }
}
