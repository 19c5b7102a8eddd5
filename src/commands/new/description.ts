/** A description as data with comments: the value that is checked and the text that is written come from the same object. */

/** A field of a section, and what a newcomer has to know about it. */
export interface Field {
  readonly name: string;
  readonly value: Value;
  readonly comment?: string;
}

/** An object. */
export interface Section {
  readonly fields: readonly Field[];
  /** A section of the system that this one begins with: `...system.services.web`. */
  readonly extended?: string;
  /** Whether each field has its own line. @default where the line is too long, or a field has a comment */
  readonly isTall?: boolean;
}

export type Value = string | number | boolean | readonly Value[] | Section;

/** Fields by name; undefined ones are left out. */
export type Fields = Readonly<Record<string, Value | Commented | undefined>>;

interface Commented {
  readonly commented: Value;
  readonly comment: string;
}

/** A value with the comment above its field. */
export function commented(comment: string, value: Value): Commented {
  return { commented: value, comment };
}

export function section(fields: Fields, options: Omit<Section, 'fields'> = {}): Section {
  return {
    ...options,
    fields: Object.entries(fields).flatMap(([name, value]): readonly Field[] => {
      if (value === undefined) return [];
      return [isCommented(value) ? { name, value: value.commented, comment: value.comment } : { name, value }];
    }),
  };
}

function isCommented(value: Value | Commented): value is Commented {
  return typeof value === 'object' && 'commented' in value;
}

function isSection(value: Value): value is Section {
  return typeof value === 'object' && 'fields' in value;
}

/** The data of a description. @param system the data of what it extends */
export function dataOf(value: Value, system: unknown = {}): unknown {
  if (isSection(value)) {
    const inherited = value.extended === undefined ? {} : at(system, value.extended.split('.').slice(1));
    const own = value.fields.map((field) => [field.name, dataOf(field.value, system)] as const);
    return { ...(typeof inherited === 'object' ? inherited : {}), ...Object.fromEntries(own) };
  }
  return Array.isArray(value) ? value.map((one: Value) => dataOf(one, system)) : value;
}

function at(data: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => (inner as Readonly<Record<string, unknown>>)[name], data);
}

/** The same as TypeScript, which a formatter lays out: it keeps the lines of tall sections. */
export function textOf(value: Value): string {
  if (!isSection(value)) return Array.isArray(value) ? `[${value.map(textOf).join(', ')}]` : JSON.stringify(value);
  const { fields, extended, isTall = fields.some(({ comment }) => comment !== undefined) } = value;
  const parts = [
    ...(extended === undefined ? [] : [`...${accessOf(extended)},`]),
    ...fields.map(({ name, comment, value: inner }) => {
      const above = comment === undefined ? '' : `// ${comment}\n`;
      return `${above}${JSON.stringify(name)}: ${textOf(inner)},`;
    }),
  ];
  return isTall ? `{\n${parts.join('\n')}\n}` : `{ ${parts.join(' ')} }`;
}

/** `system.services['background-jobs']`. */
function accessOf(path: string): string {
  const [root = '', ...names] = path.split('.');
  return names.reduce((text, name) => text + (/^[a-z]\w*$/i.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`), root);
}
