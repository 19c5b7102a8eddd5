/** A status as one screen of text: a mark in front of every line says how it is, without colour. Pure. */
import type { Part, Status } from './status';
import type { Mark, Row } from './row';

const MARKS: Readonly<Record<Mark, string>> = { fine: 'ok', note: '--', wrong: '!!', unknown: '??' };

/** Columns of a line. */
const WIDTH = 100;

/** Longer names push their text to the right. */
const NAME_WIDTH = 22;

export function renderStatus(status: Status): string {
  const { environment, tier, region, readAt, parts } = status;
  const shown = parts.filter(({ rows }) => rows.length > 0);
  return [
    `${environment}   ${tier} in ${region}   ${readAt.slice(0, 16).replace('T', ' ')} UTC`,
    ...shown.map((part) => `\n${renderPart(part)}`),
    `\n${summary(parts)}`,
  ].join('\n');
}

function renderPart({ name, rows }: Part): string {
  return [name, ...rows.map(renderRow)].join('\n');
}

function renderRow({ mark, name, text }: Row): string {
  const line = `  ${MARKS[mark]}  ${name.padEnd(NAME_WIDTH)}  ${text}`;
  return line.length <= WIDTH ? line : `${line.slice(0, WIDTH - 1)}…`;
}

function summary(parts: readonly Part[]): string {
  const rows = parts.flatMap((part) => part.rows.map((row) => ({ part: part.name, mark: row.mark })));
  const count = (mark: Mark): string | undefined => {
    const found = rows.filter((row) => row.mark === mark);
    if (found.length === 0) return undefined;
    const where = [...new Set(found.map(({ part }) => part))].join(', ');
    return `${MARKS[mark]} ${found.length} ${mark === 'wrong' ? 'wrong' : 'not read'}: ${where}`;
  };
  return [count('wrong'), count('unknown')].filter((text) => text !== undefined).join('   ') || 'ok nothing is wrong';
}
