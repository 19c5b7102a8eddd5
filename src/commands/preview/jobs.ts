/** Runs jobs of a preview by the commands in its outputs, and waits for their end. */
import { z } from 'zod';
import { CommandError } from '../../cli/errors';
import { outputName } from '../../terraform/output-name';
import { runCommand, type RunCommandOptions } from '../../terraform/runner/run-command';
import { errorsIn } from '../../terraform/runner/errors';
import type { Terraform } from '../../terraform/runner/terraform';

const outputs = z.record(z.string(), z.object({ value: z.unknown() }));

export interface JobContext {
  readonly terraform: Terraform;
  readonly folder: string;
  readonly env: RunCommandOptions['env'];
  readonly signal: AbortSignal;
  readonly report: (line: string) => void;
}

/**
 * Runs each job that the state has, one after the other. Before the first deployment it has none.
 * @param keys of the jobs
 * @throws CommandError for the first that fails
 */
export async function runJobs(keys: readonly string[], { terraform, folder, env, signal, report }: JobContext): Promise<void> {
  if (keys.length === 0) return;
  const { code, stdout, stderr } = await terraform.run(folder, 'output', '-json');
  if (code !== 0) throw new CommandError(`the outputs cannot be read: ${errorsIn(stderr)}`);
  const known = outputs.parse(JSON.parse(stdout.trim() === '' ? '{}' : stdout));
  for (const key of keys) {
    const line = known[`run_${outputName(key)}`]?.value;
    if (typeof line !== 'string') continue;
    report(`running ${key}`);
    const listener = (text: string): void => report(text.trimEnd());
    const ran = await runCommand('bash', ['-c', line], { env, signal, listener });
    if (ran.code !== 0) throw new CommandError(`the job ${key} ended with ${ran.code}: its log is named above`);
  }
}
