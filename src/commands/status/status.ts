/** Shows the status of an environment, once or again and again. */
import { Interrupted, pause } from '../../aws/waiting';
import type { CommandContext } from '../../cli/command';
import type { OperationOptions } from '../../cli/operation-options';
import type { TextSink } from '../../cli/io';
import { readStatus } from '../../operations/status/read-status';
import type { Part, Status } from '../../operations/status/status';
import { renderStatus } from '../../operations/status/render';
import { loadTarget } from '../../operations/target';

export interface StatusCommandOptions extends Pick<OperationOptions, 'json' | 'endpoint'> {
  readonly cost: boolean;
  /** Seconds between two looks; true for the usual number. @default looks once */
  readonly watch?: number | true;
  readonly output: string;
}

const USUAL_SECONDS = 30;

/** @returns 0 when nothing is wrong, or a watch was ended; 1 otherwise */
export async function showStatus(context: CommandContext, name: string, options: StatusCommandOptions): Promise<0 | 1> {
  if (options.watch === undefined) {
    const status = await look(context, name, options);
    print(status, options, context.io.stdout);
    return status.isFine ? 0 : 1;
  }
  return watch(context, name, options, options.watch === true ? USUAL_SECONDS : options.watch);
}

async function look(
  context: CommandContext,
  name: string,
  { cost, endpoint, output }: StatusCommandOptions,
  known: readonly Part[] = [],
): Promise<Status> {
  // A new one for each look: what stacks publish is read once for each target.
  const target = await loadTarget(context, name, { endpoint, output });
  return readStatus(target, {
    now: new Date(),
    environments: Object.keys(context.files),
    without: cost ? [] : ['cost'],
    known,
  });
}

async function watch(context: CommandContext, name: string, options: StatusCommandOptions, seconds: number): Promise<0> {
  const controller = new AbortController();
  const end = (): void => controller.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end);
  const ended = endOf(controller.signal);
  try {
    let known: readonly Part[] = [];
    for (;;) {
      const status = await Promise.race([look(context, name, options, known), ended]);
      known = status.parts.filter((part) => part.name === 'cost');
      if (context.io.stdout.isTTY === true && !options.json) context.io.stdout.write(CLEAR_SCREEN);
      print(status, options, context.io.stdout);
      await pause(seconds, controller.signal);
    }
  } catch (error) {
    if (error instanceof Interrupted) return 0;
    throw error;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, end);
  }
}

const CLEAR_SCREEN = '\u001b[2J\u001b[H';

/** Rejects when the watch is ended; nobody has to wait for it. */
function endOf(signal: AbortSignal): Promise<never> {
  const ended = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Interrupted()), { once: true });
  });
  ended.catch(() => undefined);
  return ended;
}

/** Of a watch, every look is one line of JSON. */
function print(status: Status, { json, watch: watched }: StatusCommandOptions, stdout: TextSink): void {
  const text = json ? JSON.stringify(status, null, watched === undefined ? 2 : undefined) : renderStatus(status);
  stdout.write(`${text}\n${watched === undefined || json ? '' : '\n'}`);
}
