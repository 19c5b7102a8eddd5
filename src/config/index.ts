/** The configuration's front door: what environment files type with, and what `main.ts` parses with. */
export { defineEmulated, isEmulated, parseEmulated, type ResolvedEmulated } from './emulated';
export { defineEnvironment, parseEnvironment } from './parse';
export { InvalidEnvironment, type Problem } from './problems/problem';
export type { EmulatedInput } from './schema/emulated';
export type { EnvironmentInput } from './schema/environment';
export type { ResolvedEnvironment } from './resolved/environment';
export { checkBetween } from './rules/between';
export type { RecordedVolumes } from './rules/between/rule';
export { storesInUse, type StoreInUse } from './rules/between/state-stores';
