/** A root module as the try-out reads and changes it: Terraform JSON, walked value by value. Pure. */

/** Any JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** Type to name to arguments. */
export type Blocks = Readonly<Record<string, Readonly<Record<string, Json>>>>;

/** What of a synthesised `cdk.tf.json` the try-out knows. */
export interface RootModule {
  readonly terraform: Json & { readonly required_providers?: Readonly<Record<string, Json>> };
  readonly provider?: Readonly<Record<string, readonly Json[]>>;
  readonly resource?: Blocks;
  readonly data?: Blocks;
  readonly ephemeral?: Blocks;
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A copy in which every text is what `change` makes of it; names stay. */
export function mapTexts(value: unknown, change: (text: string) => unknown): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((inner) => mapTexts(inner, change));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapTexts(inner, change)]));
}

/** Every block of a section as type, name and arguments. */
export function blocksOf(
  section: Blocks | undefined,
): readonly { readonly type: string; readonly name: string; readonly block: Json }[] {
  return Object.entries(section ?? {}).flatMap(([type, named]) =>
    Object.entries(named).map(([name, block]) => ({ type, name, block })),
  );
}

/** The provider that a resource type belongs to: `aws` of `aws_vpc`. */
export function providerOf(type: string): string {
  return type.split('_')[0] ?? type;
}

/** How many resources a module manages. */
export function resourceCount(module: RootModule): number {
  return blocksOf(module.resource).length;
}
