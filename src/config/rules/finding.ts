/** Small helpers that every rule file uses to say what it found. */
import { show } from '../problems/problem';
import type { Finding } from './rule';

/** One finding, with the received value shown the way all problems show it. */
export function finding(path: string, received: unknown, allowed: string, fix: string): Finding {
  return { path, received: show(received), allowed, fix };
}

/** The finding when the condition holds, otherwise none. */
export function findingIf(condition: boolean, path: string, received: unknown, allowed: string, fix: string): readonly Finding[] {
  return condition ? [finding(path, received, allowed, fix)] : [];
}

/** Names as a person reads a list of them. */
export function listed(names: readonly string[], none = 'none is declared'): string {
  return names.length === 0 ? none : names.join(', ');
}

/** The entries whose name an earlier entry already has. */
export function repeated<T>(
  entries: readonly T[],
  nameOf: (entry: T) => string,
): readonly { readonly entry: T; readonly first: T }[] {
  const firsts = new Map<string, T>();
  return entries.flatMap((entry) => {
    const name = nameOf(entry);
    const first = firsts.get(name);
    if (first === undefined) firsts.set(name, entry);
    return first === undefined ? [] : [{ entry, first }];
  });
}

/** Every pair of a list, each once, in the list's order. */
export function pairs<T>(entries: readonly T[]): readonly (readonly [T, T])[] {
  return entries.flatMap((one, index) => entries.slice(index + 1).map((other) => [one, other] as const));
}
