/** A description as plain data, before anything else reads it: whatever a file exports, a copy of text, numbers, lists, objects. */
import { INPUT_LIMITS } from '../schema/input-limits';
import { formatPath, showReceived } from './paths';
import type { Problem } from './problem';

export interface PlainInput {
  /** A copy in which null replaces what was refused. It refers to no object of the input, and reading it runs no code. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
}

type Path = readonly PropertyKey[];

/** Refuses what is not plain data, what is too large, and text that Terrace and CDK for Terraform reserve. Takes less than a second. */
export function plainInput(input: unknown): PlainInput {
  const reader = new Reader();
  return { value: reader.copy(input, []), problems: reader.problems };
}

/** The first problems of a hostile input say enough. */
const MOST_PROBLEMS = 20;

/** Ways in which text is taken for a reference during synthesis, whatever it was meant to be. */
const RESERVED_TEXTS: readonly { readonly pattern: RegExp; readonly name: string }[] = [
  { pattern: /TfToken\[/, name: '"TfToken[", with which CDK for Terraform marks references' },
  { pattern: /-1\.8881545897\d*e\+289/, name: 'a number with which CDK for Terraform marks references' },
  { pattern: /TerraformReference\d+x/, name: '"TerraformReference<number>x", with which Terrace marks references' },
];

/** Control characters other than tab, line feed and carriage return, and halves of characters, which UTF-8 cannot express. */
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|\p{Surrogate}/u;

class Reader {
  public readonly problems: Problem[] = [];
  /** The objects on the way to the present one. */
  private readonly above = new Set<object>();
  private values = 0;

  public copy(value: unknown, path: Path): unknown {
    this.values += 1;
    if (this.values > INPUT_LIMITS.values || this.problems.length >= MOST_PROBLEMS) return this.stop();
    switch (typeof value) {
      case 'string':
        return this.text(value, path);
      case 'object':
        return value === null ? null : this.container(value, path);
      case 'bigint':
      case 'function':
      case 'symbol':
        return this.refuse(path, `a ${typeof value}`, PLAIN, 'write the value itself');
      default:
        return value;
    }
  }

  /** Says once that the whole is too large. */
  private stop(): null {
    const allowed = `at most ${INPUT_LIMITS.values} values in all`;
    if (this.values === INPUT_LIMITS.values + 1)
      this.refuse([], `more than ${INPUT_LIMITS.values} values`, allowed, 'divide the system into several environments');
    return null;
  }

  private text(value: string, path: Path): string | null {
    const { textLength } = INPUT_LIMITS;
    if (value.length > textLength)
      return this.refuse(
        path,
        `${value.length} characters`,
        `at most ${textLength} characters`,
        'put it into a file of the image',
      );
    const problem = textProblem(value);
    return problem === undefined
      ? value
      : this.refuse(path, showReceived(path, value), problem, 'remove it, or write it differently');
  }

  private container(value: object, path: Path): unknown {
    if (this.above.has(value)) return this.refuse(path, 'an object that contains itself', PLAIN, 'write the values out');
    if (path.length >= INPUT_LIMITS.depth)
      return this.refuse(path, 'an object', `at most ${INPUT_LIMITS.depth} levels`, 'the schema has no such field: remove it');
    this.above.add(value);
    try {
      return Array.isArray(value) ? this.list(value, path) : this.object(value, path);
    } catch {
      return this.refuse(path, 'an object that cannot be read', PLAIN, 'write the values out');
    } finally {
      this.above.delete(value);
    }
  }

  private list(value: readonly unknown[], path: Path): readonly unknown[] | null {
    if (value.length > INPUT_LIMITS.entries) return this.tooMany(path, value.length, INPUT_LIMITS.entries);
    return Array.from({ length: value.length }, (_, index) => this.property(value, index, path));
  }

  private object(value: object, path: Path): object | null {
    if (!isPlain(value)) return this.refuse(path, kindOf(value), PLAIN, 'write the values out');
    const names = Reflect.ownKeys(value);
    const most = path.length === 1 ? INPUT_LIMITS.sectionEntries : INPUT_LIMITS.entries;
    if (names.length > most) return this.tooMany(path, names.length, most);
    const entries = names.flatMap((name) => {
      const problem = nameProblem(name);
      if (problem === undefined) return [[String(name), this.property(value, name, path)] as const];
      this.refuse([...path, shortened(name)], 'this name', problem, 'rename it');
      return [];
    });
    return Object.fromEntries(entries);
  }

  /** Never calls a getter. */
  private property(value: object, name: PropertyKey, path: Path): unknown {
    const descriptor = Object.getOwnPropertyDescriptor(value, name);
    if (descriptor === undefined || 'value' in descriptor) return this.copy(descriptor?.value, [...path, name]);
    return this.refuse([...path, name], 'a getter', PLAIN, 'write the value itself');
  }

  private tooMany(path: Path, entries: number, most: number): null {
    return this.refuse(path, `${entries} entries`, `at most ${most} entries`, 'divide the system into several environments');
  }

  private refuse(path: Path, received: string, allowed: string, fix: string): null {
    if (this.problems.length < MOST_PROBLEMS) this.problems.push({ path: formatPath(path), received, allowed, fix });
    return null;
  }
}

const PLAIN = 'plain data: text, numbers, true, false, lists and objects';

/** Why a text is refused, as what is allowed instead. */
function textProblem(value: string): string | undefined {
  if (UNWRITABLE.test(value)) return 'text without control characters';
  const reserved = RESERVED_TEXTS.find(({ pattern }) => pattern.test(value));
  return reserved && `text without ${reserved.name}`;
}

function nameProblem(name: PropertyKey): string | undefined {
  if (typeof name !== 'string') return 'a name, not a symbol';
  if (name.length > INPUT_LIMITS.nameLength) return `at most ${INPUT_LIMITS.nameLength} characters`;
  if (Object.hasOwn(Object.prototype, name)) return 'a name that no JavaScript object already has';
  return textProblem(name);
}

function shortened(name: PropertyKey): string {
  return String(name).slice(0, 40);
}

/** Also objects of another realm, as `structuredClone` can return them. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function kindOf(value: object): string {
  const { constructor } = value;
  return typeof constructor === 'function' && constructor.name !== '' ? `a ${constructor.name}` : 'an object of a class';
}
