/** Lines that show a difference, and how values are written in them. Pure. */

/** One line: added, removed, changed, or around a difference. */
export interface DiffLine {
  readonly mark: '+' | '-' | '!' | ' ';
  readonly text: string;
}

export const added = (text: string): DiffLine => ({ mark: '+', text });
export const removed = (text: string): DiffLine => ({ mark: '-', text });
export const changed = (text: string): DiffLine => ({ mark: '!', text });
export const context = (text: string): DiffLine => ({ mark: ' ', text });

export const indented = (lines: readonly DiffLine[], by = 2): readonly DiffLine[] =>
  lines.map(({ mark, text }) => ({ mark, text: `${' '.repeat(by)}${text}` }));

/** Characters of a value that is shown; a longer one is cut. */
const LONGEST_VALUE = 240;

/** Control characters, and characters that are invisible or reverse the direction of the text around them. */
const INVISIBLE = /(?!\t)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** With invisible characters as escapes. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

export function cut(text: string, longest = LONGEST_VALUE): string {
  if (text.length <= longest) return text;
  // Not between the two halves of a character.
  const end = /[\ud800-\udbff]/.test(text.charAt(longest - 1)) ? longest - 1 : longest;
  return `${text.slice(0, end)}… (${text.length - end} more characters)`;
}

/** Unchanged lines around a changed one. */
const AROUND = 2;

/** Two texts of several lines, line by line: the changed ones, with the lines around them. */
export function diffOfTexts(before: string, after: string): readonly DiffLine[] {
  const lines = shortestEdit(before.split('\n'), after.split('\n'));
  const near = lines.map((_, index) =>
    lines.slice(Math.max(0, index - AROUND), index + AROUND + 1).some(({ mark }) => mark !== ' '),
  );
  return lines.flatMap((line, index) => {
    if (near[index] === true) return [{ ...line, text: cut(visible(line.text)) }];
    return near[index - 1] === true || index === 0 ? [context('…')] : [];
  });
}

/** Above this size the texts are shown one after the other. */
const LARGEST_TABLE = 4_000_000;

/** By the longest common subsequence, after the equal lines at both ends. */
function shortestEdit(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  let start = 0;
  while (start < Math.min(before.length, after.length) && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < Math.min(before.length, after.length) - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const one = before.slice(start, before.length - end);
  const other = after.slice(start, after.length - end);
  const middle = one.length * other.length > LARGEST_TABLE ? [...one.map(removed), ...other.map(added)] : edits(one, other);
  return [...before.slice(0, start).map(context), ...middle, ...before.slice(before.length - end).map(context)];
}

function edits(one: readonly string[], other: readonly string[]): readonly DiffLine[] {
  const width = other.length + 1;
  const longest = new Uint32Array((one.length + 1) * width);
  const at = (row: number, column: number): number => longest[row * width + column] ?? 0;
  for (let row = one.length - 1; row >= 0; row -= 1)
    for (let column = other.length - 1; column >= 0; column -= 1)
      longest[row * width + column] =
        one[row] === other[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
  const lines: DiffLine[] = [];
  for (let [row, column] = [0, 0]; row < one.length || column < other.length;) {
    if (row < one.length && column < other.length && one[row] === other[column]) {
      lines.push(context(one[row] ?? ''));
      row += 1;
      column += 1;
    } else if (column === other.length || (row < one.length && at(row + 1, column) >= at(row, column + 1))) {
      lines.push(removed(one[row] ?? ''));
      row += 1;
    } else {
      lines.push(added(other[column] ?? ''));
      column += 1;
    }
  }
  return lines;
}
