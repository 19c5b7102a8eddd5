/** What the renderers share: quoting for shell and dotenv, tables, files. Pure. */
import { stringify } from 'yaml';
import type { HostFile } from './types';

/** Any text as one word of the shell. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * One line of an env file as Compose reads it: between single quotes nothing is expanded, and `\'` is a quote.
 * @throws Error for a backslash before a quote or at the end, which Compose cannot express
 */
export function dotenvLine(name: string, value: string): string {
  if (/\\('|$)/.test(value))
    throw new Error(`variable ${name}: an env file cannot hold a backslash before a quote or at the end`);
  return `${name}='${value.replaceAll("'", "\\'")}'`;
}

/** Rows of a table that scripts read with `while IFS=$'\t' read`. Cells hold neither tabs nor line feeds. */
export function table(rows: readonly (readonly string[])[]): string {
  return lines(rows.map((cells) => cells.join('\t')));
}

/** Each text on a line that ends with a line feed; nothing for no texts. */
export function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}

/** A template literal without the line breaks around it that make it readable. */
export function script(text: string): string {
  return `${text.trim()}\n`;
}

/** Settings, lists and units. */
export function configurationFile(path: string, content: string): HostFile {
  return { path, mode: '0644', content };
}

/** An executable. */
export function commandFile(path: string, content: string): HostFile {
  return { path, mode: '0755', content };
}

/** YAML that means the same in versions 1.1 (cloud-init) and 1.2 (Compose): `'no'` and `'0644'` stay strings. */
export function yamlText(document: Readonly<Record<string, unknown>>): string {
  return stringify(document, { lineWidth: 0, compat: 'yaml-1.1', aliasDuplicateObjects: false });
}
