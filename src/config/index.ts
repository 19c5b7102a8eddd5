/** The configuration's interface: how environment files are typed, and how `main.ts` parses them. */
export { defineEmulated, isEmulated, parseEmulated, type ResolvedEmulated } from './emulated';
export { defineEnvironment, defineZone, parseEnvironment, parsePreview } from './parse';
export { plainInput } from './problems/plain-input';
export { InvalidEnvironment, type Problem } from './problems/problem';
export type { EmulatedInput } from './schema/emulated';
export type { EnvironmentInput } from './schema/environment';
export type { SharedZoneInput } from './schema/zone';
export type { ResolvedEnvironment } from './resolved/environment';
export type { ResolvedPreview } from './resolved/preview';
export type { PreviewRequest } from './resolve/preview';
export { tierHasPreviews } from './tiers/preview-rule';
export { resolveZone } from './resolve/zone';
export { checkBetween } from './rules/between';
export type { RecordedVolumes } from './rules/between/rule';
export { boundaryOf, deploymentGroups } from './rules/between/deployment-groups';
export { storesInUse, type StoreInUse } from './rules/between/state-stores';
export { zonesInUse, type ZoneInUse } from './rules/between/zones-in-use';
