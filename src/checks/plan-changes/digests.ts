/**
 * Digests of changes and of whole plans: equal when the same would be applied. They cover the stack, each address, action,
 * earlier address, import, replacing path, every value that is not masked, and for values that are known after the apply the
 * expression that gives them. Pure.
 */
import { createHash, createHmac } from 'node:crypto';
import type { RootModule } from '../../terraform/root-module';
import { actionOfChange, placeOf } from './changes';
import { Configuration } from './configuration';
import type { DocumentedChange, Marks, PlanDocument } from './plan-document';
import { canonical, redact, type Redacted } from './redacted';
import { isMap } from './value-text';

/** The place of a value in a resource. */
type Path = readonly (string | number)[];

/** A change as it was reviewed. */
export interface ReviewedChange {
  readonly digest: string;
  /** Configured values that were known only after the apply. A later plan may know them. */
  readonly unknown: readonly Path[];
}

export interface DigestOptions {
  readonly stack: string;
  /** Secret of the repository. Without it anyone can compute the digest of values that they know. */
  readonly key: string | undefined;
  /** The synthesised stack. */
  readonly module?: RootModule;
}

/** Bytes of a change's digest: 96 bits cannot be met by chance or by trying. */
const BYTES = 12;

export class PlanDigests {
  private readonly configuration: Configuration;

  constructor(
    private readonly document: PlanDocument,
    private readonly options: DigestOptions,
  ) {
    this.configuration = new Configuration(document, options.module);
  }

  /** The changes, in a fixed order. */
  public changes(): readonly ReviewedChange[] {
    return this.document.changes
      .map((change) => ({ digest: this.digestOf(change, []), unknown: this.unknownPaths(change) }))
      .sort(({ digest: one }, { digest: other }) => (one < other ? -1 : 1));
  }

  /** Of the whole plan, 64 hexadecimal characters. */
  public plan(): string {
    return digestOfPlan(this.options.stack, this.changes(), this.options.key);
  }

  /**
   * Whether every change of this plan is among the reviewed ones: also what is left after an apply that stopped half-way.
   * Values that were known only after the apply may be known now, when the same expression gives them.
   */
  public areAmong(reviewed: readonly ReviewedChange[]): boolean {
    const known = new Set(reviewed.map(keyOf));
    const patterns = [...new Map(reviewed.map(({ unknown }) => [JSON.stringify(unknown), unknown])).values()];
    return this.document.changes.every((change) =>
      patterns.some((unknown) => known.has(keyOf({ digest: this.digestOf(change, unknown), unknown }))),
    );
  }

  /** @param unknown values that count as known after the apply, although this plan may know them */
  private digestOf(change: DocumentedChange, unknown: readonly Path[]): string {
    return hash(inputOf(change, this.configuration, this.options.stack, unknown), this.options.key)
      .subarray(0, BYTES)
      .toString('base64url');
  }

  /** A value that the provider computes is not among them: no later plan knows it before the resource exists. */
  private unknownPaths({ address, afterUnknown }: DocumentedChange): readonly Path[] {
    const configured = this.configuration.of(address, 'data');
    return markedPaths(afterUnknown).filter(([name]) =>
      name === undefined ? true : typeof configured === 'object' && configured !== null && Object.hasOwn(configured, name),
    );
  }
}

const keyOf = ({ digest, unknown }: ReviewedChange): string => `${digest} ${JSON.stringify(unknown)}`;

/** Of a whole plan, from the digests of its changes. */
export function digestOfPlan(stack: string, changes: readonly ReviewedChange[], key: string | undefined): string {
  const lines = changes.map(keyOf).sort();
  return hash(JSON.stringify(['plan', stack, ...lines]), key).toString('hex');
}

/** A keyed hash with a key, a plain one without. */
function hash(text: string, key: string | undefined): Buffer {
  return (key === undefined || key === '' ? createHash('sha256') : createHmac('sha256', key)).update(text).digest();
}

/** What a digest is computed over; tests look into it. */
export function inputOf(
  change: DocumentedChange,
  configuration: Configuration,
  stack: string,
  unknown: readonly Path[] = [],
): string {
  const { address, type, from, importing, replacePaths, action, before } = change;
  const after = redact(change.after, {
    type,
    sensitive: [change.afterSensitive, change.beforeSensitive],
    unknown: withPaths(change.afterUnknown, unknown),
    configured: configuration.of(address, 'data'),
  });
  const earlier = redact(before, { type, sensitive: [change.beforeSensitive, change.afterSensitive] });
  const values = action === 'update' ? changedOnly(earlier, after) : action === 'no-op' ? undefined : after;
  return JSON.stringify([
    'change',
    stack,
    placeOf(change),
    actionOfChange(change),
    from ?? null,
    importing ?? null,
    [...replacePaths].map((path) => JSON.stringify(path)).sort(),
    // What is deleted or changed, so that another object at the address is another change.
    isMap(earlier) && typeof earlier.id === 'string' ? earlier.id : null,
    canonical(values),
    // They are in no plan.
    canonical(redact(configuration.provisionersOf(address), { type: 'provisioner', sensitive: [] })),
  ]);
}

/**
 * The attributes that an update changes. The others are as they were read, and some of them differ at each reading:
 * `latest_restorable_time` of a database.
 */
function changedOnly(earlier: Redacted | undefined, after: Redacted | undefined): Redacted | undefined {
  if (!isMap(earlier) || !isMap(after)) return after;
  return Object.fromEntries(Object.entries(after).filter(([name, value]) => canonical(value) !== canonical(earlier[name])));
}

function markedPaths(marks: Marks, path: Path = []): readonly Path[] {
  if (marks === true) return [path];
  if (Array.isArray(marks)) return marks.flatMap((inner, index) => markedPaths(inner, [...path, index]));
  if (typeof marks !== 'object' || marks === null) return [];
  return Object.entries(marks).flatMap(([name, inner]) => markedPaths(inner, [...path, name]));
}

function withPaths(marks: Marks, paths: readonly Path[]): Marks {
  return paths.reduce<Marks>((all, path) => withPath(all, path), marks);
}

function withPath(marks: Marks, [first, ...rest]: Path): Marks {
  if (first === undefined || marks === true) return true;
  if (typeof first === 'number') {
    const list: readonly unknown[] = Array.isArray(marks) ? marks : [];
    return Array.from({ length: Math.max(list.length, first + 1) }, (_, index) =>
      index === first ? withPath(list[index], rest) : list[index],
    );
  }
  const object = typeof marks === 'object' && marks !== null && !Array.isArray(marks) ? marks : {};
  return { ...object, [first]: withPath((object as Readonly<Record<string, unknown>>)[first], rest) };
}
