/**
 * `docs/reference/`: a page for each part of an environment file, generated from the schema and the comments in its source.
 * The pages need the TypeScript compiler and the source text, so they can only be written in a checkout.
 */
import { emulatedSchema } from '../../config/schema/emulated';
import { environmentSchema } from '../../config/schema/environment';
import type { Page } from './page';
import { fieldsOf, type Field } from './reference/fields';
import { renderIndex } from './reference/contents';
import { layOut } from './reference/layout';
import { renderPage } from './reference/markdown';
import { EMULATED_PAGE, PAGES } from './reference/outline';
import { loadCompiler } from './reference/declarations';
import { SchemaSource, type Written } from './reference/source';

/** The fields of both schemas, as read from a checkout. */
export interface Reference {
  readonly environment: readonly Field[];
  readonly emulated: readonly Field[];
  /** Source text of the example of a page: sections of an environment file, or a whole file. */
  readonly exampleOf: (page: string) => string;
}

const INDEX = 'README';
const FOLDER = 'docs/reference';
const EXAMPLES = 'src/commands/docs/reference/examples.ts';

/** Every page. Rendering one throws Unavailable when the TypeScript compiler is not installed. */
export const REFERENCE_PAGES = [INDEX, ...PAGES.map(({ name }) => name), EMULATED_PAGE.name].map((name) => ({
  path: `${FOLDER}/${name}.md`,
  render: async () => present((await allPages()).get(name), name),
})) satisfies readonly Page[];

/**
 * Reads schemas and comments.
 * @param root the checkout that holds `src/`
 */
export async function readReference(root: string): Promise<Reference> {
  const source = new SchemaSource(await loadCompiler(), root);
  const examples = (name: string): Written => source.constant(EXAMPLES, name);
  return {
    environment: fieldsOf(source, environmentSchema, source.constant('src/config/schema/environment.ts', 'environmentSchema')),
    emulated: fieldsOf(source, emulatedSchema, source.constant('src/config/schema/emulated.ts', 'emulatedSchema')),
    exampleOf: (page) => {
      if (page === INDEX) return wholeFile('defineEnvironment', examples('SMALLEST'));
      if (page === EMULATED_PAGE.name) return wholeFile('defineEmulated', examples('EMULATED_EXAMPLE'));
      return insideBraces(present(source.field([examples('EXAMPLES')], page), page).value);
    },
  };
}

let rendered: Promise<ReadonlyMap<string, string>> | undefined;

/** Page name to text; read and rendered once. */
function allPages(): Promise<ReadonlyMap<string, string>> {
  rendered ??= readReference(process.cwd()).then(renderAll);
  return rendered;
}

function renderAll({ environment, emulated, exampleOf }: Reference): ReadonlyMap<string, string> {
  const sectionNamed = (fields: readonly Field[]) => (name: string) => present(fieldNamed(fields, name), name);
  const outlines = [...PAGES, EMULATED_PAGE];
  const layout = layOut(
    new Map(
      outlines.map((page) => [page.name, page.sections.map(sectionNamed(page === EMULATED_PAGE ? emulated : environment))]),
    ),
  );
  const pages = outlines.map((page) => {
    const text = { ...page, example: exampleOf(page.name) };
    return [page.name, renderPage(text, layout.pages.get(page.name) ?? [], layout)] as const;
  });
  const index = renderIndex(exampleOf(INDEX), environment, { page: EMULATED_PAGE.name, fields: emulated }, layout);
  return new Map([[INDEX, index], ...pages]);
}

const wholeFile = (define: string, { expression }: Written): string =>
  `import { ${define} } from '../../src/config';\n\nexport default ${define}(${expression.getText()});`;

/** The lines between the braces of an object literal, without their common indentation. */
function insideBraces({ expression }: Written): string {
  const lines = expression.getText().split('\n').slice(1, -1);
  const indentation = Math.min(...lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)));
  return lines.map((line) => line.slice(indentation)).join('\n');
}

const fieldNamed = (fields: readonly Field[], name: string) => fields.find((field) => field.name === name);

function present<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`the reference has no ${name}: see src/commands/docs/reference/outline.ts`);
  return value;
}
