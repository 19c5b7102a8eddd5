/** Finds constants and functions, and the comments of fields, in the source files of the schema. */
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type ts from 'typescript';
import { Unavailable } from '../../../cli/errors';

/** The TypeScript compiler, of which only the parser is used. */
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

/** A declaration, and the file that holds it. */
export interface Declaration<N extends ts.Node> {
  readonly node: N;
  readonly file: ts.SourceFile;
}

/** The source files below one folder; each is read once. */
export class SourceFiles {
  private readonly files = new Map<string, ts.SourceFile>();

  constructor(
    private readonly ts: Compiler,
    private readonly root: string,
  ) {}

  /** A file by its path below the folder. */
  file(path: string): ts.SourceFile {
    return this.read(join(this.root, path));
  }

  /** The value of a constant that a file declares or imports. */
  constant(file: ts.SourceFile, name: string): Declaration<ts.Expression> | undefined {
    const { ts } = this;
    const constants = file.statements
      .filter(ts.isVariableStatement)
      .flatMap((statement) => statement.declarationList.declarations);
    const node = constants.find((constant) => ts.isIdentifier(constant.name) && constant.name.text === name)?.initializer;
    if (node !== undefined) return { node, file };
    const imported = this.imported(file, name);
    return imported && this.constant(imported.file, imported.name);
  }

  /** A function that a file declares or imports, as a declaration or as a constant. */
  function(file: ts.SourceFile, name: string): Declaration<ts.FunctionDeclaration | ts.ArrowFunction> | undefined {
    const { ts } = this;
    const node = file.statements.filter(ts.isFunctionDeclaration).find((statement) => statement.name?.text === name);
    if (node !== undefined) return { node, file };
    const imported = this.imported(file, name);
    if (imported !== undefined) return this.function(imported.file, imported.name);
    const constant = this.constant(file, name);
    return constant && ts.isArrowFunction(constant.node) ? { node: constant.node, file } : undefined;
  }

  /** The comment before a field. */
  commentOf(node: ts.Node): Comment | undefined {
    const { ts } = this;
    const comment = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).at(-1);
    const textOf = (part: ts.JSDoc | ts.JSDocTag) => (ts.getTextOfJSDocComment(part.comment) ?? '').replace(/\s+/g, ' ').trim();
    return (
      comment && {
        text: textOf(comment),
        tags: (comment.tags ?? []).map((tag) => ({ name: tag.tagName.text, text: textOf(tag) })),
      }
    );
  }

  /** `<file>:<line>:<column>`. */
  placeOf(file: ts.SourceFile, node: ts.Node): string {
    const { line, character } = file.getLineAndCharacterOfPosition(node.getStart());
    return `${relative(this.root, file.fileName)}:${line + 1}:${character + 1}`;
  }

  /** The file that a name is imported from, and the name there; packages are not followed. */
  private imported(file: ts.SourceFile, name: string): { readonly file: ts.SourceFile; readonly name: string } | undefined {
    const { ts } = this;
    for (const { moduleSpecifier, importClause } of file.statements.filter(ts.isImportDeclaration)) {
      const from = ts.isStringLiteral(moduleSpecifier) ? moduleSpecifier.text : '';
      const names = importClause?.namedBindings;
      const found = names && ts.isNamedImports(names) ? names.elements.find((element) => element.name.text === name) : undefined;
      if (found === undefined || !from.startsWith('.')) continue;
      return { file: this.read(`${join(dirname(file.fileName), from)}.ts`), name: (found.propertyName ?? found.name).text };
    }
    return undefined;
  }

  private read(path: string): ts.SourceFile {
    const known = this.files.get(path);
    if (known !== undefined) return known;
    const read = this.ts.createSourceFile(path, readFileSync(path, 'utf8'), this.ts.ScriptTarget.ES2022, true);
    this.files.set(path, read);
    return read;
  }
}
