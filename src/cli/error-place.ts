/** Where an error comes from: the file and line of the source, also when a bundle was running. */
import { relative, sep } from 'node:path';
import { isNativeError } from 'node:util/types';
import { sourceFrames } from '../config/problems/source-frames';

/**
 * `environments/shop/prod.ts:12`, relative to the checkout: the place in an environment's file where there is one, otherwise that in
 * the product; undefined for an error from anywhere else.
 */
export function placeOfError(error: unknown, checkout: string = process.cwd()): string | undefined {
  if (!isNativeError(error)) return undefined;
  const places = [...sourceFrames(error)].map(({ file, line }) => `${relative(checkout, file).split(sep).join('/')}:${line}`);
  return places.find((place) => place.startsWith('environments/')) ?? places.find((place) => place.startsWith('src/'));
}
