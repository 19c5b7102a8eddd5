/**
 * Reads HCL back with HashiCorp's own parser and compares it with the JSON of the same stack, value by value. The parser is
 * WebAssembly, and loaded only when HCL is written.
 */
import { isDeepStrictEqual } from 'node:util';
import { isObject, type Block } from '../root-module';

export interface Difference {
  /** Such as `resource.aws_vpc.main.cidr_block`. */
  readonly path: string;
  readonly json: unknown;
  readonly hcl: unknown;
}

/** The parsed file in the form of Terraform JSON, with every block in a list. */
export async function parseHcl(stackId: string, hcl: string): Promise<Block> {
  const { parse } = await import('@cdktf/hcl2json');
  return (await parse(`${stackId}.tf`, hcl)) as Block;
}

/** Every difference; empty when both are the same root module. */
export function compareModules(json: unknown, hcl: unknown): readonly Difference[] {
  return differences(normalise(json), normalise(hcl), '');
}

/**
 * Removes what has no meaning: comments, absent sections, the list around a single block, and the braces around a bare
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

/** Only text loses its braces: the top-level section `provider` has the same name and is not a reference. */
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
