/** Runs the steps of a move forward or back, and records each in the journal before and after. */
import { CommandError } from '../../cli/errors';
import { begun, ended, entryOf, hasEffect, isDone, type Journal } from './journal';
import type { JournalStore, StoredJournal } from './journal-store';
import { done, type Outcome, type Phase, type Step, type StepTools } from './steps';

/** Seconds between two signs of life of the one who runs a move. */
const SIGN_OF_LIFE_SECONDS = 60;

/** Seconds after which they are taken for dead. */
const DEAD_SECONDS = 300;

export interface MachineOptions {
  readonly store: JournalStore;
  /** What was read or written last. */
  readonly stored: StoredJournal;
  /** All of the move, in order. */
  readonly steps: readonly Step[];
  readonly tools: Omit<StepTools, 'factsOf'>;
  /** Of this run of the command. */
  readonly run: string;
  /** The person, as AWS knows them. */
  readonly who: string;
  readonly now?: () => Date;
  /** Continues although somebody else seems to run it. @default false */
  readonly takeOver?: boolean;
  /** Asked before a phase begins; false stops. @default every phase begins */
  readonly mayBegin?: (phase: Phase) => Promise<boolean>;
  /** Told before a step is done or taken back. */
  readonly began?: (step: Step) => void;
}

export interface MachineResult {
  readonly journal: Journal;
  /** `paused`: the phases that were asked for are done. `waiting`: for a person. `stopped`: a person said no. */
  readonly end: 'paused' | 'finished' | 'returned' | 'waiting' | 'stopped' | 'failed';
  /** At which step, and what it said. */
  readonly step?: string;
  readonly notes: readonly string[];
}

export class MoveMachine {
  private stored: StoredJournal;
  private saving: Promise<void> = Promise.resolve();

  constructor(private readonly options: MachineOptions) {
    this.stored = options.stored;
  }

  /**
   * Does the steps that are not done.
   * @param until the last phase; `finish` only when it is asked for
   */
  public async forward(until: Phase, phases: readonly Phase[]): Promise<MachineResult> {
    if (this.journal.direction === 'back') throw new CommandError(`this move is being taken back: continue with --back`);
    return this.held(async () => {
      const wanted = this.options.steps.filter(({ phase }) => phases.indexOf(phase) <= phases.indexOf(until));
      let last: Phase | undefined;
      for (const step of wanted) {
        if (isDone(this.journal, step.id)) continue;
        if (step.phase !== last && (await this.options.mayBegin?.(step.phase)) === false) return this.result('stopped', step.id);
        last = step.phase;
        const outcome = await this.attempt(step, step.run);
        if (outcome.kind === 'failed') {
          if (outcome.repeatFrom !== undefined) await this.repeatFrom(outcome.repeatFrom);
          return this.result('failed', step.id, [outcome.why]);
        }
        if (outcome.kind === 'waits') return this.result('waiting', step.id, outcome.notes);
      }
      if (until !== 'finish') return this.result('paused');
      await this.save({ ...this.journal, state: 'finished' });
      return this.result('finished');
    });
  }

  /** Takes back everything that was begun, the newest first. @throws CommandError after `finish` has begun */
  public async back(): Promise<MachineResult> {
    const late = this.options.steps.find(({ id, phase }) => phase === 'finish' && hasEffect(this.journal, id));
    if (late !== undefined) throw new CommandError(`${late.id} has begun: there is no way back any more`);
    return this.held(async () => {
      await this.save({ ...this.journal, direction: 'back' });
      for (const step of [...this.options.steps].reverse()) {
        if (!hasEffect(this.journal, step.id)) continue;
        const outcome = await this.attempt(step, step.undo ?? (() => Promise.resolve(done())), 'undone');
        if (outcome.kind === 'failed') {
          if (outcome.stays === true) await this.save({ ...this.journal, direction: 'forward' });
          return this.result('failed', step.id, [outcome.why]);
        }
        if (outcome.kind === 'waits') return this.result('waiting', step.id, outcome.notes);
      }
      await this.save({ ...this.journal, state: 'returned' });
      return this.result('returned');
    });
  }

