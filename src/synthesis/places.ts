/**
 * The lines of an environment's file at which its problems were written. The description is a value when it is judged, so the source
 * is read again: object literals, constants, imports and spreads are followed, and anything else ends the search at its own line.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type TypeScript from 'typescript';
import { importedFile } from '../cli/source-files';

type Path = readonly (string | number)[];

/** An expression or a whole module, in its file. */
interface Spot {
  readonly file: string;
  readonly node: TypeScript.Node;
}

/** Where the search goes on, or the place where it ends, because nothing is written there or because it cannot be followed. */
type Step = { readonly found: Spot } | { readonly endsAt?: Spot };

/** Longer chains of constants are circles. */
const MOST_STEPS = 100;

/** Reads sources with the TypeScript compiler, which takes half a second to load and is wanted only when there is a problem. */
export class PlaceFinder {
  private readonly sources = new Map<string, TypeScript.SourceFile | undefined>();
  private steps = 0;

  private constructor(
    private readonly ts: typeof TypeScript,
    private readonly checkout: string,
  ) {}

  /** Undefined where the compiler is not installed: it is a development dependency. */
  public static async create(checkout = process.cwd()): Promise<PlaceFinder | undefined> {
    const loaded = await import('typescript').catch(() => undefined);
    return loaded && new PlaceFinder(loaded.default, checkout);
  }

  /** `environments/shop/system.ts:12` for the value at a path of a file's default export; the file alone where it is not found. */
  public find(file: string, path: Path): string {
    this.steps = 0;
    let spot = this.exported(file, 'default');
    for (const segment of path) {
      if (spot === undefined) break;
      const step = this.step(spot, segment);
      if ('found' in step) spot = step.found;
      else return this.placeOf(step.endsAt ?? this.follow(spot));
    }
    return spot === undefined ? file : this.placeOf(this.follow(spot));
  }

  private placeOf({ file, node }: Spot): string {
    const source = this.source(file);
    return source === undefined ? file : `${file}:${source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1}`;
  }

  private source(file: string): TypeScript.SourceFile | undefined {
    if (!this.sources.has(file)) {
      try {
        const text = readFileSync(join(this.checkout, file), 'utf8');
        this.sources.set(file, this.ts.createSourceFile(file, text, this.ts.ScriptTarget.Latest, true));
      } catch {
        this.sources.set(file, undefined);
      }
    }
    return this.sources.get(file);
  }

  /** Into a property or an entry. */
  private step(from: Spot, segment: string | number): Step {
    const { ts } = this;
    const { file, node } = this.follow(from);
    if (this.steps > MOST_STEPS) return {};
    if (ts.isSourceFile(node)) return foundIf(this.exported(file, String(segment)));
    if (ts.isArrayLiteralExpression(node)) {
      const element = node.elements[Number(segment)];
      const isCounted = !node.elements.slice(0, Number(segment) + 1).some((each) => ts.isSpreadElement(each));
      return element !== undefined && isCounted ? { found: { file, node: element } } : { endsAt: { file, node } };
    }
    if (ts.isObjectLiteralExpression(node)) return this.property({ file, node }, String(segment));
    if (ts.isConditionalExpression(node))
      return this.onlyFound([node.whenTrue, node.whenFalse], file, segment) ?? { endsAt: { file, node } };
    if (ts.isBinaryExpression(node)) return this.onlyFound([node.right], file, segment) ?? { endsAt: { file, node } };
    return { endsAt: { file, node } };
  }

  /** The last writer of a property wins; a spread that cannot be followed may be it. */
  private property({ file, node }: { file: string; node: TypeScript.ObjectLiteralExpression }, name: string): Step {
    const { ts } = this;
    let unknown: Spot | undefined;
    for (const property of [...node.properties].reverse()) {
      if (ts.isSpreadAssignment(property)) {
        const inner = this.step({ file, node: property.expression }, name);
        if ('found' in inner) return inner;
        if (!this.isRead({ file, node: property.expression })) unknown ??= { file, node: property };
      } else if (this.nameOf(property.name) === name) {
        if (ts.isPropertyAssignment(property)) return { found: { file, node: property.initializer } };
        return { found: { file, node: property.name } };
      }
    }
    return unknown === undefined ? {} : { endsAt: unknown };
  }

