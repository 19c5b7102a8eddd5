/** Begins, continues, shows, takes back or finishes a move. */
import { randomUUID } from 'node:crypto';
import { explained } from '../../aws/errors';
import { Interrupted } from '../../aws/waiting';
import type { CommandContext } from '../../cli/command';
import { CommandError } from '../../cli/errors';
import { confirmed, type OperationOptions } from '../../cli/operation-options';
import { hasEffect, newJournal, type Journal } from '../../operations/move/journal';
import { journalStoreOf, type JournalStore, type StoredJournal } from '../../operations/move/journal-store';
import { MoveMachine, type MachineResult } from '../../operations/move/machine';
import { moveMeant, stepsOf } from '../../operations/move/open-move';
import { TerraformStacks, type StackChanger } from '../../operations/move/stacks';
import { PHASES, type Phase, type Step } from '../../operations/move/steps';
import { checkAccount, loadTarget, type Target } from '../../operations/target';
import { interruptible } from '../../terraform/runner/interruptible';
import { planText, resultText, statusText } from './text';

export interface MoveOptions extends OperationOptions {
  readonly to?: string;
  readonly live: boolean;
  readonly secrets: boolean;
  readonly leave: readonly string[];
  readonly watch: number;
  readonly status: boolean;
  readonly back: boolean;
  readonly discardWrites: boolean;
  readonly finish: boolean;
  readonly takeOver: boolean;
  readonly output: string;
}

/** What a test replaces. */
export interface MoveParts {
  readonly stacks?: StackChanger;
  readonly ask?: (host: string) => Promise<number>;
  readonly everySeconds?: number;
}

export async function moveEnvironment(
  context: CommandContext,
  name: string,
  options: MoveOptions,
  parts: MoveParts = {},
): Promise<0 | 1> {
  if ([options.status, options.back, options.finish].filter(Boolean).length > 1)
    throw new CommandError('one of --status, --back and --finish at a time', 2);
  if (options.discardWrites && !options.back) throw new CommandError('--discard-writes belongs to --back', 2);
  const source = await loadTarget(context, name, options);
  const store = journalStoreOf(source);
  const stored = await store.read();
  const open = stored?.journal.state === 'open' ? stored : undefined;
  if (options.status) return show(context, stored?.journal, options);
  if ((options.back || options.finish) && open === undefined)
    throw new CommandError(`no move of ${name} is under way (${store.where})`);
  const targetName = open?.journal.target ?? options.to;
  if (open !== undefined && options.to !== undefined && options.to !== open.journal.target)
    throw new CommandError(`another move of ${name} is under way: npm run move -- ${name} --status`);
  if (options.live && open?.journal.choices.live === false)
    throw new CommandError(
      `the move of ${name} was begun without --live\n  fix   go on without it; or --back, and begin it again with --live`,
    );
  const target = targetName === undefined ? undefined : await loadTarget(context, targetName, options);
  await checkAccount(source);
  if (target !== undefined) await refuseOtherMove(target);
  const journal = open?.journal ?? newJournal(await moveMeant(source, target, choicesOf(options)), new Date());
  const watched = { minutes: options.watch, ask: parts.ask, everySeconds: parts.everySeconds };
  const stacks = parts.stacks ?? new TerraformStacks({ output: options.output, env: context.io.env });
  const steps = stepsOf({ journal, source, target, stacks, store, watched });
  if (options.dryRun) return dryRun(context, { journal, steps }, options);
  return run(context, { source, store, stored: await begin(store, stored, journal, open !== undefined), steps }, options);
}

/** The choices of its beginning hold until its end. */
function choicesOf({ live, secrets, leave }: MoveOptions): Journal['choices'] {
  return { live, secrets, leave: [...leave] };
}

/** Two moves must not change one environment. */
async function refuseOtherMove(target: Target): Promise<void> {
  const other = await journalStoreOf(target).read();
  if (other?.journal.state === 'open')
    throw new CommandError(`${target.name} is being moved itself: npm run move -- ${target.name} --status`);
}

