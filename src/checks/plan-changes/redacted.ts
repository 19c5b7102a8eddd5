/** The values of a plan without its secrets, and with what is known only after the apply. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { isObject } from '../../terraform/root-module';
import type { Marks } from './plan-document';
import {
  isReference,
  isSecretAttribute,
  isSecretName,
  isSecretPairBlock,
  isSecretVariable,
  MASK,
  withoutSecrets,
  withoutShapes,
} from './secret-values';

/** A value that is not shown. It can be compared, and is in no output. */
export class Masked {
  readonly #value: unknown;

  constructor(
    value: unknown,
    /** Whether Terraform marks it; otherwise its name or its shape does. */
    public readonly sensitive: boolean,
  ) {
    this.#value = value;
  }

  public equals(other: Redacted | undefined): boolean {
    return other instanceof Masked && isDeepStrictEqual(this.#value, other.#value);
  }
}

/** A value that is known only after the apply. */
export class Unknown {
  constructor(
    /** The expression that gives the value; undefined for one that the provider computes. */
    public readonly configured: Redacted | undefined,
  ) {}
}

/** A text that holds a document: JSON, or YAML. */
export class Document {
  constructor(
    public readonly content: Redacted,
    /** The text itself; undefined when a part of it is masked. */
    public readonly text: string | undefined,
  ) {}
}

export type Redacted =
  null | boolean | number | string | Masked | Unknown | Document | readonly Redacted[] | { readonly [name: string]: Redacted };

export interface RedactOptions {
  readonly type: string;
  /** Each is `true`, or marks parts of the value. Terraform marks the values before and after a change separately. */
  readonly sensitive: readonly Marks[];
  readonly unknown?: Marks;
  /** The value as it is configured, with references. */
  readonly configured?: unknown;
}

/** The attributes of a resource, or the value of an output. */
export function redact(value: unknown, options: RedactOptions): Redacted | undefined {
  return at(value, { ...options, name: undefined, depth: 0 });
}

interface Place extends RedactOptions {
  /** Whether it is in a policy, whose actions and condition keys have the names of secrets and whose values are none. */
  readonly inPolicy?: boolean;
  /** The attribute or key that holds the value. */
  readonly name: string | undefined;
  readonly depth: number;
}

function at(value: unknown, place: Place): Redacted | undefined {
  const { sensitive, unknown, configured, name, depth, type } = place;
  const isSensitive = sensitive.includes(true);
  if (unknown === true) {
    if (isSensitive || configured === undefined) return new Unknown(undefined);
    return new Unknown(at(configured, { ...place, sensitive: [], unknown: undefined, configured: undefined }));
  }
  const hasNothing = value === undefined && !holdsMark(unknown);
  if (hasNothing || value === null) return value;
  if (isSensitive) return new Masked(value, true);
  if (name !== undefined && depth === 1 && isSecretAttribute(type, name)) return new Masked(value, false);
  if (Array.isArray(value) || (value === undefined && Array.isArray(unknown))) return list((value ?? []) as unknown[], place);
  if (isObject(value) || value === undefined) return object(isObject(value) ? value : {}, place);
  if (typeof value === 'string') return text(value, place);
  if (typeof value === 'number' && name !== undefined && place.inPolicy !== true && isSecretName(name))
    return new Masked(value, false);
  return typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

function list(values: readonly unknown[], place: Place): Redacted {
  const isOption = (index: number): boolean =>
    /^--?[a-z-]*(password|passwd|secret|token|api-key)$/i.test(String(values[index - 1])) && typeof values[index] === 'string';
  const length = Math.max(values.length, Array.isArray(place.unknown) ? place.unknown.length : 0);
  return Array.from({ length }, (_, index) =>
    place.inPolicy !== true && isOption(index) && !isReference(String(values[index]))
      ? new Masked(values[index], false)
      : (at(values[index], inside(place, index)) ?? null),
  );
}

/** An element of a list keeps the list's name. */
function inside(place: Place, key: string | number): Place {
  const { sensitive, unknown, configured, name, depth } = place;
  const isIndex = typeof key === 'number';
  return {
    ...place,
    sensitive: sensitive.map((marks) => partOf(marks, key)),
    unknown: partOf(unknown, key),
    // One block is configured as an object or as a list of one.
    configured: isIndex && isObject(configured) ? (key === 0 ? configured : undefined) : partOf(configured, key),
    name: isIndex ? name : key,
    depth: isIndex ? depth : depth + 1,
  };
}

function partOf(whole: unknown, key: string | number): unknown {
  if (Array.isArray(whole)) return typeof key === 'number' ? whole[key] : undefined;
  return isObject(whole) && Object.hasOwn(whole, key) ? whole[key] : undefined;
}

/** Names of the half of a pair that says what the other one is. */
const LABELS = ['name', 'Name', 'key', 'Key', 'header_name', 'http_header_name'];
const VALUES = /^(header_)?values?$/i;

/** Lists in which a pair of name and value is a variable, and maps of variables. */
const isMapOfVariables = (name: string | undefined): boolean =>
  name !== undefined && /^(environment|environment_variables?|variables|env|env_vars|plaintext_env.*)$/i.test(name);

function object(values: Readonly<Record<string, unknown>>, place: Place): Redacted {
  const { unknown, name } = place;
  const keys = new Set([...Object.keys(values), ...(isObject(unknown) ? Object.keys(unknown) : [])]);
  const label = LABELS.map((key) => values[key]).find((text) => typeof text === 'string');
  const hidesValue = typeof label === 'string';
  const isSecretObject = values.kind === 'Secret';
  return Object.fromEntries(
    [...keys].sort().flatMap((key): (readonly [string, Redacted])[] => {
      const part = inside(place, key);
      const raw = values[key];
      const isPairValue = hidesValue && VALUES.test(key) && (isSecretVariable(label) || isSecretPairBlock(name ?? ''));
      // A manifest of Kubernetes.
      if (isSecretObject && /^(data|stringData)$/.test(key) && isObject(raw)) return [[key, new Masked(raw, false)]];
      // Values of a header that an origin checks.
      if (isPairValue && Array.isArray(raw) && place.inPolicy !== true) return [[key, new Masked(raw, false)]];
      const isVariable = isMapOfVariables(name) && isSecretVariable(key);
      if (place.inPolicy !== true && isObject(raw) && isVariable && typeof raw.value === 'string' && !isReference(raw.value))
        return [[key, new Masked(raw, false)]];
      if (place.inPolicy !== true && (isPairValue || isVariable) && typeof raw === 'string' && raw !== '' && !isReference(raw))
        return [[key, new Masked(raw, false)]];
      // The name of a key in an external secret.
      const redacted = at(raw, key === 'secretKey' && 'remoteRef' in values ? { ...part, name: undefined } : part);
      return redacted === undefined ? [] : [[key, redacted]];
    }),
  );
}

function text(value: string, { name, type, inPolicy }: Place): Redacted {
  if (inPolicy === true) return withoutShapes(value);
  if (name !== undefined && isSecretName(name) && value !== '' && !isReference(value)) return new Masked(value, false);
  const decoded = name !== undefined && /^user_data(_base64)?$/.test(name) ? decodedText(value) : undefined;
  if (decoded !== undefined) return text(decoded, { ...NOWHERE, type, name: 'user_data_plain' });
  const document = documentIn(value, name);
  if (document !== undefined) {
    const isPolicy = isObject(document) && 'Statement' in document;
    const content = at(document, { type, sensitive: [], name: undefined, depth: 2, inPolicy: isPolicy }) ?? null;
    return new Document(content, holdsMask(content) ? undefined : value);
  }
  return withoutSecrets(value);
}

const NOWHERE = { sensitive: [], depth: 2 } as const;

/** What a program for the boot of a host is, where it is readable text in base64; undefined for anything else. */
function decodedText(value: string): string | undefined {
  if (value.length < 16 || !/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(value)) return undefined;
  const decoded = Buffer.from(value, 'base64').toString('utf8');
  return decoded === '' || /[\u0000-\u0008\ufffd]/.test(decoded) ? undefined : decoded;
}

/** Arguments that hold YAML. */
const YAML_NAMES: ReadonlySet<string> = new Set(['values', 'yaml_body', 'manifest', 'buildspec']);

function documentIn(value: string, name: string | undefined): unknown {
  if (/^\s*[[{]/.test(value)) {
    try {
      const parsed: unknown = JSON.parse(value);
      return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
    } catch {
      return undefined;
    }
  }
  if (name === undefined || !YAML_NAMES.has(name) || !value.includes('\n')) return undefined;
  try {
    const parsed: unknown = parse(value);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a part of it is hidden. */
function holdsMask(value: Redacted): boolean {
  if (value instanceof Masked) return true;
  if (typeof value === 'string') return value.includes(MASK);
  if (value instanceof Document) return value.text === undefined;
  if (value === null || typeof value !== 'object' || value instanceof Unknown) return false;
  return Object.values(value).some(holdsMask);
}

export function holdsMark(marks: Marks): boolean {
  if (marks === true) return true;
  return typeof marks === 'object' && marks !== null && Object.values(marks).some(holdsMark);
}

/**
 * As JSON with sorted keys, for comparisons and digests. Masked values are all the same.
 * @param unknownAs what replaces a value that is known after the apply; by default its expression
 */
export function canonical(value: Redacted | undefined): string {
  if (value === undefined) return 'null';
  if (value instanceof Masked) return '<masked>';
  if (value instanceof Unknown) return `<unknown ${value.configured === undefined ? '' : canonical(value.configured)}>`;
  if (value instanceof Document)
    return value.text === undefined ? `<document ${canonical(value.content)}>` : JSON.stringify(value.text);
  if (Array.isArray(value)) return `[${(value as readonly Redacted[]).map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value as Readonly<Record<string, Redacted>>).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}
