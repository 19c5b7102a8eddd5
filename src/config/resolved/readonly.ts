/** How resolved types are derived from what the schema parses. */
import type { ParsedEnvironment } from '../schema/environment';

/** The same, at every depth, without a way to change it. */
export type DeepReadonly<T> = T extends (infer E)[]
  ? readonly DeepReadonly<E>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

/** A section of an environment. */
export type Parsed<K extends keyof ParsedEnvironment> = DeepReadonly<NonNullable<ParsedEnvironment[K]>>;

/** An entry of a section whose entries people name. */
export type Entry<K extends keyof ParsedEnvironment> = Parsed<K> extends Readonly<Record<string, infer V>> ? V : never;
