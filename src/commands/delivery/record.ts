/** Runs a check and records its output, so that a later job can show it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { runCommand } from '../../terraform/runner/run-command';
import type { Io } from '../../cli/io';
import type { PolicyVerdict } from './comment';

const verdictSchema = z.object({ passed: z.boolean(), text: z.string() });

/** @returns the command's own exit code */
export async function record(file: string, command: readonly string[], { env, stdout }: Io): Promise<number> {
  const [program = '', ...args] = command;
  const { code, stdout: output, stderr } = await runCommand(program, args, { env, listener: (text) => stdout.write(text) });
  mkdirSync(dirname(file), { recursive: true });
  const verdict: PolicyVerdict = { passed: code === 0, text: output.trim() === '' ? stderr : output };
  writeFileSync(file, JSON.stringify(verdict));
  return code;
}

/** A recorded verdict; undefined when there is none. */
export function readRecord(file: string): PolicyVerdict | undefined {
  try {
    return verdictSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}
