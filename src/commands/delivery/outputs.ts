/** Outputs of a workflow step, and the summary of its job. */
import { appendFileSync } from 'node:fs';
import type { Io } from '../../cli/io';

/** Sets outputs of the step, or prints them outside of a workflow. Values are one line each. */
export function setOutputs(values: Readonly<Record<string, string>>, { env, stdout }: Io): void {
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  if (env.GITHUB_OUTPUT === undefined) stdout.write(`${lines.join('\n')}\n`);
  else appendFileSync(env.GITHUB_OUTPUT, `${lines.join('\n')}\n`);
}

/** Adds Markdown to the job's summary, or prints it outside of a workflow. */
export function summarise(markdown: string, { env, stdout }: Io): void {
  if (env.GITHUB_STEP_SUMMARY === undefined) stdout.write(`${markdown}\n`);
  else appendFileSync(env.GITHUB_STEP_SUMMARY, `${markdown}\n`);
}
