/**
 * Takes out of a work copy what an emulator cannot have at all, and puts fixed values where others refer to it, so that
 * the rest can be tried. Pure.
 */
import { blocksOf, isObject, mapTexts, type Blocks, type Json, type RootModule } from './module-json';

/** Why something is left out, and what stands where its attributes are read. */
export interface LeaveOut {
  readonly reason: string;
  /**
   * Attribute to value; others read a made-up ARN or the text "left-out". `null` leaves the reading argument unset, and
   * `=name` is what the argument of that name says.
   */
  readonly standIns?: Readonly<Record<string, string | null>>;
}

/** Says of a block and its type (`aws_vpc`, `data.aws_lb`) whether it is left out. */
export type LeaveOutTable = (type: string, block: Json) => LeaveOut | undefined;

/** Something that was left out. */
export interface LeftOut {
  readonly address: string;
  readonly reason: string;
}

/** Address to why it is gone, and what it was. */
type Gone = ReadonlyMap<string, { readonly entry: LeaveOut; readonly block: Json }>;

/** The module without it. */
export function leaveOut(
  module: RootModule,
  table: LeaveOutTable,
): { readonly module: RootModule; readonly leftOut: readonly LeftOut[] } {
  const gone = new Map<string, { readonly entry: LeaveOut; readonly block: Json }>();
  const kept = (section: Blocks | undefined, prefix: string): Blocks => {
    const rest: Record<string, Record<string, Json>> = {};
    for (const { type, name, block } of blocksOf(section)) {
      const entry = table(prefix + type, block);
      if (entry === undefined) rest[type] = { ...rest[type], [name]: block };
      else gone.set(`${prefix}${type}.${name}`, { entry, block });
    }
    return rest;
  };
  const rest: RootModule = {
    ...module,
    resource: kept(module.resource, ''),
    data: kept(module.data, 'data.'),
    ephemeral: kept(module.ephemeral, 'ephemeral.'),
  };
  const leftOut = [...gone].map(([address, { entry }]) => ({ address, reason: entry.reason }));
  if (leftOut.length === 0) return { module, leftOut };
  const standing = mapTexts(withoutDependencies(rest, gone), (text) => replaceReferences(text, gone));
  return { module: withoutEmptySections(standing as RootModule), leftOut };
}

/** Bare addresses, which Terraform reads as references, in `depends_on` and `replace_triggered_by`. */
function withoutDependencies(value: unknown, gone: Gone): unknown {
  if (Array.isArray(value)) return value.map((inner) => withoutDependencies(inner, gone));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, inner]) => {
    const isList = (name === 'depends_on' || name === 'replace_triggered_by') && Array.isArray(inner);
    return [
      name,
      isList ? (inner as unknown[]).filter((address) => !refersTo(String(address), gone)) : withoutDependencies(inner, gone),
    ];
  });
  return Object.fromEntries(entries) as unknown;
}

const ADDRESS = /((?:data\.|ephemeral\.)?[a-z][a-z0-9]*_[a-z0-9_]+)\.([A-Za-z_][A-Za-z0-9_-]*)/;

function refersTo(text: string, gone: Gone): boolean {
  const [, type, name] = ADDRESS.exec(text) ?? [];
  return gone.has(`${type ?? ''}.${name ?? ''}`);
}

const REFERENCE = new RegExp(`(?<![A-Za-z0-9_.-])${ADDRESS.source}\\.([a-z_][a-z0-9_]*)((?:\\.[a-z0-9_-]+|\\[[^\\]]*\\])*)`, 'g');

/** Inside `${…}` only: elsewhere the same text is no reference. */
function replaceReferences(text: string, gone: Gone): string {
  if (!text.includes('${')) return text;
  return text.replace(REFERENCE, (whole, type: string, name: string, attribute: string) => {
    const known = gone.get(`${type}.${name}`);
    return known === undefined ? whole : standInFor(known.entry, known.block, attribute);
  });
}

/** As an expression. */
function standInFor({ standIns = {} }: LeaveOut, block: Json, attribute: string): string {
  const said = standIns[attribute];
  if (said?.startsWith('=') === true) {
    const argument = block[said.slice(1)];
    return /^\$\{(.*)\}$/s.exec(String(argument))?.[1] ?? JSON.stringify(argument);
  }
  if (said !== undefined) return JSON.stringify(said);
  return /(^|_)arn$/.test(attribute) ? '"arn:aws:iam::123456789012:role/left-out"' : '"left-out"';
}

function withoutEmptySections(module: RootModule): RootModule {
  const isEmpty = (value: unknown): boolean => isObject(value) && Object.keys(value).length === 0;
  return Object.fromEntries(Object.entries(module).filter(([, section]) => !isEmpty(section))) as unknown as RootModule;
}

/** Providers that still have something to do; one without is not asked for, so that it need not be there. */
export function withoutUnusedProviders(module: RootModule): RootModule {
  const types = [module.resource, module.data, module.ephemeral].flatMap((section) => blocksOf(section).map(({ type }) => type));
  const isUsed = (name: string): boolean => types.some((type) => type.split('_')[0] === name);
  const only = <T>(named: Readonly<Record<string, T>> | undefined): Readonly<Record<string, T>> =>
    Object.fromEntries(Object.entries(named ?? {}).filter(([name]) => isUsed(name)));
  return withoutEmptySections({
    ...module,
    terraform: { ...module.terraform, required_providers: only(module.terraform.required_providers) },
    provider: only(module.provider),
  });
}
