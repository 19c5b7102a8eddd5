/** What a field may hold, in words, from its schema. Pure. */
import { z } from 'zod';
import { key } from '../../../config/schema/primitives';
import { definitionOf, discriminatorOf, helpOf, keySchema, optionsOf, unwrap, type Schema } from '../../../config/schema/walk';

/** A long list of values is written out once; this says where, for a list that was written before. */
export type ValuesElsewhere = (values: readonly unknown[]) => string | undefined;

/** Lists of values up to this length are written out wherever they occur. */
const SHORT_LIST = 12;

/** A value as TypeScript writes it, on one line. */
export function literal(value: unknown): string {
  if (typeof value === 'string') return `'${value.replace(/['\\]/g, '\\$&')}'`;
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).map(([name, entry]) => `${propertyName(name)}: ${literal(entry)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

/** The name of a property as TypeScript writes it. */
export const propertyName = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : literal(name));

/** Text as inline code. */
export const code = (text: string): string => `\`${text}\``;

/** The values that a literal or an enumeration allows; none for other schemas. */
export function valuesOf(schema: Schema): readonly unknown[] {
  const definition = definitionOf(unwrap(schema));
  if (definition.type === 'literal') return definition.values;
  return definition.type === 'enum' ? Object.values(definition.entries) : [];
}

/** The lists of values inside a field: its own, those of its entries, and the names of its entries. */
export function valueListsOf(schema: Schema): readonly (readonly unknown[])[] {
  const definition = definitionOf(unwrap(schema));
  if (definition.type === 'array') return valueListsOf(definition.element);
  if (definition.type === 'record') return valueListsOf(definition.keyType);
  if (definition.type === 'union') return definition.options.flatMap(valueListsOf);
  const values = valuesOf(schema);
  return values.length === 0 ? [] : [values];
}

/** Whether a field holds a number, or a list of numbers: it then has a unit. */
export function isNumeric(schema: Schema): boolean {
  const definition = definitionOf(unwrap(schema));
  if (definition.type === 'array') return isNumeric(definition.element);
  if (definition.type === 'union') return definition.options.some(isNumeric);
  return definition.type === 'number' || valuesOf(schema).some((value) => typeof value === 'number');
}

/** What a schema allows, as a phrase in Markdown. */
export function describe(schema: Schema, elsewhere: ValuesElsewhere = () => undefined): string {
  const inner = unwrap(schema);
  const { allowed } = helpOf(schema);
  if (allowed !== undefined) return allowed.replace(/[<*_]/g, '\\$&').replace(/^(?:a|an|the) /, '');
  const definition = definitionOf(inner);
  switch (definition.type) {
    case 'boolean':
      return '`true` or `false`';
    case 'string':
      return describeText(inner);
    case 'number':
      return describeNumber(inner);
    case 'literal':
    case 'enum':
      return describeValues(valuesOf(inner), elsewhere);
    case 'array':
      return describeList(inner, definition.element, elsewhere);
    case 'record':
      return describeRecord(inner, definition.valueType, elsewhere);
    case 'object':
      return 'object';
    case 'union':
      return describeUnion(inner, elsewhere);
    default:
      return definition.type;
  }
}

function describeValues(values: readonly unknown[], elsewhere: ValuesElsewhere): string {
  const link = values.length > SHORT_LIST ? elsewhere(values) : undefined;
  return link === undefined ? joined(values.map((value) => code(literal(value)))) : `one of the values of ${link}`;
}

function describeUnion(schema: Schema, elsewhere: ValuesElsewhere): string {
  const discriminator = discriminatorOf(schema);
  if (discriminator === undefined) return joined([...new Set(optionsOf(schema).map((option) => describe(option, elsewhere)))]);
  const values = optionsOf(schema).flatMap((option) => {
    const definition = definitionOf(unwrap(option));
    const field = definition.type === 'object' ? definition.shape[discriminator.field] : undefined;
    return field === undefined ? [] : valuesOf(field);
  });
  return `object with ${code(discriminator.field)} ${joined(values.map((value) => code(literal(value))))}`;
}

function describeList(schema: Schema, element: Schema, elsewhere: ValuesElsewhere): string {
  const { minItems, maxItems } = limitsOf(schema);
  return `list${length(minItems, maxItems, 'entries')}; each entry: ${describe(element, elsewhere)}`;
}

function describeRecord(schema: Schema, value: Schema, elsewhere: ValuesElsewhere): string {
  const { type } = definitionOf(unwrap(value));
  const each = type === 'object' ? 'an object' : describe(value, elsewhere);
  const keys = keySchema(schema);
  const names = keys === undefined ? 'text' : describe(keys, elsewhere);
  // What most names look like is said once, on the first page.
  return `${each} for each name${names === 'text' || names === describe(key) ? '' : ` (${names})`}`;
}

/** The limits of a text, a number or a list, as JSON Schema names them. */
function limitsOf(schema: Schema): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' });
}

function describeText(schema: Schema): string {
  const { format, pattern, minLength, maxLength } = limitsOf(schema);
  if (format === 'uri') return 'URL';
  if (format === 'email') return 'e-mail address';
  const matching = pattern === undefined ? '' : `, matching ${code(pattern.replaceAll('\\/', '/'))}`;
  return `text${length(minLength, maxLength, 'characters')}${matching}`;
}

function length(minimum: number | undefined, maximum: number | undefined, of: string): string {
  if (maximum !== undefined) return ` of ${minimum === undefined ? 'at most' : `${minimum} to`} ${maximum} ${of}`;
  if (minimum === undefined) return '';
  return minimum === 1 ? ', not empty' : ` of at least ${minimum} ${of}`;
}

function describeNumber(schema: Schema): string {
  const { type, minimum, exclusiveMinimum, maximum } = limitsOf(schema);
  const kind = type === 'integer' ? 'whole number' : 'number';
  const above = exclusiveMinimum === undefined ? '' : ` above ${exclusiveMinimum}`;
  const from = isLimit(minimum) ? ` from ${minimum}` : '';
  const to = isLimit(maximum) ? ` ${from === '' ? 'up ' : ''}to ${maximum}` : '';
  return `${kind}${above}${from}${to}`;
}

/** Whole numbers have the largest safe integers as limits when they have no others. */
const isLimit = (limit: number | undefined): boolean => limit !== undefined && Math.abs(limit) < Number.MAX_SAFE_INTEGER;

/** `a, b or c`. */
function joined(texts: readonly string[]): string {
  const last = texts.at(-1) ?? '';
  return texts.length < 2 ? last : `${texts.slice(0, -1).join(', ')} or ${last}`;
}
