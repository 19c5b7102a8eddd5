/** What a move consists of: steps in phases, each of which can be repeated after any interruption, and most taken back. */

/** In the order in which they happen. */
export const PHASES = [
  'check',
  'build',
  'copy',
  'verify',
  'freeze',
  'last-copy',
  'last-verify',
  'switch',
  'watch',
  'finish',
] as const;

export type Phase = (typeof PHASES)[number];

/** What each phase is, for people. */
export const PHASE_TEXTS: Readonly<Record<Phase, string>> = {
  check: 'looks at both sides and changes nothing',
  build: 'builds the new side next to the old one',
  copy: 'copies while the old side serves',
  verify: 'looks whether the new side is ready',
  freeze: 'refuses writes on the old side; the interruption begins',
  'last-copy': 'copies what has changed since',
  'last-verify': 'proves that both sides hold the same',
  switch: 'opens the new side and leads visitors there; the interruption ends',
  watch: 'looks at the health of the new side',
  finish: 'removes what only the move needed; from here on there is no way back',
};

/** Facts that a step leaves for later ones, as JSON. Never secret. */
export type Facts = Readonly<Record<string, unknown>>;

export interface Done {
  readonly kind: 'done';
  readonly notes: readonly string[];
  readonly facts?: Facts;
}

export type Outcome =
  | Done
  /** A person has to do something first. The same command continues afterwards. */
  | { readonly kind: 'waits'; readonly notes: readonly string[] }
  /**
   * @param repeatFrom id of an earlier step: this and all after it are done again next time
   * @param stays of a step that is not taken back: the move can go on forward
   */
  | { readonly kind: 'failed'; readonly why: string; readonly repeatFrom?: string; readonly stays?: true };

export interface StepTools {
  readonly signal?: AbortSignal;
  /** Receives progress, line by line. */
  readonly report: (line: string) => void;
  /** The facts of an earlier step; empty where it left none. */
  readonly factsOf: (stepId: string) => Facts;
  /** Whether what was written to the new side since the switch may be lost. Only on the way back. */
  readonly discardWrites: boolean;
}

export interface Step {
  /** Unique and permanent in its move, because the journal names it: `copy/database`. */
  readonly id: string;
  readonly phase: Phase;
  /** What it does, as `--dry-run` prints it. */
  readonly text: string;
  /** A sentence for the question before the phase: what it interrupts, and for how long. @default nothing */
  readonly interrupts?: string;
  /** Can be called again after any interruption. @throws CommandError with what to do */
  readonly run: (tools: StepTools) => Promise<Outcome>;
  /** Takes back what `run` did, also where it was interrupted. @default there is nothing to take back */
  readonly undo?: (tools: StepTools) => Promise<Outcome>;
}

export const done = (notes: readonly string[] = [], facts?: Facts): Done =>
  facts === undefined ? { kind: 'done', notes } : { kind: 'done', notes, facts };

/** In the order of the phases. Steps of one phase keep theirs. */
export function inOrder(steps: readonly Step[]): readonly Step[] {
  return [...steps].sort((one, other) => PHASES.indexOf(one.phase) - PHASES.indexOf(other.phase));
}
