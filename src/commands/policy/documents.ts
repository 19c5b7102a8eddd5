/** Tables that are written into pages, between two comments. */
import { readFileSync, writeFileSync } from 'node:fs';

/** The text with what stands between the marks replaced. @throws Error when the marks are not there */
export function withTable(text: string, mark: string, table: string): string {
  const [begin, end] = [`<!-- ${mark}: written by npm run policy -- --readme -->`, `<!-- end of ${mark} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the page has no place for "${mark}": ${begin} … ${end}`);
  return `${text.slice(0, from + begin.length)}\n\n${table}\n\n${text.slice(to)}`;
}

/** Replaces the table in a file. */
export function writeTable(file: string, mark: string, table: string): void {
  writeFileSync(file, withTable(readFileSync(file, 'utf8'), mark, table));
}
