/**
 * Every text of a description reaches what Terraform creates as it was written, or is refused.
 *
 * Each payload is written into every text of descriptions on every tier at once. What schema and rules refuse gets its former
 * value back; the rest is synthesised, evaluated as Terraform does, and searched in the form that its reader understands.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type z } from 'zod';
import { parse as parseYaml } from 'yaml';
import { InvalidEnvironment, parseEmulated, parseEnvironment, storesInUse, zonesInUse, type Problem } from '../../src/config';
import { emulatedSchema } from '../../src/config/schema/emulated';
import { environmentSchema } from '../../src/config/schema/environment';
import { definitionOf, schemaAt, unwrap, type Schema } from '../../src/config/schema/walk';
import { formatPath, valueAt } from '../../src/config/problems/paths';
import { addBootstrap } from '../../src/stacks/bootstrap-stack';
import { EmulatedStack } from '../../src/stacks/emulated-stack';
import { addEnvironment } from '../../src/stacks/environment';
import { addZone } from '../../src/stacks/shared-zone';
import { escapeLiterals } from '../../src/terraform/literal';
import { EVERY_EMULATED_FIELD, EVERY_FIELD, TEXT } from '../support/every-field';
import { synthApp } from '../support/synth';
import { describeWithTerraform } from '../support/terraform';

type Json = any;
type Path = readonly PropertyKey[];

const PAYLOADS: Readonly<Record<string, string>> = {
  expressions: 'a${file("/etc/hostname")}b%{if true}c%{endif}d$${e}f%%{g}h{{.Values.i}}j$$k${',
  'quotes and unicode': `a"b'c\`d\\e$(f)g\\ü🦆漢\u00a0z`,
  spaces: 'a\tb\nc  d',
};

/** Forms of a text that some schemas require: a path, a URL, an ARN. */
const FORMS: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `/${text.replace(/\s/g, '')}`,
  (text) => `https://example.org/${text}`,
  (text) => `arn:aws:ses:eu-west-1:123456789012:${text}`,
];

/** Paths of all texts in a value. */
function texts(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value === 'string') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => texts(inner, [...path, Array.isArray(value) ? Number(name) : name]));
}

function withText(value: Json, [segment, ...rest]: Path, text: string): Json {
  if (segment === undefined) return text;
  const copy: Json = Array.isArray(value) ? [...value] : { ...value };
  copy[segment] = withText(value[segment], rest, text);
  return copy;
}

interface Written {
  readonly path: Path;
  readonly text: string;
}

/** Paths whose texts are equal, because one refers to the other; a text without meaning refers to nothing. */
function groups(input: Json): readonly (readonly Path[])[] {
  const byText = new Map<string, Path[]>();
  for (const path of texts(input)) {
    const text = String(valueAt(input, path));
    const name = text === TEXT ? formatPath(path) : text;
    byText.set(name, [...(byText.get(name) ?? []), path]);
  }
  return [...byText.values()];
}

/** The payload in a form that the schemas of all places of a group accept; none where they refuse each. */
function written(schema: Schema, input: Json, group: readonly Path[], payload: string, index: number): readonly Written[] {
  const places = group.map((path) => schemaAt(schema, path, input));
  const fits = (text: string): boolean => places.every((place) => place && (place as z.ZodType).safeParse(text).success);
  const text = FORMS.map((form) => form(`x${index}x${payload}z`)).find(fits);
  return text === undefined ? [] : group.map((path) => ({ path, text }));
}

/** The description with every text that is accepted, and the problems of those that are not. */
function fill(schema: Schema, parse: (input: unknown) => unknown, input: Json, payload: string) {
  let leaves = groups(input).flatMap((group, index) => written(schema, input, group, payload, index));
  const tried = leaves;
  const refused: Problem[] = [];
  for (;;) {
    const filled = leaves.reduce((value, { path, text }) => withText(value, path, text), input);
    try {
      parse(filled);
      return { filled, leaves, tried, refused };
    } catch (error) {
      if (!(error instanceof InvalidEnvironment)) throw error;
      const { problems } = error;
      const isAbout = ({ path, text }: Written): boolean => {
        const place = formatPath(path);
        return problems.some(
          (problem) =>
            `${place}.`.startsWith(`${problem.path}.`) ||
            place.startsWith(`${problem.path}[`) ||
            // A rule names another place by the name that leads there.
            path.some((segment) => problem.received === JSON.stringify(segment)) ||
            leaves.some((other) => other.text === text && formatPath(other.path) === problem.path),
        );
      };
      const kept = leaves.filter((leaf) => !isAbout(leaf));
      if (kept.length === leaves.length) throw error;
      refused.push(...problems);
      leaves = kept;
    }
  }
}

