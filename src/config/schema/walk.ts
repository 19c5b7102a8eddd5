/** Finds the schema at a path, and its words for refused values. */
import { z } from 'zod';
import type { Help } from './primitives';

/** A zod schema of any kind. */
export type Schema = z.core.$ZodType;

/** What a schema is made of, as a union that can be switched on `type`. */
export function definitionOf(schema: Schema) {
  return (schema as z.core.$ZodTypes)._zod.def;
}

/** The schema inside `optional`, `default`, `prefault` and the like. */
export function unwrap(schema: Schema): Schema {
  const definition = definitionOf(schema);
  switch (definition.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'readonly':
      return unwrap(definition.innerType);
    default:
      return schema;
  }
}

/** The words attached by `helped`, on the schema or on what it wraps. */
export function helpOf(schema: Schema | undefined): Partial<Help> {
  if (schema === undefined) return {};
  const { allowed, fix, names } = z.globalRegistry.get(schema) ?? {};
  if (typeof allowed === 'string' && typeof fix === 'string')
    return { allowed, fix, names: typeof names === 'function' ? (names as Help['names']) : undefined };
  const inner = unwrap(schema);
  return inner === schema ? {} : helpOf(inner);
}

/**
 * Where a field belongs that this schema does not have, as attached by `withElsewhere`.
 * @param value what was given: of a discriminated union, the branch that it names answers
 */
export function elsewhereOf(schema: Schema | undefined, field: string, value: unknown): string | undefined {
  if (schema === undefined) return undefined;
  const { elsewhere } = z.globalRegistry.get(schema) ?? {};
  const fields: Readonly<Record<string, unknown>> = typeof elsewhere === 'object' && elsewhere !== null ? { ...elsewhere } : {};
  if (typeof fields[field] === 'string') return fields[field];
  const inner = unwrap(schema);
  if (inner !== schema) return elsewhereOf(inner, field, value);
  const definition = definitionOf(schema);
  if (definition.type !== 'union' || !('discriminator' in definition)) return undefined;
  const [branch] = branchesFor(definition, value);
  return elsewhereOf(branch, field, value);
}

/**
 * The schema that checked the value at a path.
 * @param value the input that the schema was given: decides which branch of a discriminated union was taken
 * @returns undefined where the path leads out of the schema
 */
export function schemaAt(schema: Schema, path: readonly PropertyKey[], value: unknown): Schema | undefined {
  const [segment, ...rest] = path;
  if (segment === undefined) return schema;
  const inner =
    typeof value === 'object' && value !== null ? (value as Readonly<Record<PropertyKey, unknown>>)[segment] : undefined;
  for (const next of stepInto(unwrap(schema), segment, value)) {
    const found = schemaAt(next, rest, inner);
    if (found !== undefined) return found;
  }
  return undefined;
}

function stepInto(schema: Schema, segment: PropertyKey, value: unknown): readonly Schema[] {
  const definition = definitionOf(schema);
  switch (definition.type) {
    case 'object': {
      const field = definition.shape[segment as string];
      return field === undefined ? [] : [field];
    }
    case 'record':
      return [definition.valueType];
    case 'array':
      return [definition.element];
    case 'union':
      return branchesFor(definition, value).flatMap((option) => stepInto(unwrap(option), segment, value));
    default:
      return [];
  }
}

function branchesFor(definition: { readonly options: readonly Schema[] }, value: unknown): readonly Schema[] {
  const discriminator = 'discriminator' in definition ? String(definition.discriminator) : undefined;
  if (discriminator === undefined || typeof value !== 'object' || value === null) return definition.options;
  const given = (value as Readonly<Record<string, unknown>>)[discriminator];
  return definition.options.filter((option) => literalsOf(option, discriminator).includes(given));
}

function literalsOf(option: Schema, field: string): readonly unknown[] {
  const definition = definitionOf(option);
  const schema = definition.type === 'object' ? definition.shape[field] : undefined;
  const literal = schema && definitionOf(unwrap(schema));
  if (schema === undefined || literal === undefined) return [];
  const values = literal.type === 'literal' ? literal.values : literal.type === 'enum' ? Object.values(literal.entries) : [];
  return definitionOf(schema).type === 'optional' ? [...values, undefined] : values;
}

/**
 * The names that an object or a record with fixed keys may have; undefined where any name is possible.
 * @param value what was given: of a union, the branches that share a field with it count
 */
export function fieldNames(schema: Schema | undefined, value: unknown): readonly string[] | undefined {
  if (schema === undefined) return undefined;
  const definition = definitionOf(unwrap(schema));
  if (definition.type === 'object') return Object.keys(definition.shape);
  if (definition.type === 'union') return namesOfBranches(branchesFor(definition, value), value);
  if (definition.type !== 'record') return undefined;
  const keys = definitionOf(definition.keyType);
  return keys.type === 'enum' ? Object.values(keys.entries).map(String) : undefined;
}

function namesOfBranches(branches: readonly Schema[], value: unknown): readonly string[] | undefined {
  const given = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  const likely = branches.flatMap((branch) => {
    const names = fieldNames(branch, value) ?? [];
    return names.some((name) => given.includes(name)) ? names : [];
  });
  if (likely.length > 0) return [...new Set(likely)];
  // A word or an object: an object can only be meant for the one branch that is an object.
  const objects = branches.flatMap((branch) => fieldNames(branch, value) ?? []);
  return branches.filter((branch) => fieldNames(branch, value) !== undefined).length === 1 ? objects : undefined;
}

/** The field that distinguishes the branches of a discriminated union, and its values. */
export function discriminatorOf(
  schema: Schema | undefined,
): { readonly field: string; readonly values: readonly unknown[] } | undefined {
  const definition = schema && definitionOf(unwrap(schema));
  if (definition?.type !== 'union' || !('discriminator' in definition)) return undefined;
  const field = String(definition.discriminator);
  const values = definition.options.flatMap((option) => literalsOf(option, field));
  return { field, values: values.filter((value) => value !== undefined) };
}

/** The schema of a record's keys. */
export function keySchema(schema: Schema | undefined): Schema | undefined {
  const definition = schema && definitionOf(unwrap(schema));
  return definition?.type === 'record' ? definition.keyType : undefined;
}

/** The branches of a union, in order. */
export function optionsOf(schema: Schema | undefined): readonly Schema[] {
  const definition = schema && definitionOf(unwrap(schema));
  return definition?.type === 'union' ? definition.options : [];
}
