/** What fills the gaps of the customer's document. Pure. */
import type { Assumption, Book } from '../book';
import { code, facts, type Section } from '../elements';
import { html } from '../html';

export function assumptionsSection({ assumptions, environment }: Book): Section | undefined {
  if (assumptions?.length === 0) return undefined;
  const name = environment.identity.environment;
  return {
    id: 'assumptions',
    title: 'Assumptions',
    lead: 'What the environment decides without a requirement behind it, from the comments of its files. Confirm them before you rely on them.',
    body:
      assumptions === undefined
        ? html`<p>No file below <code>environments/</code> has the name ${name}, so its assumptions are not known here.</p>`
        : byFile(assumptions).map(
            ([file, members]) =>
              html`<h3>${code(file)}</h3>
                ${facts(
                  members.map(({ path, value, text }) => [
                    path || 'the file',
                    [value !== undefined && [code(value), html`<br />`], withoutMark(text)],
                  ]),
                )}`,
          ),
  };
}

function byFile(assumptions: readonly Assumption[]): readonly (readonly [file: string, members: readonly Assumption[]])[] {
  return [...new Set(assumptions.map(({ file }) => file))].map(
    (file) => [file, assumptions.filter((one) => one.file === file)] as const,
  );
}

/** The heading says already that these are assumptions; what the comment quotes of the document stays. */
function withoutMark(text: string): string {
  return text.replace(/Assumption: *(.)/g, (_, first: string) => first.toUpperCase());
}
