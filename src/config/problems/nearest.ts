/** "Did you mean …?": the known names that a mistyped one is closest to. Pure; used by the rules and by the command line. */

/** How many single-character edits (insert, delete, replace, swap of neighbours) turn one text into the other. */
export function editDistance(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1];
      let best = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (swapped) best = Math.min(best, at(beforeLast, column - 2) + 1);
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, other.length);
}

const at = (row: readonly number[], column: number): number => row[column] ?? 0;

/** A third of the word may be wrong, at least one character. */
const tolerance = (word: string): number => Math.max(1, Math.floor(word.length / 3));

/** No name is longer, and the comparison takes time in proportion to the length. */
const LONGEST_WORD = 256;

/**
 * The candidates that are close enough, nearest first.
 * A candidate that contains the word also counts as close: `prod` finds `h2o-prod`.
 */
export function nearestNames(word: string, candidates: readonly string[], most = 3): readonly string[] {
  if (word.length > LONGEST_WORD) return [];
  const wanted = word.toLowerCase();
  return candidates
    .map((candidate) => ({ candidate, distance: distanceTo(wanted, candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= tolerance(word))
    .sort((one, other) => one.distance - other.distance)
    .slice(0, most)
    .map(({ candidate }) => candidate);
}

function distanceTo(wanted: string, candidate: string): number {
  const contained = wanted.length >= 3 && candidate.includes(wanted);
  if (contained) return Math.min(1, Math.abs(wanted.length - candidate.length));
  // Each character that one has more than the other is an edit.
  const least = Math.abs(wanted.length - candidate.length);
  return least > tolerance(wanted) ? least : editDistance(wanted, candidate);
}

/** The one candidate that is closest, when any is close enough. */
export function nearestName(word: string, candidates: readonly string[]): string | undefined {
  return candidates.includes(word) ? word : nearestNames(word, candidates, 1)[0];
}

/** `did you mean "x"?` or, when nothing is close, the words given. */
export function suggest(word: string, candidates: readonly string[], otherwise: string): string {
  const nearest = nearestName(word, candidates);
  return nearest === undefined ? otherwise : `did you mean "${nearest}"?`;
}
