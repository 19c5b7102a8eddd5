/** Small words that the renderers share: quoting for shell and dotenv, tables, files. Pure. */
import { stringify } from 'yaml';
import type { HostFile } from './types';

/** One word for the shell, whatever it holds. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * One line of an env file as Compose reads it: between single quotes nothing is expanded, and `\'` is a quote.
 * @throws Error when a backslash stands before a quote or at the end: Compose has no way to say that
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

/** Each on a line, the last one ended too; nothing for no lines. */
export function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}

/** A text written between backquotes, without the empty line that makes it readable there. */
export function script(text: string): string {
  return `${text.trim()}\n`;
}

/** Settings, lists and units. */
export function configurationFile(path: string, content: string): HostFile {
  return { path, mode: '0644', content };
}

/** Something that runs. */
export function commandFile(path: string, content: string): HostFile {
  return { path, mode: '0755', content };
}

/** YAML that readers of version 1.1 (cloud-init) and 1.2 (Compose) understand alike: `'no'` and `'0644'` stay strings. */
export function yamlText(document: Readonly<Record<string, unknown>>): string {
  return stringify(document, { lineWidth: 0, compat: 'yaml-1.1', aliasDuplicateObjects: false });
}
