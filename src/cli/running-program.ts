/** Which program runs: scripts/run-bundle.mjs says it. */

export interface RunningProgram {
  /** Another one for every bundle, also of the same sources. */
  readonly program: string;
  /** Where it may keep what it can make again. */
  readonly folder: string;
  /** What starts it again, before a command and its options: the scripts that Node was called with. */
  readonly scripts: readonly string[];
}

/** Undefined where the program is no bundle, or is debugged. */
export function runningProgram(): RunningProgram | undefined {
  return (globalThis as { readonly [PROGRAM]?: RunningProgram })[PROGRAM];
}

const PROGRAM = Symbol.for('terrace.program');
