/** Changes of a plan for a terminal or a log. Pure. */
import type { ShownChange } from './changes';
import { visible } from './text-lines';

export interface TextOptions {
  readonly color: boolean;
  /** Lines of one change. @default 200 */
  readonly mostLines?: number;
}

const COLORS = { '+': 32, '-': 31, '!': 33 } as const;

/** Whether to write colours: on a terminal, unless NO_COLOR is set (https://no-color.org). */
export function wantsColor(sink: { readonly isTTY?: boolean }, env: Readonly<Record<string, string | undefined>>): boolean {
  return sink.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
}

/** Every change with its lines, indented by two. */
export function renderText(changes: readonly ShownChange[], { color, mostLines = 200 }: TextOptions): string {
  const paint = (code: number, text: string): string => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  return changes
    .map((change) => {
      const rest = change.lines.length - mostLines;
      return [
        `  ${paint(1, `${change.action} ${visible(change.address)}`)}${remarks(change)}`,
        ...change.lines.slice(0, mostLines).map((line) => {
          const code = COLORS[line.charAt(0) as keyof typeof COLORS] as number | undefined;
          return `    ${code === undefined ? line.trimEnd() : paint(code, line)}`;
        }),
        ...(rest > 0 ? [`      … ${rest} more lines`] : []),
      ].join('\n');
    })
    .join('\n');
}

function remarks({ from, importing, reason }: ShownChange): string {
  const parts = [
    ...(importing === undefined ? [] : [`imports ${visible(importing)}`]),
    ...(from === undefined ? [] : [`was ${visible(from)}`]),
    ...(reason === undefined ? [] : [visible(reason)]),
  ];
  return parts.length === 0 ? '' : ` (${parts.join('; ')})`;
}