  private nameOf(name: TypeScript.PropertyName): string | undefined {
    return this.ts.isIdentifier(name) || this.ts.isStringLiteralLike(name) || this.ts.isNumericLiteral(name)
      ? name.text
      : undefined;
  }

  /** Whether all properties of a spread value are known. */
  private isRead(spot: Spot): boolean {
    const { node } = this.follow(spot);
    return this.ts.isObjectLiteralExpression(node) && !node.properties.some((property) => this.ts.isSpreadAssignment(property));
  }

  private onlyFound(branches: readonly TypeScript.Expression[], file: string, segment: string | number): Step | undefined {
    const found = branches.map((node) => this.step({ file, node }, segment)).filter((step) => 'found' in step);
    return found.length === 1 ? found[0] : undefined;
  }

  /** The expression that a constant, an import or a wrapper stands for. */
  private follow(spot: Spot): Spot {
    this.steps += 1;
    const next = this.steps > MOST_STEPS ? undefined : this.behind(spot);
    return next === undefined ? spot : this.follow(next);
  }

  private behind({ file, node }: Spot): Spot | undefined {
    const { ts } = this;
    if (
      ts.isParenthesizedExpression(node) ||
      ts.isAsExpression(node) ||
      ts.isSatisfiesExpression(node) ||
      ts.isNonNullExpression(node)
    )
      return { file, node: node.expression };
    if (ts.isIdentifier(node)) return this.declared(file, node.text);
    if (ts.isPropertyAccessExpression(node)) return foundOf(this.step({ file, node: node.expression }, node.name.text));
    const [argument] = ts.isCallExpression(node) ? node.arguments : [];
    // `defineEnvironment` and the like return their argument.
    if (ts.isCallExpression(node) && argument !== undefined && /^(Object\.freeze|define\w*)$/.test(node.expression.getText()))
      return { file, node: argument };
    return undefined;
  }

  /** What a name stands for in a file. */
  private declared(file: string, name: string): Spot | undefined {
    const { ts } = this;
    for (const statement of this.source(file)?.statements ?? []) {
      if (ts.isVariableStatement(statement)) {
        const found = statement.declarationList.declarations.find(
          (each) => ts.isIdentifier(each.name) && each.name.text === name,
        );
        if (found?.initializer !== undefined) return { file, node: found.initializer };
      }
      if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
      const { text } = statement.moduleSpecifier;
      if (!text.startsWith('.')) continue;
      const from = importedFile(file, text, this.checkout);
      const { name: standard, namedBindings } = statement.importClause ?? {};
      if (standard?.text === name) return this.exported(from, 'default');
      if (namedBindings === undefined) continue;
      if (ts.isNamespaceImport(namedBindings)) {
        const module = this.source(from);
        if (namedBindings.name.text === name && module !== undefined) return { file: from, node: module };
        continue;
      }
      const imported = namedBindings.elements.find((each) => each.name.text === name);
      if (imported !== undefined) return this.exported(from, (imported.propertyName ?? imported.name).text);
    }
    return undefined;
  }

  /** What a file exports under a name. */
  private exported(file: string, name: string): Spot | undefined {
    const { ts } = this;
    for (const statement of this.source(file)?.statements ?? []) {
      if (ts.isExportAssignment(statement) && name === 'default') return { file, node: statement.expression };
      if (!ts.isExportDeclaration(statement)) continue;
      const { exportClause, moduleSpecifier } = statement;
      if (exportClause === undefined || !ts.isNamedExports(exportClause)) continue;
      const found = exportClause.elements.find((each) => each.name.text === name);
      const local = found && (found.propertyName ?? found.name).text;
      if (local === undefined) continue;
      return moduleSpecifier !== undefined && ts.isStringLiteral(moduleSpecifier)
        ? this.exported(importedFile(file, moduleSpecifier.text, this.checkout), local)
        : this.declared(file, local);
    }
    return name === 'default' ? undefined : this.declared(file, name);
  }
}

const foundIf = (spot: Spot | undefined): Step => (spot === undefined ? {} : { found: spot });

const foundOf = (step: Step): Spot | undefined => ('found' in step ? step.found : undefined);
