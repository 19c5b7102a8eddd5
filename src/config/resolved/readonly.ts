/** How resolved types are derived from what the schema parses. */
import type { ParsedEnvironment } from '../schema/environment';
import type { DeepReadonly } from '../schema/written';

export type { DeepReadonly };

/** A section of an environment. */
export type Parsed<K extends keyof ParsedEnvironment> = DeepReadonly<NonNullable<ParsedEnvironment[K]>>;

/** An entry of a section whose entries people name. */
export type Entry<K extends keyof ParsedEnvironment> = Parsed<K> extends Readonly<Record<string, infer V>> ? V : never;
