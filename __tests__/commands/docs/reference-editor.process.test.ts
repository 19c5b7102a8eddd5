/** What an editor shows on a field of an environment file: the types that people write in keep the comments of the schema. */
import { join } from 'node:path';
import type ts from 'typescript';
import { readReference } from '../../../src/commands/docs/reference';
import type { Field, Group } from '../../../src/commands/docs/reference/fields';
import { loadCompiler, type Compiler } from '../../../src/commands/docs/reference/declarations';

const ROOT = join(__dirname, '../../..');
const ENVIRONMENT = join(ROOT, 'src/config/schema/environment.ts');
const EMULATED = join(ROOT, 'src/config/schema/emulated.ts');

let compiler: Compiler;
let program: ts.Program;

beforeAll(async () => {
  compiler = await loadCompiler();
  program = compiler.createProgram([ENVIRONMENT, EMULATED], {
    target: compiler.ScriptTarget.ES2022,
    module: compiler.ModuleKind.Node16,
    moduleResolution: compiler.ModuleResolutionKind.Node16,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    lib: ['lib.es2023.d.ts'],
    types: [],
  });
});

test('an editor shows the comment of every field of an environment', async () => {
  const { environment } = await readReference(ROOT);
  expect(differences(typeNamed(ENVIRONMENT, 'EnvironmentInput'), environment)).toEqual([]);
});

test('an editor shows the comment of every field of an emulated environment', async () => {
  const { emulated } = await readReference(ROOT);
  expect(differences(typeNamed(EMULATED, 'EmulatedInput'), emulated)).toEqual([]);
});

test('a comment that an editor does not show is found', async () => {
  const { environment } = await readReference(ROOT);
  const other = environment.map((field) =>
    field.name === 'region' ? { ...field, comment: { text: 'Other.', tags: [] } } : field,
  );
  expect(differences(typeNamed(ENVIRONMENT, 'EnvironmentInput'), other)).toEqual([
    expect.stringMatching(/^region: the editor shows "AWS region of the environment/),
  ]);
});

function typeNamed(path: string, name: string): ts.Type {
  const checker = program.getTypeChecker();
  const alias = program
    .getSourceFile(path)!
    .statements.find((statement) => compiler.isTypeAliasDeclaration(statement) && statement.name.text === name);
  return checker.getTypeAtLocation((alias as ts.TypeAliasDeclaration).name);
}

/** One line for each field whose property in the type has another comment. */
function differences(type: ts.Type, fields: readonly Field[]): readonly string[] {
  return fields.flatMap((field) => {
    const property = type.getProperty(field.name);
    if (property === undefined) return [`${field.path}: the type has no such field`];
    const shown = commentOf(property);
    const written = [field.comment?.text, ...(field.comment?.tags ?? []).map(({ name, text }) => `@${name} ${text}`)].join(' ');
    const inside = objectsIn(program.getTypeChecker().getTypeOfSymbol(property));
    return [
      ...(shown === written ? [] : [`${field.path}: the editor shows "${shown}"`]),
      ...field.groups.flatMap((group) => differencesOfGroup(inside, group)),
    ];
  });
}

/** Of the objects of a union, a group describes the one with the same fields. */
function differencesOfGroup(objects: readonly ts.Type[], { path, fields }: Group): readonly string[] {
  const names = namesOf(fields.map(({ name }) => name));
  const checker = program.getTypeChecker();
  const candidates = objects.filter((object) => namesOf(object.getProperties().map(({ name }) => name)) === names);
  const results = candidates.map((object) => differences(object, fields));
  const best = results.sort((one, other) => one.length - other.length)[0];
  return best ?? [`${path}: no type has these fields: ${objects.map((object) => checker.typeToString(object)).join(' | ')}`];
}

const namesOf = (names: readonly string[]): string => [...names].sort().join(' ');

/** The object types that a field may hold, through optionality, unions, lists, and records by name. */
function objectsIn(type: ts.Type): readonly ts.Type[] {
  const checker = program.getTypeChecker();
  const present = checker.getNonNullableType(type);
  if (present.isUnion()) return present.types.flatMap(objectsIn);
  if (!(present.flags & compiler.TypeFlags.Object)) return [];
  const element = checker.getIndexTypeOfType(present, compiler.IndexKind.Number);
  if (element !== undefined && checker.isArrayType(present)) return objectsIn(element);
  const entry = checker.getIndexTypeOfType(present, compiler.IndexKind.String);
  if (entry !== undefined) return objectsIn(entry);
  const [first] = present.getProperties();
  // A record with fixed names has properties that no source declares.
  return first !== undefined && (first.declarations ?? []).length === 0 ? objectsIn(checker.getTypeOfSymbol(first)) : [present];
}

function commentOf(property: ts.Symbol): string {
  const checker = program.getTypeChecker();
  const text = compiler.displayPartsToString(property.getDocumentationComment(checker));
  const tags = property.getJsDocTags(checker).map((tag) => `@${tag.name} ${compiler.displayPartsToString(tag.text)}`);
  return [text, ...tags].join(' ').replace(/\s+/g, ' ').trim();
}
