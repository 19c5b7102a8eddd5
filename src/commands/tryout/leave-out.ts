/**
 * Removes from a work copy what an emulator does not support at all, and replaces references to it by fixed values, so that
 * the rest can be tried. Pure.
 */
import { replaceReferences, withoutDependencies } from '../../terraform/references';
import { blocksOf, isObject, type Block, type Blocks, type RootModule } from '../../terraform/root-module';

/** Why a block is left out, and the values that replace references to its attributes. */
export interface LeaveOut {
  readonly reason: string;
  /**
   * Attribute to value. `null` leaves the referring argument unset; `=name` is the value of the argument of that name.
   * @default an invented ARN for attributes that end in `arn`, otherwise the text "left-out"
   */
  readonly standIns?: Readonly<Record<string, string | null>>;
}

/** Whether a block is left out. @param type `aws_vpc`, `data.aws_lb` */
export type LeaveOutTable = (type: string, block: Block) => LeaveOut | undefined;

/** A block that was left out. */
export interface LeftOut {
  readonly address: string;
  readonly reason: string;
}

/** The module without the blocks that the table leaves out. */
export function leaveOut(
  module: RootModule,
  table: LeaveOutTable,
): { readonly module: RootModule; readonly leftOut: readonly LeftOut[] } {
  const gone = new Map<string, { readonly entry: LeaveOut; readonly block: Block }>();
  const kept = (section: Blocks | undefined, prefix: string): Blocks => {
    const rest: Record<string, Record<string, Block>> = {};
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
  const independent = withoutDependencies(rest, (address) => gone.has(address));
  const standing = replaceReferences(independent, ({ address, path }) => {
    const known = gone.get(address);
    const attribute = /^\.([a-z_][a-z0-9_]*)/.exec(path)?.[1];
    return known === undefined || attribute === undefined ? undefined : standInFor(known.entry, known.block, attribute);
  });
  return { module: withoutEmptySections(standing as RootModule), leftOut };
}

/** The value that replaces a reference, as an expression. */
function standInFor({ standIns = {} }: LeaveOut, block: Block, attribute: string): string {
  const given = standIns[attribute];
  if (given?.startsWith('=') === true) {
    const argument = block[given.slice(1)];
    return /^\$\{(.*)\}$/s.exec(String(argument))?.[1] ?? JSON.stringify(argument);
  }
  if (given !== undefined) return JSON.stringify(given);
  return /(^|_)arn$/.test(attribute) ? '"arn:aws:iam::123456789012:role/left-out"' : '"left-out"';
}

function withoutEmptySections(module: RootModule): RootModule {
  const isEmpty = (value: unknown): boolean => isObject(value) && Object.keys(value).length === 0;
  return Object.fromEntries(Object.entries(module).filter(([, section]) => !isEmpty(section)));
}

/** Without the providers that no block uses any more: terraform would need them installed. */
export function withoutUnusedProviders(module: RootModule): RootModule {
  const types = [module.resource, module.data, module.ephemeral].flatMap((section) => blocksOf(section).map(({ type }) => type));
  const isUsed = (name: string): boolean => types.some((type) => type.split('_')[0] === name);
  const only = <T>(named: Readonly<Record<string, T>> | undefined): Readonly<Record<string, T>> =>
    Object.fromEntries(Object.entries(named ?? {}).filter(([name]) => isUsed(name)));
  return withoutEmptySections({
    ...module,
    terraform: { ...module.terraform, required_providers: only(module.terraform?.required_providers) },
    provider: only(module.provider),
  });
}
