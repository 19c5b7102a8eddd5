/** Runs other programs and keeps their output. */
import { spawn } from 'node:child_process';

export interface Ran {
  /** The exit code; 127 when there is no such program, 130 when it was stopped. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunCommandOptions {
  readonly cwd?: string;
  /** @default the environment of this process */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Stops the program when it is aborted: it gets SIGTERM once, and this waits until it has ended. */
  readonly signal?: AbortSignal;
  /** Receives both outputs as they are written. */
  readonly listener?: (text: string, stream: 'stdout' | 'stderr') => void;
}

/** Never rejects: a program that fails, or does not exist, is a result too. */
export function runCommand(command: string, args: readonly string[], options: RunCommandOptions = {}): Promise<Ran> {
  const { cwd, env, signal, listener } = options;
  if (signal?.aborted === true) return Promise.resolve({ code: 130, stdout: '', stderr: 'stopped' });
  return new Promise((resolve) => {
    const output = { stdout: '', stderr: '' };
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // In a separate process group: Ctrl-C at a terminal would reach it too, and terraform gives up at the second signal.
      detached: signal !== undefined,
    });
    const stop = (): void => void child.kill('SIGTERM');
    const done = (ran: Ran): void => {
      signal?.removeEventListener('abort', stop);
      resolve(ran);
    };
    signal?.addEventListener('abort', stop, { once: true });
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        output[stream] += text;
        listener?.(text, stream);
      });
    }
    child.on('error', (error) => done({ code: 127, ...output, stderr: `${output.stderr}${error.message}\n` }));
    child.on('close', (code, killedBy) => done({ code: code ?? (killedBy === null ? 1 : 130), ...output }));
  });
}

/** The last line that is not empty. */
export function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}
