/** Reads an environment section by section, so that an invalid section does not hide what the rules find in the others. */
import type { z } from 'zod';
import { definitionOf, unwrap } from './walk';
import { environmentSchema, type ParsedEnvironment } from './environment';

type Section = keyof ParsedEnvironment;

/** What can be read of an environment. */
export interface ReadableSections {
  /** Valid sections; one that was omitted and has no default is present as undefined. */
  readonly intact: Partial<ParsedEnvironment>;
  /** Of invalid sections that are records (services, buckets, ...), the valid entries. */
  readonly remains: Partial<ParsedEnvironment>;
}

/** Every section of an environment that the schema accepted: rules may also read those that were omitted. */
export function everySection(parsed: ParsedEnvironment): ReadableSections {
  const names = Object.keys(environmentSchema.shape) as Section[];
  return { intact: Object.fromEntries(names.map((name) => [name, parsed[name]])), remains: {} };
}

/** The readable part of an input that the schema has refused. */
export function readableSections(input: unknown): ReadableSections {
  if (typeof input !== 'object' || input === null) return { intact: {}, remains: {} };
  const given = input as Readonly<Record<string, unknown>>;
  const intact: Partial<Record<Section, unknown>> = {};
  const remains: Partial<Record<Section, unknown>> = {};
  for (const [section, schema] of Object.entries(environmentSchema.shape)) {
    const result = schema.safeParse(given[section]);
    if (result.success) intact[section as Section] = result.data;
    else remains[section as Section] = intactEntries(schema, given[section]);
  }
  return { intact: intact as Partial<ParsedEnvironment>, remains: remains as Partial<ParsedEnvironment> };
}

function intactEntries(schema: z.core.$ZodType, value: unknown): Readonly<Record<string, unknown>> | undefined {
  const definition = definitionOf(unwrap(schema));
  if (definition.type !== 'record' || typeof value !== 'object' || value === null) return undefined;
  const record = unwrap(schema) as z.ZodType<Readonly<Record<string, unknown>>>;
  const given: readonly (readonly [string, unknown])[] = Object.entries(value);
  const entries = given.map(([key, entry]) => record.safeParse({ [key]: entry }));
  return Object.assign({}, ...entries.map((entry) => (entry.success ? entry.data : {}))) as Readonly<Record<string, unknown>>;
}
