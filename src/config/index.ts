/** The configuration's interface: how environment files are typed, and how `main.ts` parses them. */
export { defineEmulated, defineEnvironment, defineSystem, defineZone, type SystemInput } from './define';
export { isEmulated, parseEmulated, type ResolvedEmulated } from './emulated';
export { parseEnvironment } from './parse';
export type * from './parts';
export { plainInput } from './problems/plain-input';
export { parsePath } from './problems/paths';
export { formatProblems, InvalidEnvironment, type PlacedProblem, type Problem } from './problems/problem';
export type { EmulatedInput } from './schema/emulated';
export type { EnvironmentInput } from './schema/environment';
export type { SharedZoneInput } from './schema/zone';
export type { ResolvedEnvironment } from './resolved/environment';
export { resolveZone } from './resolve/zone';
export { checkBetween } from './rules/between';
export type { RecordedVolumes } from './rules/between/rule';
export { boundaryOf, deploymentGroups } from './rules/between/deployment-groups';
export { storesInUse, type StoreInUse } from './rules/between/state-stores';
export { zonesInUse, type ZoneInUse } from './rules/between/zones-in-use';
