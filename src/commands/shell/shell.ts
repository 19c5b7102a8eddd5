/** Opens a shell at this terminal. */
import type { CommandContext } from '../../cli/command';
import { CommandError } from '../../cli/errors';
import { untilInterrupted } from '../../cli/interruption';
import { openShell } from '../../operations/shell';
import { HOST, workloadWithShell } from '../../operations/shell-request';
import { loadTarget } from '../../operations/target';

export interface ShellOptions {
  readonly task?: string;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly endpoint?: string;
  readonly output: string;
}

/** @returns the exit code */
export async function shellIn(
  context: CommandContext,
  environment: string,
  place: string | undefined,
  command: readonly string[],
  { task, dryRun, json, endpoint, output }: ShellOptions,
): Promise<number> {
  if (json) throw new CommandError('a shell has no result that could be JSON: the output is that of the program', 2);
  const target = await loadTarget(context, environment, { endpoint, output });
  if (place === undefined) {
    const { services, workers } = target.environment.workloads;
    const open = [...services, ...workers].flatMap(({ key, exec }) => (exec ? [key] : []));
    throw new CommandError(
      `name a service or worker of ${environment} with exec: true (${open.join(', ') || 'none'}), or host`,
      2,
    );
  }
  const report = (line: string): void => void context.io.stderr.write(`${line}\n`);
  if (dryRun) {
    if (place !== HOST) workloadWithShell(target, place);
    report(`would ${command.length === 0 ? 'open a shell' : `run ${command.join(' ')}`} in ${place} of ${environment}`);
    return 0;
  }
  const terminal = { input: process.stdin, output: process.stdout };
  return untilInterrupted((signal) => openShell(target, { place, task, command, terminal, report, signal }));
}
