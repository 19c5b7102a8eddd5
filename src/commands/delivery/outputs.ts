/** What a step says to the steps after it, and to the person who reads the job's summary. */
import { appendFileSync } from 'node:fs';
import type { Io } from '../../cli/io';

/** Sets outputs of the step; printed where no workflow runs. Values are one line each. */
export function setOutputs(values: Readonly<Record<string, string>>, { env, stdout }: Io): void {
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  if (env.GITHUB_OUTPUT === undefined) stdout.write(`${lines.join('\n')}\n`);
  else appendFileSync(env.GITHUB_OUTPUT, `${lines.join('\n')}\n`);
}

/** Markdown for the job's page; printed where no workflow runs. */
export function summarise(markdown: string, { env, stdout }: Io): void {
  if (env.GITHUB_STEP_SUMMARY === undefined) stdout.write(`${markdown}\n`);
  else appendFileSync(env.GITHUB_STEP_SUMMARY, `${markdown}\n`);
}
