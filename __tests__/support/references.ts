/** Finds the references in the strings of a root module, and whether their targets exist. */
import type { RootModule } from './synth';

/** A reference whose target is not in the module. */
export interface Dangling {
  /** Such as `resource.aws_route.public.gateway_id`. */
  readonly at: string;
  readonly reference: string;
}

/** A read of another stack's output. */
export interface RemoteRead {
  readonly at: string;
  /** The name of the `terraform_remote_state`. */
  readonly state: string;
  /** The path in the outputs: `['private_subnet_ids', '0']`. */
  readonly path: readonly string[];
}

/** Every reference in the module to a resource, data source, ephemeral value, local, variable or provider that is not in it. */
export function danglingReferences(module: RootModule): readonly Dangling[] {
  return referencesIn(module).filter(({ reference }) => !exists(module, parts(reference)));
}

/** Every output of another stack that the module reads. */
export function remoteReads(module: RootModule): readonly RemoteRead[] {
  return referencesIn(module).flatMap(({ at, reference }) => {
    const [data, type, state, outputs, ...path] = parts(reference);
    return data === 'data' && type === 'terraform_remote_state' && outputs === 'outputs' ? [{ at, state: state!, path }] : [];
  });
}

function referencesIn(module: RootModule): readonly Dangling[] {
  const found: Dangling[] = [];
  collect(module, '', '', found);
  return found;
}

function collect(value: unknown, at: string, name: string, found: Dangling[]): void {
  if (typeof value === 'string') for (const reference of referencesOf(value, name)) found.push({ at, reference });
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) value.forEach((inner, index) => collect(inner, `${at}[${index}]`, name, found));
  else
    for (const [key, inner] of Object.entries(value))
      if (key !== '//') collect(inner, at === '' ? key : `${at}.${key}`, key, found);
}

/** Positions in which Terraform JSON takes a bare reference. */
const BARE = new Set(['depends_on', 'replace_triggered_by']);

function referencesOf(text: string, name: string): readonly string[] {
  if (BARE.has(name)) return [text.replace(/^\$\{(.*)\}$/, '$1')];
  if (name === 'provider' && /^[a-z]+\.[A-Za-z0-9_-]+$/.test(text)) return [`provider.${text}`];
  return expressionsOf(text).flatMap(traversalsOf);
}

/** The content of the template's outermost expressions. */
function expressionsOf(template: string): readonly string[] {
  const found: string[] = [];
  if (!template.includes('{')) return found;
  for (let at = 0; at < template.length; at += 1) {
    if (template.startsWith('$${', at) || template.startsWith('%%{', at)) at += 2;
    else if (template.startsWith('${', at) || template.startsWith('%{', at)) {
      const end = closing(template, at + 2);
      found.push(template.slice(at + 2, end));
      at = end;
    }
  }
  return found;
}

function closing(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '"') at = endOfString(text, at + 1);
    else if (text[at] === '{') depth += 1;
    else if (text[at] === '}' && (depth -= 1) === 0) return at;
  }
  throw new Error(`an expression is not closed: ${text}`);
}

function endOfString(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text.startsWith('${', at)) at = closing(text, at + 2);
    else if (text[at] === '"') return at;
  }
  throw new Error(`a string is not closed: ${text}`);
}

/** `aws_vpc.main.id`, `data.x.y["z"]`: names joined by dots and indices, with strings looked into. */
function traversalsOf(expression: string): readonly string[] {
  const nested: string[] = [];
  let bare = '';
  for (let at = 0; at < expression.length; at += 1) {
    if (expression[at] !== '"') {
      bare += expression[at]!;
      continue;
    }
    const end = endOfString(expression, at + 1);
    const inside = expression.slice(at + 1, end);
    nested.push(...expressionsOf(inside).flatMap(traversalsOf));
    bare += bare.endsWith('[') && /^[A-Za-z0-9_./-]+$/.test(inside) ? `<${inside}>` : '""';
    at = end;
  }
  const own = bare.match(/[A-Za-z_][\w-]*(?:\.(?:[A-Za-z_][\w-]*|\*|\d+)|\[(?:\d+|\*|<[^>]*>)\])+/g) ?? [];
  const loopVariables = new Set(
    [...bare.matchAll(/\bfor\s+(\w+)(?:\s*,\s*(\w+))?\s+in\b/g)].flatMap(([, key, value]) => [key, value]),
  );
  return [...own.filter((reference) => !loopVariables.has(reference.split(/[.[]/)[0])), ...nested];
}

function parts(reference: string): readonly string[] {
  return [...reference.matchAll(/<([^>]*)>|[\w*-]+/g)].map(([whole, quoted]) => quoted ?? whole);
}

function exists(module: RootModule, [root, first = '', second = '']: readonly string[]): boolean {
  const known = module as Record<string, any>;
  switch (root) {
    case 'data':
    case 'ephemeral':
      return known[root]?.[first]?.[second] !== undefined;
    case 'local':
      return known.locals?.[first] !== undefined;
    case 'var':
      return known.variable?.[first] !== undefined;
    case 'provider':
      return (known.provider?.[first] ?? []).some(({ alias }: { alias?: string }) => alias === second);
    case 'path':
    case 'terraform':
    case 'each':
    case 'self':
      return true;
    default:
      return known.resource?.[root!]?.[first] !== undefined;
  }
}
