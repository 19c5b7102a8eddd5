/** An AWS emulator on this machine: a running one, or moto in a virtual environment. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Unavailable } from '../../cli/errors';
import { installedCommand, installTool, type PythonTool } from '../../terraform/runner/python-tool';
import { EMULATORS } from './known-gaps';

export interface Emulator {
  readonly url: string;
  stop(): Promise<void>;
}

const ADDRESS = '127.0.0.1';
/** The preferred port; a free one when it is taken. */
const PORT = 5055;
const START_TIMEOUT_MS = 60_000;

/** @throws Unavailable when the emulator does not answer */
export async function runningEmulator(url: string): Promise<Emulator> {
  if (!(await answers(url))) throw new Unavailable(`no emulator answers at ${url}`);
  return { url, stop: () => Promise.resolve() };
}

export interface MotoOptions {
  /** The folder of virtual environments, kept between runs. */
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

/**
 * Installs moto, once, and starts it.
 * @throws Unavailable when it cannot be installed, or does not start
 */
export async function startMoto(options: MotoOptions): Promise<Emulator> {
  const { env, signal } = options;
  const server = await installMoto(options);
  const port = await freePort(PORT);
  const url = `http://${ADDRESS}:${port}`;
  // A separate process group, so that Ctrl-C does not stop it before everything is destroyed.
  const child = spawn(server, ['-H', ADDRESS, '-p', String(port)], { stdio: 'ignore', detached: true, env });
  const stop = (): Promise<void> => stopGroup(child);
  const failed = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code) => resolve(`it ended with ${String(code)}`));
  });
  const problem = await Promise.race([failed, waitFor(url, signal)]);
  if (problem === undefined) return { url, stop };
  await stop();
  throw new Unavailable(`moto did not start: ${problem}`);
}

/** @returns the path of the server */
async function installMoto({ home, env, signal, progress }: MotoOptions): Promise<string> {
  const { version } = EMULATORS.moto;
  const moto: PythonTool = {
    name: 'moto',
    version,
    requirement: 'moto[server]',
    command: 'moto_server',
    folder: join(home, `moto-${version}`),
  };
  const installed = installedCommand(moto);
  if (installed !== undefined) return installed;
  progress(`installing moto ${version} into ${moto.folder}`);
  const problem = await installTool(moto, { env, signal });
  if (problem !== undefined) throw new Unavailable(problem);
  return installedCommand(moto) ?? moto.command;
}

async function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(5000) }).then(
    () => true,
    () => false,
  );
}

/** Undefined once it answers, otherwise why it is given up. */
async function waitFor(url: string, signal: AbortSignal): Promise<string | undefined> {
  for (const until = Date.now() + START_TIMEOUT_MS; Date.now() < until;) {
    if (signal.aborted) return 'interrupted';
    if (await answers(url)) return undefined;
    await new Promise((wake) => setTimeout(wake, 200));
  }
  return `no answer within ${START_TIMEOUT_MS / 1000} seconds`;
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
  if (port === undefined) throw new Unavailable(`no port is free on ${ADDRESS}`);
  return port;
}

/** Stops the process group, and waits until it has ended. */
async function stopGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  process.kill(-child.pid, 'SIGTERM');
  const late = setTimeout(() => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL'), 5000);
  await gone;
  clearTimeout(late);
}
