/** Helpers with which every rule reports what it found. */
import { suggest } from '../problems/nearest';
import { show } from '../problems/problem';
import type { Finding } from './rule';

/** One finding, with the received value shown the way all problems show it. */
export function finding(path: string, received: unknown, allowed: string, fix: string): Finding {
  return { path, received: show(received), allowed, fix };
}

/** A finding that an acknowledgement accepts for this value only: another value at the same path is another finding. */
export function valueFinding(path: string, received: string, allowed: string, fix: string): Finding {
  return { ...finding(path, received, allowed, fix), subject: `${path} = ${received}` };
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

/** Findings about a list that names something twice. */
export function eachOnce(
  path: string,
  list: readonly string[],
  thing: string,
  nameOf: (entry: string) => string = String,
): readonly Finding[] {
  return repeated(list, nameOf).map(({ entry }) => finding(path, list, `each ${thing} once`, `remove the second "${entry}"`));
}

/** Findings about entries of different places that have the same name, reported at the later one. */
export function sharedNames<T extends { readonly path: string }>(
  entries: readonly T[],
  nameOf: (entry: T) => string | number,
  { thing = 'name', fix = 'rename one of the two' }: { readonly thing?: string; readonly fix?: string } = {},
): readonly Finding[] {
  return repeated(entries, (entry) => String(nameOf(entry))).map(({ entry, first }) =>
    finding(entry.path, nameOf(entry), `a ${thing} that ${first.path} does not have`, fix),
  );
}

/** Every pair of a list, each once, in the list's order. */
export function pairs<T>(entries: readonly T[]): readonly (readonly [T, T])[] {
  return entries.flatMap((one, index) => entries.slice(index + 1).map((other) => [one, other] as const));
}

/** A finding for a type or class that is not in the table: mistyped, or newer than the table. */
export function unknownType(
  path: string,
  name: string | undefined,
  known: readonly string[],
  service: string,
): readonly Finding[] {
  if (name === undefined || known.includes(name)) return [];
  const otherwise = `choose another; if ${service} has sold it since this version of Terrace, accept it`;
  return [valueFinding(path, name, `a type that ${service} sells`, suggest(name, known, otherwise))];
}