/** A Terraform string as Terraform evaluates it; what stands for expressions cannot be part of a text. */
function evaluate(template: string): { readonly text: string; readonly expressions: readonly string[] } {
  const expressions: string[] = [];
  if (!/[$%]\{/.test(template)) return { text: template, expressions };
  let text = '';
  let at = 0;
  while (at < template.length) {
    if (template.startsWith('$${', at) || template.startsWith('%%{', at)) {
      text += template.slice(at + 1, at + 3);
      at += 3;
    } else if (template.startsWith('${', at) || template.startsWith('%{', at)) {
      let depth = 0;
      const from = at;
      do {
        if (template[at] === '{') depth += 1;
        if (template[at] === '}') depth -= 1;
        at += 1;
      } while (at < template.length && (depth > 0 || at === from + 1));
      expressions.push(template.slice(from, at));
      text += '\u0001';
    } else {
      text += template.charAt(at);
      at += 1;
    }
  }
  return { text, expressions };
}

/** Every text of a module, evaluated, and those inside its JSON and YAML. */
function readable(module: unknown): { readonly found: readonly string[]; readonly expressions: readonly string[] } {
  const found: string[] = [];
  const expressions: string[] = [];
  const visit = (value: unknown, isTemplate: boolean): void => {
    if (typeof value === 'string') {
      const evaluated = isTemplate ? evaluate(value) : { text: value, expressions: [] };
      expressions.push(...evaluated.expressions);
      found.push(evaluated.text);
      visit(decoded(evaluated.text), false);
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) {
        if (!Array.isArray(value)) visit(name, isTemplate);
        visit(inner, isTemplate);
      }
    }
  };
  visit(module, true);
  return { found, expressions };
}

/** By text: most texts of a synthesis are names and keys, which occur many times. */
const known = new Map<string, unknown>();

function decoded(text: string): unknown {
  if (!known.has(text)) known.set(text, decode(text));
  return known.get(text);
}

