/** Names and globs to environment names. Pure. */
import picomatch from 'picomatch';
import { nearestNames } from '../config/problems/nearest';
import { CommandError } from './errors';

/**
 * The names that match any of the patterns, in their original order; all of them without patterns.
 * @throws CommandError for a pattern without a match, with the nearest names
 */
export function selectNames(names: readonly string[], patterns: readonly string[]): readonly string[] {
  if (patterns.length === 0) return names;
  const matchers = patterns.map((pattern) => ({ pattern, matches: picomatch(pattern) }));
  const problems = matchers
    .filter(({ matches }) => !names.some((name) => matches(name)))
    .map(({ pattern }) => unknownName(pattern, names));
  if (problems.length > 0) throw new CommandError(problems.join('\n'));
  return names.filter((name) => matchers.some(({ matches }) => matches(name)));
}

function unknownName(pattern: string, names: readonly string[]): string {
  const close = nearestNames(pattern, names);
  const hint = close.length > 0 ? `did you mean ${close.join(' or ')}?` : `the environments are: ${names.join(', ') || 'none'}`;
  return `no environment matches "${pattern}"; ${hint}`;
}
