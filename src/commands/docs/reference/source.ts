/**
 * Reads the source text of the schema: for a zod schema, the expression that makes it and the comments of its fields.
 *
 * A schema at run time knows types, limits and defaults, but not its comments; they exist in the source text alone. The
 * expression is followed through constants, imports, spreads, wrappers such as `helped` and methods such as `.extend`.
 */
import type ts from 'typescript';
import { SourceFiles, type Comment, type Compiler } from './declarations';

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
  private readonly files: SourceFiles;

  constructor(
    private readonly ts: Compiler,
    root: string,
  ) {
    this.files = new SourceFiles(ts, root);
  }

  /** The value of a constant of a file, exported or not. */
  constant(path: string, name: string): Written {
    const found = this.declared(this.files.file(path), name);
    if (found === undefined) throw new Error(`${path} declares no constant ${name}`);
    return found;
  }

  /** The kind of schema that an expression makes, and the expressions of its parts. */
  form(written: Written): Form {
    const { ts } = this;
    const { expression } = written;
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
    const declaration = this.files.function(written.file, callee.text);
    if (declaration === undefined) return OTHER;
    const { body, parameters } = declaration.node;
    const names = parameters.map(({ name }) => (ts.isIdentifier(name) ? name.text : ''));
    const bindings = new Map(given.map((expression, index) => [names[index] ?? '', { ...written, expression }]));
    const last = body !== undefined && ts.isBlock(body) ? body.statements.at(-1) : undefined;
    const result = last === undefined ? body : ts.isReturnStatement(last) ? last.expression : undefined;
    return result === undefined || ts.isBlock(result)
      ? OTHER
      : this.form({ expression: result, file: declaration.file, bindings });
  }

  private elements(list: Written): readonly Written[] {
    const { ts } = this;
    if (ts.isArrayLiteralExpression(list.expression))
      return list.expression.elements.map((expression) => ({ ...list, expression }));
    const inner = this.inside(list);
    return inner === undefined ? [] : this.elements(inner);
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
    return inner === undefined ? [] : this.parts(inner);
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
          comment: this.files.commentOf(property),
          place: this.files.placeOf(part.file, property),
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
    return value && { value: { ...part, expression: value }, comment: undefined, place: this.files.placeOf(part.file, value) };
  }

  private isFromEntries(expression: ts.Expression): boolean {
    return this.ts.isCallExpression(expression) && expression.expression.getText() === 'Object.fromEntries';
  }

  /** The value of a name, or what parentheses and type assertions enclose. */
  private inside(written: Written): Written | undefined {
    const { ts } = this;
    const { expression, file, bindings } = written;
    if (ts.isIdentifier(expression)) return bindings.get(expression.text) ?? this.declared(file, expression.text);
    return ts.isParenthesizedExpression(expression) || ts.isAsExpression(expression) || ts.isSatisfiesExpression(expression)
      ? { ...written, expression: expression.expression }
      : undefined;
  }

  private declared(file: ts.SourceFile, name: string): Written | undefined {
    const found = this.files.constant(file, name);
    return found && { expression: found.node, file: found.file, bindings: new Map() };
  }
}
