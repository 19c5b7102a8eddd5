/** What terraform said went wrong, without its frames. Pure. */

const lines = (text: string): readonly string[] => text.split('\n').map((line) => line.replace(/^[│╷╵]\s?/, ''));

/** From the first error on, short enough for a comment. */
export function errorsIn(text: string, longest = 2000): string {
  const said = lines(text);
  const first = said.findIndex((line) => line.startsWith('Error:'));
  const errors = said.slice(Math.max(first, 0)).join('\n').trim();
  return errors.length <= longest ? errors : `${errors.slice(0, longest)}…`;
}

/** The first error on one line; without one, the last lines. */
export function firstError(text: string): string {
  const said = lines(text)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const first = said.findIndex((line) => line.startsWith('Error:'));
  return said.slice(first < 0 ? -3 : first, first < 0 ? undefined : first + 4).join(' ') || 'terraform said nothing';
}