async function begin(
  store: JournalStore,
  stored: StoredJournal | undefined,
  journal: Journal,
  isOpen: boolean,
): Promise<StoredJournal> {
  if (isOpen && stored !== undefined) return stored;
  // A finished one is kept under its own name.
  if (stored !== undefined) await store.keep(`${stored.journal.id}.json`, `${JSON.stringify(stored.journal, null, 2)}\n`);
  return { journal, version: await store.write(journal, stored?.version) };
}

interface Running {
  readonly source: Target;
  readonly store: JournalStore;
  readonly stored: StoredJournal;
  readonly steps: readonly Step[];
}

async function run(context: CommandContext, { source, store, stored, steps }: Running, options: MoveOptions): Promise<0 | 1> {
  const { io } = context;
  const report = (line: string): void => void io.stderr.write(`${line}\n`);
  const who = await whoAmI(source);
  const result = await interruptible(async (signal): Promise<MachineResult> => {
    const machine = new MoveMachine({
      store,
      stored,
      steps,
      tools: { signal, report, discardWrites: options.discardWrites },
      run: randomUUID(),
      who,
      takeOver: options.takeOver,
      began: (step) => report(`${step.phase}  ${step.text}`),
      mayBegin: (phase) => mayBegin({ phase, steps }, source.name, options, context),
    });
    if (options.back) {
      const interruptions = steps.flatMap(({ id, interrupts = [] }) => (hasEffect(stored.journal, id) ? interrupts : []));
      const question = [...interruptions, `Take the move of ${source.name} back?`].join(' ');
      return (await confirmed(question, options, io)) ? machine.back() : machine.unchanged();
    }
    return machine.forward(options.finish ? 'finish' : 'watch', PHASES);
  }, report).catch((error: unknown) => {
    if (error instanceof Interrupted) throw new CommandError('interrupted: the same command continues');
    throw error;
  });
  io.stdout.write(
    options.json ? `${JSON.stringify(result, null, 2)}\n` : resultText(result, { source: source.name, journal: store.where }),
  );
  return result.end === 'failed' ? 1 : 0;
}

const QUESTIONS: Readonly<Partial<Record<Phase, string>>> = {
  build: 'Deploy what is missing of the new side?',
  freeze: 'The interruption begins now: the old side refuses writes until the switch. Go on?',
  finish: 'End the move? There is no way back afterwards.',
};

/** With what a step of the phase interrupts, where it says so. */
function mayBegin(
  { phase, steps }: { readonly phase: Phase; readonly steps: readonly Step[] },
  name: string,
  options: MoveOptions,
  { io }: CommandContext,
): Promise<boolean> {
  const question = QUESTIONS[phase];
  if (question === undefined) return Promise.resolve(true);
  const interruptions = steps.flatMap((step) => (step.phase === phase ? (step.interrupts ?? []) : []));
  return confirmed([`${name}:`, ...interruptions, question].join(' '), options, io);
}

async function whoAmI({ aws }: Target): Promise<string> {
  const sts = await aws.sts();
  const { Arn: arn = 'unknown' } = await explained('asking who this is', () => sts.getCallerIdentity({}));
  return arn;
}

function show({ io }: CommandContext, journal: Journal | undefined, { json }: MoveOptions): 0 {
  io.stdout.write(json ? `${JSON.stringify(journal ?? null, null, 2)}\n` : statusText(journal));
  return 0;
}

function dryRun(
  { io }: CommandContext,
  move: { readonly journal: Journal; readonly steps: readonly Step[] },
  { json }: MoveOptions,
): 0 {
  const { kind, source, target } = move.journal;
  const steps = move.steps.map(({ id, phase, text, undo }) => ({ id, phase, text, canBeTakenBack: undo !== undefined }));
  io.stdout.write(json ? `${JSON.stringify({ kind, source, target, steps }, null, 2)}\n` : planText(move));
  return 0;
}
