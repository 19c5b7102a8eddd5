/** Markdown: tables, code blocks, and text without a meaning in it. Pure. */

/** A table as Prettier formats it, so that formatting leaves a generated page unchanged. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(markdownCell));
  const widths = header.map((title, column) => Math.max(3, title.length, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)].join('\n');
}

/** The text of a cell. */
export function markdownCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** A code block with a fence longer than any in the text, so that the text cannot end it. */
export function fenced(text: string, language = ''): string {
  const fence = '`'.repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)));
  return `${fence}${language}\n${text}\n${fence}`;
}

/** Text between Markdown or HTML on one line, without a meaning in it: no emphasis, link, mention, code or tag. */
export function plainMarkdown(text: string): string {
  return (
    text
      .replace(/\s+/g, ' ')
      // An underscore inside a word means nothing.
      .replace(/[&<>"\\`*[\]|~#]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, (character) => `&#${character.charCodeAt(0)};`)
      // The space without width keeps the name from being mentioned.
      .replaceAll('@', '&#64;\u200b')
      .replaceAll('://', '&#58;//')
  );
}
