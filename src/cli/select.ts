/** Names and globs to environment names. */
import { dirname, relative, sep } from 'node:path';
import picomatch from 'picomatch';
import { nearestNames } from '../config/problems/nearest';
import { visible } from '../config/problems/problem';
import { CommandError } from './errors';
import { LIST, unlistedFile } from './source-files';

/**
 * The names that match any of the patterns, in their original order; all of them without patterns.
 * @throws CommandError for a pattern without a match, with the file that is not listed or the nearest names
 */
export function selectNames(names: readonly string[], patterns: readonly string[]): readonly string[] {
  if (patterns.length === 0) return names;
  const matchers = patterns.map((pattern) => ({ pattern, matches: pattern === '' ? () => false : picomatch(pattern) }));
  const problems = matchers
    .filter(({ matches }) => !names.some((name) => matches(name)))
    .map(({ pattern }) => unknownName(pattern, names));
  if (problems.length > 0) throw new CommandError(problems.join('\n'), 2);
  return names.filter((name) => matchers.some(({ matches }) => matches(name)));
}

function unknownName(pattern: string, names: readonly string[]): string {
  if (pattern.trim() === '') return 'an empty name: write the name of an environment, or none for every environment';
  const file = unlistedFile(pattern);
  if (file !== undefined) {
    const path = relative(dirname(LIST), file).split(sep).join('/');
    return `${file} exists, but ${LIST} does not list it: add  '${pattern}': () => import('./${path}'),`;
  }
  const close = nearestNames(pattern, names);
  const hint = close.length > 0 ? `did you mean ${close.join(' or ')}?` : `the environments are: ${names.join(', ') || 'none'}`;
  return `no environment matches "${visible(pattern)}"; ${hint}`;
}
