/** A synthesised stack as the tools read it: Terraform JSON, in snake case. */

export type Block = Readonly<Record<string, unknown>>;

/** Type to name to block. */
export type Blocks = Readonly<Record<string, Readonly<Record<string, Block>>>>;

export interface RootModule {
  readonly resource?: Blocks;
  readonly data?: Blocks;
  readonly ephemeral?: Blocks;
  readonly moved?: readonly { readonly from: string; readonly to: string }[];
  readonly removed?: readonly Block[];
  readonly terraform?: Block;
}

/** Stack id to its module, of one environment or state store. */
export type Modules = Readonly<Record<string, RootModule>>;

/** Looks at what is about to be written, and throws when it must not be. */
export type Inspect = (group: string, modules: Modules) => void;

/** What is about to be written must not be: a report for a person, and nothing of the group is written. */
export class RefusedModule extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Unsafe';
  }
}

/** Every resource with its address. */
export function resourcesOf(
  module: RootModule,
): readonly { readonly type: string; readonly address: string; readonly block: Block }[] {
  return Object.entries(module.resource ?? {}).flatMap(([type, byName]) =>
    Object.entries(byName).map(([name, block]) => ({ type, address: `${type}.${name}`, block })),
  );
}
