/** `environments/index.ts` as text: entries are added and removed, everything else stays as a person wrote it. */
import { CommandError } from '../../cli/errors';

/** Relative to the top of the checkout. */
export const LIST_FILE = 'environments/index.ts';

/** An environment's name and its file, relative to the list. */
export type Entry = readonly [name: string, file: string];

/** The line with the name of the list, its entries, and the end of the object. */
const LIST = /^([^]*^export const environments\b.*= \{)([^]*?)(\n?\};\n[^]*)$/m;

/** An entry: the name, and the folder of its system. */
const ENTRY = /^\s*'?([\w-]+)'?: \(\) => import\('\.\/([\w-]+)\//;

const lineOf = ([name, file]: Entry): string => `  '${name}': () => import('./${file}'),`;

/** @throws CommandError when the file has another form than the one that it is shipped in */
export function withEntries(text: string, entries: readonly Entry[]): string {
  const [, before, listed, after] = LIST.exec(text) ?? [];
  if (before === undefined || listed === undefined || after === undefined)
    throw new CommandError(
      `${LIST_FILE} has no object \`environments\` to which these lines can be added:\n${entries.map(lineOf).join('\n')}`,
    );
  return [`${before}${listed}`, ...entries.map(lineOf), after.replace(/^\n/, '')].join('\n');
}

/** The environments whose files are in the folders of some systems. */
export function namesIn(text: string, systems: readonly string[]): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const [, name, system] = ENTRY.exec(line) ?? [];
    return name !== undefined && systems.includes(system ?? '') ? [name] : [];
  });
}

/** Takes out the entries of environments, each of which is one line. */
export function withoutEntries(text: string, names: readonly string[]): string {
  const lines = text.split('\n').filter((line) => !names.includes(ENTRY.exec(line)?.[1] ?? ''));
  // As the formatter writes an object without entries.
  return lines.join('\n').replace(/= \{\n\};/, '= {};');
}
