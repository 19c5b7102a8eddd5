/**
 * The modules that extensions share with the program. Each environment is a bundle of its own (scripts/build.mjs), and constructs of
 * a second copy of cdktf would belong to no stack of this one: there, imports of these modules lead to the program's.
 */
import * as cdktf from 'cdktf';
import * as constructs from 'constructs';
import * as extend from './index';

/** Under this symbol of the global object, by what extensions import. */
const SHARED = Symbol.for('terrace.shared-modules');

/** Offers the modules; before the first environment is read. */
export function shareModules(): void {
  Object.assign(globalThis, { [SHARED]: { cdktf, constructs, 'src/extend': extend } });
}
