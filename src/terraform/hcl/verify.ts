/**
 * Reads written HCL back with HashiCorp's own parser and compares it with the JSON of the same stack, attribute by attribute.
 * The parser is WebAssembly: it is loaded only when HCL is asked for.
 */
import { isDeepStrictEqual } from 'node:util';

type Json = Readonly<Record<string, unknown>>;

/** A place where the HCL says something else than the JSON. */
export interface Difference {
  /** Such as `resource.aws_vpc.main.cidr_block`. */
  readonly path: string;
  readonly json: unknown;
  readonly hcl: unknown;
}

/** What the parser makes of a file: the form of Terraform JSON, every block in a list. */
export async function parseHcl(stackId: string, hcl: string): Promise<Json> {
  const { parse } = await import('@cdktf/hcl2json');
  return (await parse(`${stackId}.tf`, hcl)) as Json;
}

/** Everything that the two do not have in common; empty when they are the same root module. */
export function compareModules(json: unknown, hcl: unknown): readonly Difference[] {
  return differences(normalise(json), normalise(hcl), '');
}

/**
 * Takes away what has no meaning: comments, absent sections, the list around a single block, and the braces around a bare
 * reference, which JSON writes as text in `depends_on`, `ignore_changes` and `provider`.
 */
function normalise(value: unknown, name = ''): unknown {
  if (REFERENCES.has(name)) return bare(value);
  if (Array.isArray(value)) {
    const items = value.map((inner) => normalise(inner));
    return items.length === 1 && isObject(items[0]) ? items[0] : items;
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([key, inner]) => key !== '//' && inner !== undefined);
  return Object.fromEntries(entries.map(([key, inner]) => [key, normalise(inner, key)]));
}

const REFERENCES: ReadonlySet<string> = new Set([
  'depends_on',
  'ignore_changes',
  'replace_triggered_by',
  'provider',
  'from',
  'to',
]);

/** Only texts lose their braces: the top-level section `provider` has the same name and is no reference. */
function bare(value: unknown): unknown {
  if (typeof value === 'string') return /^\$\{(.*)\}$/s.exec(value)?.[1] ?? value;
  if (Array.isArray(value) && value.every((inner) => typeof inner === 'string')) return value.map(bare);
  return normalise(value);
}

function differences(json: unknown, hcl: unknown, path: string): readonly Difference[] {
  if (isObject(json) && isObject(hcl)) {
    const names = [...new Set([...Object.keys(json), ...Object.keys(hcl)])].sort();
    return names.flatMap((name) => differences(json[name], hcl[name], path === '' ? name : `${path}.${name}`));
  }
  if (Array.isArray(json) && Array.isArray(hcl) && json.length === hcl.length) {
    return json.flatMap((inner, index) => differences(inner, hcl[index], `${path}[${index}]`));
  }
  return isDeepStrictEqual(json, hcl) ? [] : [{ path, json, hcl }];
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
