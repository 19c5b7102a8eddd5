/** Lists, restores and drops, and says what it does. */
import type { CommandContext } from '../../cli/command';
import { Interrupted, TimedOut } from '../../aws/waiting';
import { CommandError } from '../../cli/errors';
import { confirmed, type OperationOptions } from '../../cli/operation-options';
import {
  allRestored,
  dropRestored,
  requireWanted,
  restorables,
  restoreBeside,
  sourceOf,
  type Wanted,
} from '../../operations/restore';
import { momentOf, written, type Moment } from '../../operations/restore/moment';
import type { Restored } from '../../operations/restore/restored';
import { checkAccount, loadTarget, type Target } from '../../operations/target';
import { interruptible } from '../../terraform/runner/interruptible';
import { describeReport, describeRestorables, describeWanted } from './report';

export interface RestoreCommandOptions extends OperationOptions {
  readonly at?: string;
  readonly files?: string;
  readonly bucket?: string;
  readonly prefix: string;
  readonly hostFiles: boolean;
  readonly list: boolean;
  readonly drop: boolean;
  readonly output: string;
}

/** @returns the exit code */
export async function restoreCommand(context: CommandContext, name: string, options: RestoreCommandOptions): Promise<number> {
  const wanted = wantedOf(options);
  const moment = options.at === undefined ? undefined : momentOf(options.at);
  const work = options.list ? 'list' : options.drop ? 'drop' : moment;
  if (work === undefined) throw new CommandError('restore needs --at <time>, --list or --drop', 2);
  const target = await loadTarget(context, name, { endpoint: options.endpoint, output: options.output });
  if (typeof work === 'object') requireWanted(target, wanted);
  await checkAccount(target);
  if (work === 'list') return list(context, target, options);
  if (work === 'drop') return drop(context, target, moment, options);
  return restore(context, { target, wanted, moment: work, options });
}

function wantedOf({ files, bucket, prefix, hostFiles, list: lists, drop: drops }: RestoreCommandOptions): Wanted {
  if (lists && drops) throw new CommandError('--list and --drop exclude each other', 2);
  if (files !== undefined && bucket !== undefined)
    throw new CommandError('--files and --bucket exclude each other: one thing at a time', 2);
  if (prefix !== '' && bucket === undefined) throw new CommandError('--prefix needs --bucket', 2);
  if (files !== undefined) return { kind: 'files', key: files };
  return bucket === undefined ? { kind: 'database', hostFiles } : { kind: 'bucket', key: bucket, prefix };
}

async function list({ io }: CommandContext, target: Target, { json }: RestoreCommandOptions): Promise<number> {
  const [restorable, restored] = [await restorables(target), await allRestored(target)];
  io.stdout.write(
    json
      ? `${JSON.stringify({ environment: target.name, restorable, restored })}\n`
      : describeRestorables(target.name, restorable, restored),
  );
  return 0;
}

interface Order {
  readonly target: Target;
  readonly wanted: Wanted;
  readonly moment: Moment;
  readonly options: RestoreCommandOptions;
}

async function restore({ io }: CommandContext, { target, wanted, moment, options }: Order): Promise<number> {
  const what = describeWanted(target.name, wanted);
  if (options.dryRun) {
    const source = await sourceOf(target, wanted, moment);
    const plan = { environment: target.name, ...wanted, at: written(moment.date), source, dryRun: true };
    const text = `would restore ${what} as of ${source}, beside the live one\n`;
    io.stdout.write(options.json ? `${JSON.stringify(plan)}\n` : text);
    return 0;
  }
  const question = `Restore ${what} as of ${written(moment.date)} beside the live one? It is charged until it is dropped.`;
  if (!(await confirmed(question, options, io))) return 1;
  const report = (line: string): void => void io.stderr.write(`${line}\n`);
  try {
    const done = await interruptible((signal) => restoreBeside(target, wanted, moment, { report, signal }), report, {
      first: 'stops waiting: what AWS or the host has begun goes on, and the same command continues',
      later: 'still ending the present step',
    });
    io.stdout.write(options.json ? `${JSON.stringify(done)}\n` : describeReport(done));
    return 0;
  } catch (error) {
    if (error instanceof Interrupted) throw new CommandError('interrupted: the same command continues');
    if (error instanceof TimedOut) throw new CommandError(`not ready ${error.message}: the same command waits again`);
    throw error;
  }
}

async function drop(
  { io }: CommandContext,
  target: Target,
  moment: Moment | undefined,
  options: RestoreCommandOptions,
): Promise<number> {
  const all = (await allRestored(target)).filter(({ asOf }) => moment === undefined || asOf === written(moment.date));
  const names = all.map(({ name }) => name).join(', ');
  if (options.dryRun || all.length === 0) {
    io.stdout.write(
      options.json
        ? dropped(target, options.dryRun ? all : [], options.dryRun)
        : all.length === 0
          ? 'there is nothing to drop\n'
          : `would drop ${names}\n`,
    );
    return 0;
  }
  if (!(await confirmed(`Drop ${names}? What they hold is gone then; nothing live is.`, options, io))) return 1;
  for (const one of all) {
    io.stderr.write(`dropping ${one.name}\n`);
    await dropRestored(target, one);
  }
  io.stdout.write(options.json ? dropped(target, all, false) : `dropped ${names}\n`);
  return 0;
}

function dropped({ name: environment }: Target, restored: readonly Restored[], dryRun: boolean): string {
  return `${JSON.stringify({ environment, dropped: restored, dryRun })}\n`;
}
