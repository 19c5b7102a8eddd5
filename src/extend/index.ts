/** The kit for extensions: what `environments/<system>/extensions.ts` imports (docs/extending.md). */
export { defineExtensions, type ExtensibleKind, type Extensions, type Hook, type ReadableOutputs } from './extensions';
export type { StackExtension } from './stack-extension';
export { expression } from '../terraform/expression';
export { recordMove } from '../terraform/record-move';
export type * from '../contracts/handovers';
export type { ResolvedEnvironment } from '../config/resolved/environment';
