/**
 * Moves a PostgreSQL database and proves that nothing was lost. Every step can be interrupted at any moment and called again with the
 * same move: it finds in the servers what an earlier call has done. Steps print nothing and keep no file on this machine.
 *
 * By dump: `checkMove`, `prepareTarget`, `freeze`, `copy`, `verify`, then switch the applications, `finish`.
 * With `live`: `checkMove`, `prepareTarget`, `startLive` (copies everything and follows), `lagOf` until it is small, `freeze`,
 * `finishLive`, `verify`, then switch, `finish`.
 * Back, before the switch: `abandon`, `thaw`.
 */
export type { DatabaseMove, Connection, LiveRoute, Route, Sender, StepOptions } from './move';
export type { StoredPart, TransferStore } from './transfer-store';
export { checkReportSchema, findingSchema, type CheckReport, type Finding, type ServerFacts } from './findings';
export { verificationSchema, type Difference, type Verification } from './report';
export type { Engine, Lag } from './engine';
export { type Seal, sealSchema } from './seal';
export { postgresEngine } from './postgres-engine';
export { verificationText } from './report-text';
