/**
 * Takes out of a work copy what an emulator cannot have at all, and puts fixed values where others refer to it, so that
 * the rest can be tried. Pure.
 */
import { blocksOf, isObject, mapTexts, type Blocks, type RootModule } from './module-json';

/** Why something is left out, and what stands where its attributes are read. */
export interface LeaveOut {
  readonly reason: string;
  /** Attribute to value; others read a made-up ARN or the text "left-out". `null` leaves the reading argument unset. */
  readonly standIns?: Readonly<Record<string, string | null>>;
}

/** Says of a type (`aws_vpc`, `data.aws_lb`) whether it is left out. */
export type LeaveOutTable = (type: string) => LeaveOut | undefined;

/** Something that was left out. */
export interface LeftOut {
  readonly address: string;
  readonly reason: string;
}

/** The module without it. */
export function leaveOut(
  module: RootModule,
  table: LeaveOutTable,
): { readonly module: RootModule; readonly leftOut: readonly LeftOut[] } {
  const leftOut: LeftOut[] = [];
  const kept = (section: Blocks | undefined, prefix: string): Blocks =>
    Object.fromEntries(
      Object.entries(section ?? {}).filter(([type, named]) => {
        const entry = table(prefix + type);
        if (entry !== undefined)
          leftOut.push(...Object.keys(named).map((name) => ({ address: `${prefix}${type}.${name}`, reason: entry.reason })));
        return entry === undefined;
      }),
    );
  const rest: RootModule = {
    ...module,
    resource: kept(module.resource, ''),
    data: kept(module.data, 'data.'),
    ephemeral: kept(module.ephemeral, 'ephemeral.'),
  };
  if (leftOut.length === 0) return { module, leftOut };
  const gone = new Set(leftOut.map(({ address }) => address));
  const standing = mapTexts(withoutDependencies(rest, gone), (text) => replaceReferences(text, gone, table));
  return { module: withoutEmptySections(standing as RootModule), leftOut };
}

/** Bare addresses, which Terraform reads as references, in `depends_on` and `replace_triggered_by`. */
function withoutDependencies(value: unknown, gone: ReadonlySet<string>): unknown {
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

function refersTo(text: string, gone: ReadonlySet<string>): boolean {
  const [, type, name] = ADDRESS.exec(text) ?? [];
  return gone.has(`${type ?? ''}.${name ?? ''}`);
}

const REFERENCE = new RegExp(`(?<![A-Za-z0-9_.-])${ADDRESS.source}\\.([a-z_][a-z0-9_]*)((?:\\.[a-z0-9_-]+|\\[[^\\]]*\\])*)`, 'g');

/** Inside `${…}` only: elsewhere the same text is no reference. */
function replaceReferences(text: string, gone: ReadonlySet<string>, table: LeaveOutTable): string {
  if (!text.includes('${')) return text;
  return text.replace(REFERENCE, (whole, type: string, name: string, attribute: string) => {
    const entry = table(type);
    if (entry === undefined || !gone.has(`${type}.${name}`)) return whole;
    return JSON.stringify(standInFor(entry, attribute));
  });
}

function standInFor({ standIns = {} }: LeaveOut, attribute: string): string | null {
  const said = standIns[attribute];
  if (said !== undefined) return said;
  return /(^|_)arn$/.test(attribute) ? 'arn:aws:iam::123456789012:role/left-out' : 'left-out';
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
  return {
    ...module,
    terraform: { ...module.terraform, required_providers: only(module.terraform.required_providers) },
    provider: only(module.provider),
  };
}
