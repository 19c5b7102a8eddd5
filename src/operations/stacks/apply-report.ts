/** What was done with a stack, for a person. Pure. */
import type { ApplyResult } from './apply-stack';
import type { HalfWay } from './half-way';

export function resultText(result: ApplyResult): string {
  const { stack } = result;
  switch (result.outcome) {
    case 'unchanged':
      return `${stack}: no changes`;
    case 'applied':
      return `${stack}: applied (${result.summary})`;
    case 'refused':
      return `${stack}: REFUSED by the guard, nothing was applied (docs/guard.md#allowing-a-harmful-change)`;
    case 'declined':
      return `${stack}: not applied`;
    case 'later':
      return [`${stack}: not applied`, `  ${result.reason}`].join('\n');
    case 'failed':
    case 'interrupted':
      return [
        `${stack}: ${result.outcome === 'failed' ? 'FAILED' : 'interrupted'}`,
        ...result.reason.split('\n').map((line) => `  ${line}`.trimEnd()),
        ...(result.halfWay === undefined ? [] : halfWayLines(result.halfWay)),
      ].join('\n');
  }
}

function halfWayLines({ done, failed, open }: HalfWay): readonly string[] {
  const list = (title: string, entries: readonly string[]): readonly string[] =>
    entries.length === 0 ? [] : [`  ${title}`, ...entries.map((entry) => `    ${entry}`)];
  return [...list('done:', done), ...list('failed:', failed), ...list('open:', open)];
}
