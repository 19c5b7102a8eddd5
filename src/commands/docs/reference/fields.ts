/** The fields of a schema, with what the schema and its source text say of each. Pure. */
import { definitionOf, discriminatorOf, optionsOf, unwrap, type Schema } from '../../../config/schema/walk';
import type { Comment } from './declarations';
import type { SchemaSource, Written, WrittenField } from './source';
import { literal, valuesOf } from './values';

/** One field of an environment file. */
export interface Field {
  readonly name: string;
  /** Dotted path; `<name>` is a name that the author chooses, `[]` an entry of a list. */
  readonly path: string;
  readonly schema: Schema;
  readonly required: boolean;
  /** What the schema fills in, where it does. */
  readonly default?: { readonly value: unknown };
  readonly comment: Comment | undefined;
  /** `<file>:<line>:<column>` of the declaration; fields that share it are the same field. */
  readonly place: string;
  /** The objects inside it: none for plain values, several for a union. */
  readonly groups: readonly Group[];
}

/** The fields of one object. */
export interface Group {
  readonly path: string;
  /** Which variant of a union this is. */
  readonly variant?: Variant;
  readonly fields: readonly Field[];
}

/** A variant of a union: `kind: 'rate'` by the field `kind`, or `{ queue }` by the fields that it requires. */
export interface Variant {
  readonly label: string;
  readonly discriminator?: string;
}

/** The fields of an object schema and of all objects inside it. */
export function fieldsOf(source: SchemaSource, schema: Schema, written: Written): readonly Field[] {
  return new Reader(source).groups(schema, written, '').flatMap(({ fields }) => fields);
}

/** All fields below a list of fields, each before those inside it. */
export function flatten(fields: readonly Field[]): readonly Field[] {
  return fields.flatMap((field) => [field, ...field.groups.flatMap((group) => flatten(group.fields))]);
}

class Reader {
  constructor(private readonly source: SchemaSource) {}

  groups(schema: Schema, written: Written, path: string): readonly Group[] {
    const inner = unwrap(schema);
    const definition = definitionOf(inner);
    const form = this.source.form(written);
    switch (definition.type) {
      case 'object':
        return this.objectGroups(definition.shape, written, path);
      case 'record':
        return form.kind === 'record' ? this.groups(definition.valueType, form.element, `${path}.<name>`) : [];
      case 'array':
        return form.kind === 'array' ? this.groups(definition.element, form.element, `${path}[]`) : [];
      case 'union':
        return optionsOf(inner).flatMap((option, index) => {
          const chosen = form.kind === 'union' ? form.options[index] : undefined;
          if (chosen === undefined) return [];
          const variant = variantOf(inner, option);
          return this.groups(option, chosen, path).map((group) => ({ ...group, variant: group.variant ?? variant }));
        });
      default:
        return [];
    }
  }

  private objectGroups(shape: Readonly<Record<string, Schema>>, written: Written, path: string): readonly Group[] {
    const form = this.source.form(written);
    if (form.kind !== 'object') throw new Error(`the source of ${path} is not understood: ${written.expression.getText()}`);
    const entries = Object.entries(shape).map(([name, schema]) => {
      const found = this.source.field(form.parts, name);
      if (found === undefined) throw new Error(`the source of ${path}.${name} is not found`);
      return { name, schema, found };
    });
    const [first] = entries;
    // Fields made by a loop over names have one declaration, and are a record with fixed names.
    if (first !== undefined && entries.length > 1 && entries.every(({ found }) => found.place === first.found.place))
      return this.groups(first.schema, first.found.value, `${path}.<name>`);
    return [{ path, fields: entries.map(({ name, schema, found }) => this.field(name, schema, found, path)) }];
  }

  private field(name: string, schema: Schema, { value, comment, place }: WrittenField, parent: string): Field {
    const path = parent === '' ? name : `${parent}.${name}`;
    const filled = defaultOf(schema);
    return {
      name,
      path,
      schema,
      required: isRequired(schema),
      ...(filled && { default: filled }),
      comment,
      place,
      groups: this.groups(schema, value, path),
    };
  }
}

function defaultOf(schema: Schema): Field['default'] {
  const definition = definitionOf(schema);
  if (definition.type === 'default' || definition.type === 'prefault') return { value: definition.defaultValue };
  return definition.type === 'optional' ? defaultOf(definition.innerType) : undefined;
}

function variantOf(union: Schema, option: Schema): Variant | undefined {
  const definition = definitionOf(unwrap(option));
  if (definition.type !== 'object') return undefined;
  const discriminator = discriminatorOf(union)?.field;
  const schema = discriminator === undefined ? undefined : definition.shape[discriminator];
  if (discriminator !== undefined && schema !== undefined)
    return { label: `${discriminator}: ${valuesOf(schema).map(literal).join(' | ')}`, discriminator };
  const names = Object.keys(definition.shape);
  const required = names.filter((name) => isRequired(definition.shape[name]));
  const shown = required.length > 0 ? required : [...names.slice(0, 2), ...(names.length > 2 ? ['…'] : [])];
  return { label: `{ ${shown.join(', ')} }` };
}

function isRequired(schema: Schema | undefined): boolean {
  return schema !== undefined && defaultOf(schema) === undefined && definitionOf(schema).type !== 'optional';
}
