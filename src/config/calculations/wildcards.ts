/** Patterns with `*` (any text) and `?` (one character), as IAM writes actions and ARNs. Pure. */
import { patternExpression } from './path-patterns';

/** Whether the pattern matches the whole text. Wildcards in the text count as characters, so a wider pattern is not matched. */
export function matchesPattern(pattern: string, text: string): boolean {
  return new RegExp(`^${patternExpression(pattern)}$`, 's').test(text);
}

/** Whether some text matches both patterns. */
export function patternsOverlap(one: string, other: string): boolean {
  const first = firstDifference(one, other);
  if (first === undefined) return true;
  // Before the first wildcard of both, a difference decides.
  if (![one, other].some((pattern) => /[*?]/.test(pattern.slice(0, first + 1)))) return false;
  // `reachable[column]`: the beginnings of both patterns, up to here, can match one text.
  let reachable = start(other);
  for (const letter of one) {
    const next = [letter === '*' && reachable[0] === true];
    for (let column = 1; column <= other.length; column += 1) {
      const opposite = other.charAt(column - 1);
      const skips = letter === '*' || opposite === '*';
      const same = letter === '?' || opposite === '?' || letter === opposite;
      const emptyOne = letter === '*' && reachable[column] === true;
      const emptyOther = opposite === '*' && next[column - 1] === true;
      const stretchesOther = opposite === '*' && reachable[column] === true;
      const stretchesOne = letter === '*' && next[column - 1] === true;
      const both = (same || skips) && reachable[column - 1] === true;
      next.push(emptyOne || emptyOther || stretchesOther || stretchesOne || both);
    }
    reachable = next;
  }
  return reachable[other.length] === true;
}

/** The first place at which two texts have other characters, or one of them has none; undefined when they are equal. */
function firstDifference(one: string, other: string): number | undefined {
  if (one === other) return undefined;
  let place = 0;
  while (place < one.length && one.charCodeAt(place) === other.charCodeAt(place)) place += 1;
  return place;
}

/** What an empty text reaches: only asterisks. */
function start(pattern: string): boolean[] {
  const reachable = [true];
  for (const letter of pattern) reachable.push(letter === '*' && reachable.at(-1) === true);
  return reachable;
}

/**
 * Whether some resource matches both patterns of ARNs. They are compared part by part, because the parts of a real ARN before
 * its resource contain no colon.
 */
export function arnsOverlap(one: string, other: string): boolean {
  const [ours, theirs] = [partsOf(one), partsOf(other)];
  return ours.every((part, index) => patternsOverlap(part, theirs[index] ?? '*'));
}

/** `arn`, partition, service, region, account, resource; what a short pattern such as `*` leaves open is anything. */
function partsOf(arn: string): readonly string[] {
  const parts = arn.split(':');
  const named = [...parts.slice(0, 5), ...(parts.length > 5 ? [parts.slice(5).join(':')] : [])];
  const open = named.at(-1)?.endsWith('*') === true ? '*' : '';
  return [...named, ...Array.from({ length: 6 - named.length }, () => open)];
}
