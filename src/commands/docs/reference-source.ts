/**
 * Reads the source text of the schema: for a zod schema, the expression that makes it and the comments of its fields.
 *
 * A schema at run time knows types, limits and defaults, but not its comments; they exist in the source text alone. The
 * expression is followed through constants, imports, spreads, wrappers such as `helped` and methods such as `.extend`.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type ts from 'typescript';
import { Unavailable } from '../policy/unavailable';

/** The parser of the TypeScript compiler. */
export type Compiler = typeof ts;

/**
 * Loads the TypeScript compiler, which is a development dependency and takes half a second: only this command needs it.
 * @throws Unavailable when it is not installed
 */
export async function loadCompiler(): Promise<Compiler> {
  const loaded = await import('typescript').catch(() => {
    throw new Unavailable('typescript is not installed: run `npm ci` (without --omit=dev), then try again');
  });
  return loaded.default;
}

/** A comment before a field, split into its description and its tags. */
export interface Comment {
  readonly text: string;
  readonly tags: readonly { readonly name: string; readonly text: string }[];
}

/** An expression of the source, and what the names in it mean. */
export interface Written {
  readonly expression: ts.Expression;
  readonly file: ts.SourceFile;
  /** Values of the parameters of the functions around it. */
  readonly bindings: ReadonlyMap<string, Written>;
}

/** A field of an object, as written. */
export interface WrittenField {
  readonly value: Written;
  readonly comment: Comment | undefined;
  /** `<file>:<line>:<column>`: two fields with one place are one declaration. */
  readonly place: string;
}

/** What kind of schema an expression makes. */
export type Form =
  | { readonly kind: 'object'; readonly parts: readonly Written[] }
  | { readonly kind: 'record' | 'array'; readonly element: Written }
  | { readonly kind: 'union'; readonly options: readonly Written[] }
  | { readonly kind: 'other' };

const OTHER: Form = { kind: 'other' };

/** Reader of the source files below one folder. */
export class SchemaSource {
  private readonly files = new Map<string, ts.SourceFile>();

  constructor(
    private readonly ts: Compiler,
    private readonly root: string,
  ) {}

  /** The value of a constant of a file, exported or not. */
  constant(path: string, name: string): Written {
    const found = this.declared(this.file(join(this.root, path)), name);
    if (found === undefined) throw new Error(`${path} declares no constant ${name}`);
    return found;
  }

  /** The kind of schema that an expression makes, and the expressions of its parts. */
  form(written: Written): Form {
    const { ts } = this;
    const { expression } = written;
    if (ts.isIdentifier(expression)) return this.follow(written, expression, (found) => this.form(found)) ?? OTHER;
    const inner = this.inside(written);
    if (inner !== undefined) return this.form(inner);
    if (ts.isPropertyAccessExpression(expression)) {
      const field = this.field(this.parts({ ...written, expression: expression.expression }), expression.name.text);
      return field === undefined ? OTHER : this.form(field.value);
    }
    return ts.isCallExpression(expression) ? this.formOfCall(written, expression) : OTHER;
  }

