/** The steps of a move. */
import type { CheckReport } from './findings';
import type { DatabaseMove, StepOptions } from './move';
import type { Verification } from './report';
import type { Seal } from './seal';

export interface Lag {
  /** Every table is copied, and changes are followed. */
  readonly following: boolean;
  /** Tables that are copied and that are not yet. */
  readonly copied: number;
  readonly remaining: number;
  /** What the target has not yet confirmed. */
  readonly bytes: number;
  /** Since the target last reported. */
  readonly seconds: number;
}

/** Each step rejects with a `CommandError` that says what to do. All can be called again after any interruption. */
export interface Engine {
  /** Changes nothing, except that it removes what a finished or abandoned move of ours has forgotten on the source. */
  checkMove(move: DatabaseMove, options: StepOptions): Promise<CheckReport>;
  /** Creates the roles of the source on the target, without passwords: `database-init` sets those. */
  prepareTarget(move: DatabaseMove, options: StepOptions): Promise<void>;
  /** Ends all sessions of the source and refuses new ones, except for its superuser or master. */
  freeze(move: DatabaseMove, options: StepOptions): Promise<Seal>;
  /** Puts back exactly what `freeze` changed. Does nothing where nothing is frozen. */
  thaw(move: DatabaseMove, options: StepOptions): Promise<void>;
  /** Dumps the frozen source, transfers and restores it. What an interrupted copy left on the target is dropped first. */
  copy(move: DatabaseMove, options: StepOptions): Promise<void>;
  /** Copies the schema, begins replication, and returns when all tables are copied. */
  startLive(move: DatabaseMove, options: StepOptions): Promise<void>;
  lagOf(move: DatabaseMove, options: StepOptions): Promise<Lag>;
  /** After `freeze`: waits for the last change, copies what replication does not, and ends it. */
  finishLive(move: DatabaseMove, options: StepOptions): Promise<void>;
  /** Compares both sides. A verification that is not equal is returned, not thrown. */
  verify(move: DatabaseMove, options: StepOptions): Promise<Verification>;
  /** Whether the source is still as it was sealed: shortly before applications are switched, and as often as one likes. */
  confirmFrozen(move: DatabaseMove, verification: Verification, options: StepOptions): Promise<boolean>;
  /** After the switch: removes marks, the dump and parts. The source stays frozen. */
  finish(move: DatabaseMove, options: StepOptions): Promise<void>;
  /** Takes back: ends replication, drops what was copied to the target, removes the dump and parts. The source is not thawed. */
  abandon(move: DatabaseMove, options: StepOptions): Promise<void>;
}
