/**
 * The modules that extensions share with the program. Each environment is a bundle of its own (scripts/build.mjs), and constructs of
 * a second copy of cdktf would belong to no stack of this one: there, imports of these modules lead to the program's.
 */

/** Under this symbol of the global object, by what extensions import. */
const SHARED = Symbol.for('terrace.shared-modules');

/** Loads each module when an extension imports it: most environments have none, and loading cdktf takes longer than reading them. */
const MODULES = {
  get cdktf(): unknown {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would be loaded at once
    return require('cdktf') as unknown;
  },
  get constructs(): unknown {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- as above
    return require('constructs') as unknown;
  },
  get 'src/extend'(): unknown {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- as above
    return require('./index') as unknown;
  },
};

/** Offers the modules; before the first environment is read. */
export function shareModules(): void {
  Object.assign(globalThis, { [SHARED]: MODULES });
}