  /** A field of an object; of several definitions of one name the last counts, as in JavaScript. */
  field(parts: readonly Written[], name: string): WrittenField | undefined {
    for (const part of [...parts].reverse()) {
      const found = this.fieldOfPart(part, name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private formOfCall(written: Written, { expression: callee, arguments: given }: ts.CallExpression): Form {
    const { ts } = this;
    const at = (index: number): Written | undefined => given[index] && { ...written, expression: given[index] };
    if (ts.isIdentifier(callee)) return this.formOfOwnCall(written, callee, given);
    if (!ts.isPropertyAccessExpression(callee)) return OTHER;
    const method = callee.name.text;
    const receiver = { ...written, expression: callee.expression };
    if (!ts.isIdentifier(callee.expression) || callee.expression.text !== 'z') {
      const form = this.form(receiver);
      const added = method === 'extend' || method === 'safeExtend' ? at(0) : undefined;
      return form.kind === 'object' && added ? { ...form, parts: [...form.parts, ...this.parts(added)] } : form;
    }
    const [first, second] = [at(0), at(1)];
    if (['strictObject', 'object', 'looseObject'].includes(method) && first) return { kind: 'object', parts: this.parts(first) };
    if (['record', 'partialRecord'].includes(method) && second) return { kind: 'record', element: second };
    if (method === 'array' && first) return { kind: 'array', element: first };
    if (method === 'union' && first) return { kind: 'union', options: this.elements(first) };
    if (method === 'discriminatedUnion' && second) return { kind: 'union', options: this.elements(second) };
    return OTHER;
  }

  /** A call of a function of the schema itself, such as `helped(schema, help)`: what it returns, parameters filled in. */
  private formOfOwnCall(written: Written, callee: ts.Identifier, given: ts.NodeArray<ts.Expression>): Form {
    const { ts } = this;
    const declaration = this.declaredFunction(written.file, callee.text);
    if (declaration === undefined) return OTHER;
    const { body, parameters } = declaration.node;
    const names = parameters.map(({ name }) => (ts.isIdentifier(name) ? name.text : ''));
    const bindings = new Map(given.flatMap((expression, index) => [[names[index] ?? '', { ...written, expression }] as const]));
    const last = body !== undefined && ts.isBlock(body) ? body.statements.at(-1) : undefined;
    const result = last === undefined ? body : ts.isReturnStatement(last) ? last.expression : undefined;
    return result === undefined || ts.isBlock(result)
      ? OTHER
      : this.form({ expression: result, file: declaration.file, bindings });
  }

  private elements(list: Written): readonly Written[] {
    const { ts } = this;
    return ts.isArrayLiteralExpression(list.expression)
      ? list.expression.elements.map((expression) => ({ ...list, expression }))
      : (this.followed(list, (found) => this.elements(found)) ?? []);
  }

  /** The object literals that an expression consists of. */
  private parts(written: Written): readonly Written[] {
    const { ts } = this;
    const { expression } = written;
    if (ts.isObjectLiteralExpression(expression) || this.isFromEntries(expression)) return [written];
    if (ts.isPropertyAccessExpression(expression) && expression.name.text === 'shape') {
      const form = this.form({ ...written, expression: expression.expression });
      return form.kind === 'object' ? form.parts : [];
    }
    const inner = this.inside(written);
    return inner ? this.parts(inner) : (this.followed(written, (found) => this.parts(found)) ?? []);
  }

  private fieldOfPart(part: Written, name: string): WrittenField | undefined {
    const { ts } = this;
    const { expression } = part;
    if (ts.isCallExpression(expression)) return this.fieldOfEntries(part, expression);
    if (!ts.isObjectLiteralExpression(expression)) return undefined;
    for (const property of [...expression.properties].reverse()) {
      if (ts.isSpreadAssignment(property)) {
        const found = this.field(this.parts({ ...part, expression: property.expression }), name);
        if (found !== undefined) return found;
      } else if (
        (ts.isPropertyAssignment(property) || ts.isShorthandPropertyAssignment(property)) &&
        'text' in property.name &&
        property.name.text === name
      ) {
        const value = ts.isPropertyAssignment(property) ? property.initializer : property.name;
        return {
          value: { ...part, expression: value },
          comment: this.commentOf(property),
          place: this.placeOf(part.file, property),
        };
      }
    }
    return undefined;
  }

  /** `Object.fromEntries(names.map((name) => [name, schema]))`: the same schema for every name. */
  private fieldOfEntries(part: Written, call: ts.CallExpression): WrittenField | undefined {
    const { ts } = this;
    const map = call.arguments[0];
    const make = map !== undefined && ts.isCallExpression(map) ? map.arguments[0] : undefined;
    const pair = make !== undefined && ts.isArrowFunction(make) && ts.isArrayLiteralExpression(make.body) ? make.body : undefined;
    const value = pair?.elements[1];
    return value && { value: { ...part, expression: value }, comment: undefined, place: this.placeOf(part.file, value) };
  }

  private isFromEntries(expression: ts.Expression): boolean {
    return this.ts.isCallExpression(expression) && expression.expression.getText() === 'Object.fromEntries';
  }

  private inside(written: Written): Written | undefined {
    const { ts } = this;
    const { expression } = written;
    return ts.isParenthesizedExpression(expression) || ts.isAsExpression(expression) || ts.isSatisfiesExpression(expression)
      ? { ...written, expression: expression.expression }
      : undefined;
  }

  private followed<T>(written: Written, then: (found: Written) => T): T | undefined {
    return this.ts.isIdentifier(written.expression) ? this.follow(written, written.expression, then) : undefined;
  }

  private follow<T>({ file, bindings }: Written, { text }: ts.Identifier, then: (found: Written) => T): T | undefined {
    const found = bindings.get(text) ?? this.declared(file, text);
    return found && then(found);
  }

  private declared(file: ts.SourceFile, name: string): Written | undefined {
    const { ts } = this;
    for (const statement of file.statements) {
      if (!ts.isVariableStatement(statement)) continue;
      for (const { name: declared, initializer } of statement.declarationList.declarations) {
        if (ts.isIdentifier(declared) && declared.text === name && initializer)
          return { expression: initializer, file, bindings: new Map() };
      }
    }
    const imported = this.imported(file, name);
    return imported && this.declared(imported.file, imported.name);
  }

  private declaredFunction(
    file: ts.SourceFile,
    name: string,
  ): { readonly node: ts.FunctionDeclaration | ts.ArrowFunction; readonly file: ts.SourceFile } | undefined {
    const { ts } = this;
    const own = file.statements.find(
      (statement): statement is ts.FunctionDeclaration => ts.isFunctionDeclaration(statement) && statement.name?.text === name,
    );
    if (own !== undefined) return { node: own, file };
    const imported = this.imported(file, name);
    if (imported !== undefined) return this.declaredFunction(imported.file, imported.name);
    const constant = this.declared(file, name);
    return constant && ts.isArrowFunction(constant.expression) ? { node: constant.expression, file: constant.file } : undefined;
  }

  /** The file of the schema that a name is imported from, and the name there. */
  private imported(file: ts.SourceFile, name: string): { readonly file: ts.SourceFile; readonly name: string } | undefined {
    const { ts } = this;
    for (const statement of file.statements) {
      if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
      const from = statement.moduleSpecifier.text;
      const names = statement.importClause?.namedBindings;
      const found = names && ts.isNamedImports(names) ? names.elements.find((element) => element.name.text === name) : undefined;
      if (found === undefined || !from.startsWith('.')) continue;
      return { file: this.file(`${join(dirname(file.fileName), from)}.ts`), name: (found.propertyName ?? found.name).text };
    }
    return undefined;
  }

  private commentOf(node: ts.Node): Comment | undefined {
    const { ts } = this;
    const comment = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).at(-1);
    if (comment === undefined) return undefined;
    return {
      text: oneLine(ts.getTextOfJSDocComment(comment.comment)),
      tags: (comment.tags ?? []).map((tag) => ({
        name: tag.tagName.text,
        text: oneLine(ts.getTextOfJSDocComment(tag.comment)),
      })),
    };
  }

  private placeOf(file: ts.SourceFile, node: ts.Node): string {
    const { line, character } = file.getLineAndCharacterOfPosition(node.getStart());
    return `${relative(this.root, file.fileName)}:${line + 1}:${character + 1}`;
  }

  private file(path: string): ts.SourceFile {
    const known = this.files.get(path);
    if (known !== undefined) return known;
    const read = this.ts.createSourceFile(path, readFileSync(path, 'utf8'), this.ts.ScriptTarget.ES2022, true);
    this.files.set(path, read);
    return read;
  }
}

const oneLine = (text: string | undefined): string => (text ?? '').replace(/\s+/g, ' ').trim();
