/** A synthesised stack as Terraform JSON: its shape, how it is read from a folder, and how it is walked. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ResolvedEnvironment } from '../config/resolved/environment';

/** Any JSON object; in a module, the arguments of a block. */
export type Block = Readonly<Record<string, unknown>>;

/** Type to name to block. */
export type Blocks = Readonly<Record<string, Readonly<Record<string, Block>>>>;

/** Local name to source and version: `terraform.required_providers`. */
export type RequiredProviders = Readonly<Record<string, { readonly source?: string; readonly version?: string }>>;

export interface RootModule {
  readonly terraform?: Block & { readonly required_providers?: RequiredProviders };
  readonly provider?: Readonly<Record<string, readonly Block[]>>;
  readonly resource?: Blocks;
  readonly data?: Blocks;
  readonly ephemeral?: Blocks;
  /** Output name to its block; what a stack publishes is in `value`. */
  readonly output?: Readonly<Record<string, Block>>;
  readonly moved?: readonly { readonly from: string; readonly to: string }[];
  readonly removed?: readonly Block[];
}

/** Stack id to module, of one environment or state store. */
export type Modules = Readonly<Record<string, RootModule>>;

/** The tiers of an environment. */
export interface TierChoice {
  readonly tier: ResolvedEnvironment['tier']['kind'];
  /** @default none */
  readonly nextTier?: ResolvedEnvironment['tier']['kind'];
}

/** What the tiers of a group are; undefined for a state store and a shared zone, which have none. */
export function tierChoiceOf(environment: ResolvedEnvironment | undefined): TierChoice | undefined {
  return environment && { tier: environment.tier.kind, nextTier: environment.nextTier?.kind };
}

/**
 * Inspects the modules that are about to be written.
 * @param acceptedTexts texts that look secret and that the environments of the group acknowledge
 * @param tiers of an environment
 * @throws RefusedModule when they must not be
 */
export type Inspect = (
  group: string,
  modules: Modules,
  acceptedTexts: ResolvedEnvironment['acceptedTexts'],
  tiers?: TierChoice,
) => void;

/** Nothing of the group is written; the message is the report. */
export class RefusedModule extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RefusedModule';
  }
}

/** The file in a stack's folder. */
export const MODULE_FILE = 'cdk.tf.json';

/** The module in a stack's folder; undefined when there is none, or when it is not JSON (`--hcl`). */
export function readModule(folder: string): RootModule | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, MODULE_FILE), 'utf8')) as RootModule;
  } catch {
    return undefined;
  }
}

/** The providers of all modules together, each pinned to one version. */
export function requiredProviders(...modules: readonly RootModule[]): RequiredProviders {
  return Object.fromEntries(modules.flatMap(({ terraform }) => Object.entries(terraform?.required_providers ?? {})));
}

/** Every resource, with its address. */
export function resourcesOf({ resource }: RootModule) {
  return blocksOf(resource).map(({ type, name, block }) => ({ type, address: `${type}.${name}`, block }));
}

/** Every block of a section. */
export function blocksOf(
  section: Blocks | undefined,
): readonly { readonly type: string; readonly name: string; readonly block: Block }[] {
  return Object.entries(section ?? {}).flatMap(([type, byName]) =>
    Object.entries(byName).map(([name, block]) => ({ type, name, block })),
  );
}

/** A step of the path to a part of an output. */
const STEP = /\.([\w-]+)|\["([^"]+)"\]|\[(\d+)\]/g;

/**
 * The value of an output, or of a part of one.
 * @param path what follows `outputs` in a reference: `.buckets.uploads.arn`, `.services["api"].name`
 */
export function outputAt(module: RootModule | undefined, path: string): unknown {
  const [name, ...steps] = [...path.matchAll(STEP)].map(([, attribute, key, index]) => attribute ?? key ?? index ?? '');
  let value: unknown = name === undefined ? undefined : module?.output?.[name]?.value;
  for (const step of steps) value = Array.isArray(value) ? value[Number(step)] : isObject(value) ? value[step] : undefined;
  return value;
}

/** The provider of a resource type: `aws` of `aws_vpc`. */
export function providerOf(type: string): string {
  return type.split('_')[0] ?? type;
}

export function isObject(value: unknown): value is Block {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The blocks of an argument that holds one, or a list of them. */
export function nestedBlocks(value: unknown): readonly Block[] {
  return (Array.isArray(value) ? value : [value]).filter(isObject);
}

/** The elements of a list; none for any other value. */
export function elementsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** A copy with every string replaced by what `change` returns; names stay. */
export function mapStrings(value: unknown, change: (text: string) => unknown): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((inner) => mapStrings(inner, change));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapStrings(inner, change)]));
}
