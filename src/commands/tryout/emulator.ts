/** An emulator of AWS on this machine: one that a person started, or moto in a virtual environment of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { runCommand } from '../../terraform/runner/run-command';
import { EMULATORS } from './known-gaps';
import { Unavailable } from './unavailable';

/** An emulator that answers. */
export interface Emulator {
  readonly url: string;
  stop(): Promise<void>;
}

const ADDRESS = '127.0.0.1';
/** moto's usual port here; a free one when something else has it. */
const PORT = 5055;
const PATIENCE_MS = 60_000;

/** @throws Unavailable when nothing answers there */
export async function givenEmulator(url: string): Promise<Emulator> {
  if (!(await answers(url))) throw new Unavailable(`nothing answers at ${url}`);
  return { url, stop: () => Promise.resolve() };
}

export interface MotoOptions {
  /** Where virtual environments are kept. */
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly tell: (text: string) => void;
}

/**
 * Installs moto where it is not installed yet, and starts it.
 * @throws Unavailable when there is no Python, no way to the package, or no answer
 */
export async function startMoto(options: MotoOptions): Promise<Emulator> {
  const { env, signal } = options;
  const server = await installMoto(options);
  const port = await freePort(PORT);
  const url = `http://${ADDRESS}:${port}`;
  // A group of its own, so that an interrupt at the keyboard leaves it running until everything is destroyed.
  const child = spawn(server, ['-H', ADDRESS, '-p', String(port)], { stdio: 'ignore', detached: true, env: env });
  const stop = (): Promise<void> => stopGroup(child);
  const failed = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code) => resolve(`it ended with ${String(code)}`));
  });
  const outcome = await Promise.race([failed, waitFor(url, signal)]);
  if (outcome === undefined) return { url, stop };
  await stop();
  throw new Unavailable(`moto did not start: ${outcome}`);
}

/** `.terrace/tryout/moto-<version>`: kept between runs, ignored by git. */
async function installMoto({ home, env, signal, tell }: MotoOptions): Promise<string> {
  const { version } = EMULATORS.moto;
  const folder = resolve(home, `moto-${version}`);
  const server = join(folder, 'bin', 'moto_server');
  if (existsSync(server)) return server;
  tell(`installing moto ${version} into ${folder}`);
  mkdirSync(home, { recursive: true });
  const steps: readonly (readonly [string, readonly string[]])[] = [
    ['python3', ['-m', 'venv', folder]],
    [
      join(folder, 'bin', 'python'),
      ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `moto[server]==${version}`],
    ],
  ];
  for (const [command, args] of steps) {
    const { code, stderr } = await runCommand(command, args, { env, signal });
    if (code === 0) continue;
    // Half an installation would be taken for a whole one the next time.
    rmSync(folder, { recursive: true, force: true });
    throw new Unavailable(`moto ${version} cannot be installed: ${lastLine(stderr) || `${command} ended with ${code}`}`);
  }
  return server;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}

async function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(5000) }).then(
    () => true,
    () => false,
  );
}

/** Undefined once it answers, otherwise why nobody waits any longer. */
async function waitFor(url: string, signal: AbortSignal): Promise<string | undefined> {
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until;) {
    if (signal.aborted) return 'interrupted';
    if (await answers(url)) return undefined;
    await new Promise((wake) => setTimeout(wake, 200));
  }
  return `no answer within ${PATIENCE_MS / 1000} seconds`;
}

async function freePort(wanted: number): Promise<number> {
  const attempt = (port: number): Promise<number | undefined> =>
    new Promise((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(undefined));
      server.listen(port, ADDRESS, () => {
        const { port: found } = server.address() as AddressInfo;
        server.close(() => resolve(found));
      });
    });
  const port = (await attempt(wanted)) ?? (await attempt(0));
  if (port === undefined) throw new Unavailable(`no free port on ${ADDRESS}`);
  return port;
}

/** The server and what it started; waits until it is gone. */
async function stopGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  process.kill(-child.pid, 'SIGTERM');
  const late = setTimeout(() => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL'), 5000);
  await gone;
  clearTimeout(late);
}
