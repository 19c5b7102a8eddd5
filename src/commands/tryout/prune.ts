/**
 * Removes from a work copy the arguments that an older version of a provider does not know, by that version's schema. Only
 * for a try-out with `--provider-version`: what is removed is not tried, and is reported. Pure.
 */
import { isObject, mapStrings, type Block, type Blocks, type RootModule } from '../../terraform/root-module';

/** A block in the output of `terraform providers schema -json`. */
export interface BlockSchema {
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly block_types?: Readonly<Record<string, { readonly block: BlockSchema }>>;
}

/** Schemas by type, of all providers together. */
export interface Schemas {
  readonly resource: ReadonlyMap<string, BlockSchema>;
  readonly data: ReadonlyMap<string, BlockSchema>;
  readonly ephemeral: ReadonlyMap<string, BlockSchema>;
}

interface ProviderSchema {
  readonly resource_schemas?: Readonly<Record<string, { readonly block: BlockSchema }>>;
  readonly data_source_schemas?: Readonly<Record<string, { readonly block: BlockSchema }>>;
  readonly ephemeral_resource_schemas?: Readonly<Record<string, { readonly block: BlockSchema }>>;
}

/** Reads the output of `terraform providers schema -json`. */
export function readSchemas(json: string): Schemas {
  const { provider_schemas: providers = {} } = JSON.parse(json) as {
    provider_schemas?: Readonly<Record<string, ProviderSchema>>;
  };
  const all = (key: keyof ProviderSchema) =>
    new Map(
      Object.values(providers).flatMap((provider) =>
        Object.entries(provider[key] ?? {}).map(([type, { block }]) => [type, block] as const),
      ),
    );
  return { resource: all('resource_schemas'), data: all('data_source_schemas'), ephemeral: all('ephemeral_resource_schemas') };
}

/** Meta-arguments, which no schema lists. */
const META = new Set(['//', 'count', 'depends_on', 'for_each', 'lifecycle', 'provider', 'provisioner', 'connection']);

/** Attributes of newer versions to the older attribute with the same value. */
const OLDER_NAMES: Readonly<Record<string, string>> = { 'aws_ecs_service.arn': 'id' };

/** The module with only what the schemas know, and how often each argument was removed. */
export function prune(
  module: RootModule,
  schemas: Schemas,
): { readonly module: RootModule; readonly dropped: ReadonlyMap<string, number> } {
  const dropped = new Map<string, number>();
  const section = (blocks: Blocks | undefined, known: ReadonlyMap<string, BlockSchema>): Blocks | undefined =>
    blocks &&
    Object.fromEntries(
      Object.entries(blocks).map(([type, named]) => {
        const schema = known.get(type);
        if (schema === undefined) return [type, named];
        return [
          type,
          Object.fromEntries(Object.entries(named).map(([name, block]) => [name, pruneBlock(block, schema, true, dropped)])),
        ];
      }),
    );
  const pruned = {
    ...module,
    ...(module.resource && { resource: section(module.resource, schemas.resource) }),
    ...(module.data && { data: section(module.data, schemas.data) }),
    ...(module.ephemeral && { ephemeral: section(module.ephemeral, schemas.ephemeral) }),
  };
  return { module: mapStrings(pruned, (text) => olderNames(text, schemas)) as RootModule, dropped };
}

function pruneBlock(block: Block, schema: BlockSchema, isOuter: boolean, dropped: Map<string, number>): Block {
  const entries = Object.entries(block).flatMap(([name, value]): [string, unknown][] => {
    if ((isOuter && META.has(name)) || name === '//' || name === 'dynamic') return [[name, value]];
    if (schema.attributes !== undefined && name in schema.attributes) return [[name, value]];
    const nested = schema.block_types?.[name]?.block;
    if (nested !== undefined) return [[name, pruneNested(value, nested, dropped)]];
    dropped.set(name, (dropped.get(name) ?? 0) + 1);
    return [];
  });
  return Object.fromEntries(entries);
}

function pruneNested(value: unknown, schema: BlockSchema, dropped: Map<string, number>): unknown {
  if (Array.isArray(value)) return value.map((inner) => pruneNested(inner, schema, dropped));
  return isObject(value) ? pruneBlock(value, schema, false, dropped) : value;
}

function olderNames(text: string, schemas: Schemas): string {
  return Object.entries(OLDER_NAMES).reduce((result, [newer, older]) => {
    const [type, attribute] = newer.split('.') as [string, string];
    const schema = schemas.resource.get(type);
    if (schema === undefined || (schema.attributes !== undefined && attribute in schema.attributes)) return result;
    return result.replace(new RegExp(`(\\b${type}\\.[A-Za-z0-9_-]+)\\.${attribute}\\b`, 'g'), `$1.${older}`);
  }, text);
}