  /** Where a person has said no before anything was done. */
  public unchanged(): MachineResult {
    return this.result('stopped');
  }

  private get journal(): Journal {
    return this.stored.journal;
  }

  /** @param success what the step is afterwards */
  private async attempt(
    step: Step,
    work: (tools: StepTools) => Promise<Outcome>,
    success: 'done' | 'undone' = 'done',
  ): Promise<Outcome> {
    const { tools } = this.options;
    this.options.began?.(step);
    await this.save(begun(this.journal, step, this.now()));
    const signs = setInterval(() => void this.signOfLife(), SIGN_OF_LIFE_SECONDS * 1000);
    signs.unref();
    let outcome: Outcome;
    try {
      outcome = await work({ ...tools, factsOf: (id) => entryOf(this.journal, id)?.facts ?? {} });
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      outcome = { kind: 'failed', why: error.message };
    } finally {
      clearInterval(signs);
    }
    const state = outcome.kind === 'done' ? success : outcome.kind === 'waits' ? 'waiting' : 'failed';
    const notes = outcome.kind === 'failed' ? [outcome.why] : outcome.notes;
    const facts = outcome.kind === 'done' ? outcome.facts : undefined;
    await this.save(ended(this.journal, step.id, { state, notes, facts }, this.now()));
    return outcome;
  }

  /** The steps from here on are begun again; what they did stays known, for the way back. */
  private async repeatFrom(id: string): Promise<void> {
    const { steps } = this.options;
    const from = steps.findIndex((step) => step.id === id);
    if (from === -1) throw new Error(`no step ${id}`);
    const again = new Set(steps.slice(from).map((step) => step.id));
    const entries = this.journal.entries.map((entry) =>
      again.has(entry.id) && entry.state === 'done' ? { ...entry, state: 'started' as const } : entry,
    );
    await this.save({ ...this.journal, entries });
  }

  /** Runs as the only one. However it ends, others can continue at once; after a kill, when the last sign of life is old. */
  private async held(work: () => Promise<MachineResult>): Promise<MachineResult> {
    const { run, who, takeOver = false } = this.options;
    const { holder } = this.journal;
    const age = holder === undefined ? Infinity : this.now().getTime() - new Date(holder.at).getTime();
    if (holder !== undefined && holder.run !== run && age < DEAD_SECONDS * 1000 && !takeOver)
      throw new CommandError(
        `${holder.who} runs this move, last seen at ${holder.at}\n  fix   wait for the end; if it was killed, wait ${Math.ceil(DEAD_SECONDS / 60)} minutes, or pass --take-over`,
      );
    await this.save({ ...this.journal, holder: { run, who, at: this.now().toISOString() } });
    try {
      return await work();
    } finally {
      const { holder: own, ...free } = this.journal;
      // Not where somebody else has taken over: the write would be refused.
      if (own?.run === run) await this.save(free).catch(() => undefined);
    }
  }

  private async signOfLife(): Promise<void> {
    const { holder } = this.journal;
    if (holder === undefined) return;
    await this.save({ ...this.journal, holder: { ...holder, at: this.now().toISOString() } }).catch(() => undefined);
  }

  /** One write after the other: each needs the version of the one before. */
  private async save(next: Journal): Promise<void> {
    const { store } = this.options;
    const write = this.saving.then(async () => {
      const version = await store.write(next, this.stored.version);
      this.stored = { journal: next, version };
    });
    this.saving = write.catch(() => undefined);
    return write;
  }

  private result(end: MachineResult['end'], step?: string, notes: readonly string[] = []): MachineResult {
    return { journal: this.journal, end, ...(step === undefined ? {} : { step }), notes };
  }

  private now(): Date {
    return (this.options.now ?? (() => new Date()))();
  }
}
