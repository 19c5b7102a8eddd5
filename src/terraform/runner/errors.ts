/** Errors out of terraform's output, without their frames. Pure. */

const linesOf = (text: string): readonly string[] => text.split('\n').map((line) => line.replace(/^[│╷╵]\s?/, ''));

/** Everything from the first error on, short enough for a comment. */
export function errorsIn(text: string, longest = 2000): string {
  const lines = linesOf(text);
  const first = lines.findIndex((line) => line.startsWith('Error:'));
  const errors = lines.slice(Math.max(first, 0)).join('\n').trim();
  return errors.length <= longest ? errors : `${errors.slice(0, longest)}…`;
}

/** The first error on one line; without one, the last lines. */
export function firstError(text: string): string {
  const lines = linesOf(text)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const first = lines.findIndex((line) => line.startsWith('Error:'));
  return lines.slice(first < 0 ? -3 : first, first < 0 ? undefined : first + 4).join(' ') || 'terraform printed nothing';
}
