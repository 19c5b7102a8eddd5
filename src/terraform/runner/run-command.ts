/** Runs other programs: their words are kept, and passed on as they come where somebody waits for them. */
import { spawn } from 'node:child_process';

/** What became of a program. */
export interface Ran {
  /** The exit code; 127 when there is no such program, 130 when it was stopped. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunCommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Stops the program when it is aborted. */
  readonly signal?: AbortSignal;
  /** Hears both outputs as they come. */
  readonly listener?: (text: string) => void;
}

/** Never rejects: a program that fails, or is not there, is an answer too. */
export function runCommand(command: string, args: readonly string[], options: RunCommandOptions = {}): Promise<Ran> {
  const { cwd, env, signal, listener } = options;
  if (signal?.aborted === true) return Promise.resolve({ code: 130, stdout: '', stderr: 'stopped' });
  return new Promise((resolve) => {
    const said = { stdout: '', stderr: '' };
    const child = spawn(command, args, { cwd, env: env, stdio: ['ignore', 'pipe', 'pipe'] });
    const stop = (): void => void child.kill('SIGTERM');
    const done = (ran: Ran): void => {
      signal?.removeEventListener('abort', stop);
      resolve(ran);
    };
    signal?.addEventListener('abort', stop, { once: true });
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        said[stream] += text;
        listener?.(text);
      });
    }
    child.on('error', (error) => done({ code: 127, ...said, stderr: `${said.stderr}${error.message}\n` }));
    child.on('close', (code, killedBy) => done({ code: code ?? (killedBy === null ? 1 : 130), ...said }));
  });
}