/** What a list or map of YAML has: a key or an item in a block, or a bracket. To parse the other texts takes most of the time. */
const COLLECTION = /(?:^|\s)[[{]|:\s|:$|^\s*[-?](?:\s|$)/m;

function decode(text: string): unknown {
  if (!COLLECTION.test(text)) return undefined;
  for (const read of [JSON.parse, parseYaml] as readonly ((text: string) => unknown)[]) {
    try {
      const value = read(text);
      if (typeof value === 'object' && value !== null) return value;
    } catch {
      // Text of another kind.
    }
  }
  return undefined;
}

const json = (text: string): string => JSON.stringify(text).slice(1, -1);

/** How texts are quoted for the programs that read them from files. */
const ENCODINGS: readonly ((text: string) => string)[] = [
  (text) => text,
  json,
  // Compose, and Kubernetes in commands.
  (text) => text.replaceAll('$', '$$$$'),
  (text) => text.replace(/\$(?=[$(])/g, '$$$$'),
  // A shell, and dotenv of Compose.
  (text) => text.replaceAll("'", `'\\''`),
  (text) => text.replaceAll('\\', '\\\\').replaceAll("'", "\\'"),
  (text) => text.replaceAll("'", "\\'"),
];

/** The beginning of a payload, which says what place it was written into. */
const MARKER = /x\d+xa/;

/** Texts by the markers in them. */
function byMarker(found: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const texts = new Map<string, string[]>();
  for (const text of found)
    for (const [marker] of text.matchAll(new RegExp(MARKER, 'g'))) texts.set(marker, [...(texts.get(marker) ?? []), text]);
  return texts;
}

function isFound(text: string, candidates: readonly string[]): boolean {
  return ENCODINGS.some((encode) => candidates.some((one) => one.includes(encode(text))));
}

/** Reasons are for the readers of the file. */
const NOT_IN_TERRAFORM = 'acknowledge.';

function check(stacks: Readonly<Record<string, unknown>>, leaves: readonly Written[]): readonly string[] {
  const results = Object.values(stacks).map(readable);
  const found = byMarker(results.flatMap((result) => result.found));
  expect(results.flatMap(({ expressions }) => expressions).filter((expression) => MARKER.test(expression))).toEqual([]);
  return leaves.flatMap(({ path, text }) => {
    const [marker = ''] = MARKER.exec(text) ?? [];
    const name = formatPath(path);
    return name.startsWith(NOT_IN_TERRAFORM) || isFound(text, found.get(marker) ?? []) ? [] : [`${name}: ${text}`];
  });
}

const seen = new Set<string>();

/** A schema, or the branches of a union. */
function branches(schema: Schema): readonly Schema[] {
  const definition = definitionOf(unwrap(schema));
  return definition.type === 'union' ? definition.options.flatMap(branches) : [unwrap(schema)];
}

/** `services.api.command[0]` as `services.*.command.*`: the place in the schema, of each variant that has it. */
function placesOf(schema: Schema, [segment, ...rest]: Path): readonly string[] {
  if (segment === undefined) return [''];
  return branches(schema).flatMap((branch) => {
    const definition = definitionOf(branch);
    const [name, inner] =
      definition.type === 'object'
        ? [String(segment), definition.shape[String(segment)]]
        : [
            '*',
            definition.type === 'record' ? definition.valueType : definition.type === 'array' ? definition.element : undefined,
          ];
    return inner === undefined ? [] : placesOf(inner, rest).map((place) => `.${name}${place}`);
  });
}

/** Every place of the schema that accepts a payload in some form. */
function freePlaces(schema: Schema, place = ''): readonly string[] {
  return branches(schema).flatMap((branch) => {
    const definition = definitionOf(branch);
    switch (definition.type) {
      case 'object':
        return Object.entries(definition.shape).flatMap(([name, inner]) => freePlaces(inner, `${place}.${name}`));
      case 'record':
        return freePlaces(definition.valueType, `${place}.*`);
      case 'array':
        return freePlaces(definition.element, `${place}.*`);
      case 'string': {
        const accepts = (text: string): boolean => (branch as z.ZodType).safeParse(text).success;
        const { spaces: _harmless, ...payloads } = PAYLOADS;
        return Object.values(payloads).some((payload) => FORMS.some((form) => accepts(form(payload)))) ? [place] : [];
      }
      default:
        return [];
    }
  });
}

describe.each(Object.entries(PAYLOADS))('text with %s', (_name, payload) => {
  test.each(Object.entries(EVERY_FIELD))('arrives as written: %s', (_tier, input) => {
    const { filled, leaves, tried, refused } = fill(environmentSchema, parseEnvironment, input, payload);
    for (const { path } of tried) for (const place of placesOf(environmentSchema, path)) seen.add(place);
    const environment = parseEnvironment(filled);
    const stacks = synthApp((app) => {
      addEnvironment(app, environment);
      for (const store of storesInUse([environment])) addBootstrap(app, store);
      for (const zone of zonesInUse([environment])) addZone(app, zone);
    });
    expect(check(stacks, leaves)).toEqual([]);
    for (const { path, allowed, fix } of refused) expect([path, allowed, fix]).not.toContain('');
  });

  test('arrives as written: an emulator', () => {
    const { filled, leaves } = fill(emulatedSchema, parseEmulated, EVERY_EMULATED_FIELD, payload);
    const stacks = synthApp((app) => void new EmulatedStack(app, parseEmulated(filled)));
    expect(check(stacks, leaves)).toEqual([]);
  });
});

test('every free text of the schema is among them', () => {
  const missing = freePlaces(environmentSchema).filter((place) => !seen.has(place));
  expect([...new Set(missing)]).toEqual([]);
});

describeWithTerraform('Terraform', () => {
  const folder = mkdtempSync(join(tmpdir(), 'terrace-literals-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('evaluates what is escaped to the text that it was', () => {
    const text = Object.values(PAYLOADS).map((payload) => `${payload}$$\{x}$$$\{y}%%%{z}$`.replaceAll('\\{', '{'));
    const locals = escapeLiterals({ text, names: Object.fromEntries(text.map((one) => [one, one])) });
    writeFileSync(join(folder, 'main.tf.json'), JSON.stringify({ locals }));
    const printed = execFileSync('terraform', ['console', '-no-color'], {
      cwd: folder,
      input: 'base64encode(jsonencode([local.text, local.names]))\n',
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...process.env, TF_CLI_CONFIG_FILE: undefined },
    });
    const read: unknown = JSON.parse(Buffer.from(JSON.parse(String(printed)) as string, 'base64').toString());
    expect(read).toEqual([text, Object.fromEntries(text.map((one) => [one, one]))]);
  });
});
