/** Runs the program as a person would, and keeps what it prints. */
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../../src/cli/program';
import type { EnvironmentFiles } from '../../src/cli/command';
import { COMMANDS } from '../../src/commands';
import type { EnvironmentInput } from '../../src/config';
import { example, type Example } from './example';

export interface Result {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** @default no variable at all */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Whether standard error is a terminal. */
  readonly isTTY?: boolean;
}

/** @param args the command's name, then its arguments */
export async function runCommand(
  files: EnvironmentFiles,
  args: readonly string[],
  { env = {}, isTTY = false }: RunOptions = {},
): Promise<Result> {
  const { io, printed } = capture(env, isTTY);
  const exitCode = await runProgram({ commands: COMMANDS, files, args: withoutLocks(args), io });
  return { exitCode, ...printed() };
}

/** A synthesis reads no address locks unless a test says which: this checkout may have a system with the name of the tests' one. */
function withoutLocks(args: readonly string[]): readonly string[] {
  if (args[0] !== 'synth' || args.some((arg) => ['--locks', '--help'].includes(arg))) return args;
  const empty = join(tmpdir(), 'terrace-no-locks');
  mkdirSync(empty, { recursive: true });
  return [...args, '--locks', empty];
}

/** Io that keeps what is written to it. */
export function capture(env: RunOptions['env'] = {}, isTTY = false) {
  const text = { stdout: '', stderr: '' };
  const sink = (name: keyof typeof text) => ({ write: (added: string) => void (text[name] += added) });
  const io = { stdout: sink('stdout'), stderr: { ...sink('stderr'), isTTY }, env };
  return { io, printed: () => ({ ...text }) };
}

/** The file of the example environment with some sections replaced. */
export function exampleFile(changes: Partial<EnvironmentInput> = {}): EnvironmentFiles[string] {
  return fileOf(example(changes));
}

/** A file that exports something. Of environments with `SHARED_ZONE`, each gets a separate name in it. */
export function fileOf(input: unknown): EnvironmentFiles[string] {
  const { name, domain } = input as Partial<EnvironmentInput>;
  const named = domain === SHARED_ZONE ? { ...(input as EnvironmentInput), domain: inZone(name ?? '') } : input;
  return () => Promise.resolve({ default: named });
}

/** One of several environments with names in one zone, none of which owns it. */
export function inZone(name: string): OwnDomain {
  return { ...SHARED_ZONE, names: [`${name}.shop.example`] };
}

type OwnDomain = NonNullable<Example['domain']>;

/** The domain of environments that are synthesised together: none of them owns the CAA records of the zone. */
export const SHARED_ZONE: OwnDomain = {
  zone: 'shop.example',
  provider: 'route53',
  names: ['shop.example'],
  certificateAuthorities: [],
};

/** Only a network and a data stack: for tests that run terraform, or its stub. */
export const SMALL: Partial<EnvironmentInput> = {
  database: undefined,
  cache: undefined,
  services: {},
  images: {},
  domain: undefined,
};
