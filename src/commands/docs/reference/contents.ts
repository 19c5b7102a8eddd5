/** The first page of the reference: how to read the pages, and a table of all sections. Pure. */
import type { Field } from './fields';
import type { Layout } from './layout';
import { GENERATED, prose } from './markdown';
import { code } from './values';

const HOW_TO_READ = `# Reference

Every field of an environment file, generated from the schema in \`src/config/schema\`. The same texts appear in an editor, on
a field of \`defineEnvironment({ ... })\`.

- **Paths.** \`database.roles.<name>.privileges\` is the field \`privileges\` of an entry of \`database.roles\`, whose name you
  choose; \`routes[]\` is an entry of a list. \`<key>\` is the name of an entry in the environment file.
- **Names.** A name that you choose has lower-case letters, digits and hyphens, begins with a letter and is at most 30
  characters long, unless the field says otherwise. \`<environment>\` is the name of the environment (\`shop-prod\`),
  \`<short name>\` the same without the system (\`prod\`).
- **Defaults.** A value in code is what the schema fills in; other defaults depend on other fields, as the text says.
- **Prices** are list prices in US dollars, without tax, of the service and region in brackets, checked in the month given; a
  month has 730 hours. They are examples, not quotes: prices of other regions differ.
- **Danger** says what a field replaces, destroys, interrupts or opens to others.

The smallest environment:`;

/** Where a section is described. */
export interface IndexRow {
  readonly field: Field;
  readonly page: string;
}

/** The text of `README.md`. */
export function renderIndex(
  smallest: string,
  environment: readonly Field[],
  emulated: { readonly page: string; readonly fields: readonly Field[] },
  layout: Layout,
): string {
  return [
    GENERATED,
    HOW_TO_READ,
    `\`\`\`ts\n${smallest}\n\`\`\``,
    '## Sections',
    table(environment, (field) => address(layout, field)),
    '## Local environments',
    'An environment on an emulator (`defineEmulated({ ... })`) has these sections:',
    table(emulated.fields, (field) => `${emulated.page}.md#${field.name.toLowerCase()}`),
    '',
  ]
    .join('\n\n')
    .trimEnd()
    .concat('\n');
}

function address(layout: Layout, { place, path }: Field): string {
  const found = layout.fields.get(place);
  if (found === undefined) throw new Error(`no page of the reference describes ${path}`);
  return `${found.page}.md#${found.anchor}`;
}

function table(fields: readonly Field[], addressOf: (field: Field) => string): string {
  const rows = fields.map((field) => {
    const [sentence = ''] = prose(field.comment?.text ?? '').split(/(?<=[.!?]) /);
    return `| [${code(field.name)}](${addressOf(field)}) | ${field.required ? 'yes' : ''} | ${sentence.replaceAll('|', '\\|')} |`;
  });
  return ['| section | required | what it is |', '| --- | --- | --- |', ...rows].join('\n');
}
