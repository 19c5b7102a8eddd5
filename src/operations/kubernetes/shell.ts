/** Shells in pods, by the API of the cluster, and on nodes, by Systems Manager. */
import type { V1Pod, V1Status } from '@kubernetes/client-node' with { 'resolution-mode': 'import' };
import { PassThrough, Writable } from 'node:stream';
import { CommandError } from '../../cli/errors';
import { runRemoteShell } from '../session/remote-shell';
import { startSession } from '../session/systems-manager';
import { connectTerminal, isInteractive, type LocalTerminal } from '../session/terminal';
import { chosen, HOST, workloadWithShell, type ShellRequest } from '../shell-request';
import type { Target } from '../target';
import { nodesOf } from './nodes';
import { explainedByCluster, renewedConnection, type ClusterCalls } from './renewed-connection';

export async function openKubernetesShell(target: Target, request: ShellRequest): Promise<number> {
  return request.place === HOST ? shellOnNode(target, request) : shellInPod(target, request);
}

async function shellOnNode(target: Target, request: ShellRequest): Promise<number> {
  const { aws } = target;
  const node = chosen(await nodesOf(target), request);
  request.report(`node ${node}`);
  const document = (line: string) => ({ DocumentName: 'AWS-StartInteractiveCommand', Parameters: { command: [line] } });
  const open = (line: string | undefined) => startSession(aws, { Target: node, ...(line === undefined ? {} : document(line)) });
  return runRemoteShell({ aws, request, open });
}

async function shellInPod(target: Target, request: ShellRequest): Promise<number> {
  const { key } = workloadWithShell(target, request.place);
  const calls = await renewedConnection(target)();
  const pods = await explainedByCluster(`listing the pods of ${key}`, () => runningPods(calls, key));
  const pod = chosen(pods, request);
  request.report(`pod ${pod}`);
  const status = await explainedByCluster(`opening a shell in ${pod}`, () => execute(calls, pod, key, request));
  return exitCodeOf(status);
}

/** The newest first. */
async function runningPods({ config, client, namespace }: ClusterCalls, key: string): Promise<readonly string[]> {
  const core = config.makeApiClient(client.CoreV1Api);
  const labelSelector = `app.kubernetes.io/name=${key}`;
  const { items } = await core.listNamespacedPod({ namespace, labelSelector, fieldSelector: 'status.phase=Running' });
  const age = ({ metadata }: V1Pod): number => metadata?.creationTimestamp?.getTime() ?? 0;
  const ready = items.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
  return ready.toSorted((one, other) => age(other) - age(one)).flatMap(({ metadata }) => metadata?.name ?? []);
}

/** @returns what the cluster says at the end; undefined when the connection ended without a word */
function execute(
  { config, client, namespace }: ClusterCalls,
  pod: string,
  container: string,
  { command, terminal, signal }: ShellRequest,
): Promise<V1Status | undefined> {
  const input = new PassThrough();
  const output = new TerminalOutput(terminal);
  const program = command.length === 0 ? ['/bin/sh'] : [...command];
  const isTerminal = isInteractive(terminal);
  // A terminal has one output; otherwise errors stay apart.
  const errors = isTerminal ? null : passedOn(process.stderr);
  let status: V1Status | undefined;
  return new Promise((resolve, reject) => {
    const exec = new client.Exec(config);
    exec
      .exec(namespace, pod, container, program, output, errors, input, isTerminal, (answer) => (status = answer))
      .then((socket) => {
        const disconnect = connectTerminal(terminal, {
          write: (bytes) => void input.write(bytes),
          // The client sends the size of its output by itself.
          resize: () => output.emit('resize'),
          end: () => input.end(),
        });
        const stop = (): void => socket.close();
        signal?.addEventListener('abort', stop, { once: true });
        socket.onclose = () => {
          disconnect();
          signal?.removeEventListener('abort', stop);
          resolve(status);
        };
      })
      .catch((error: unknown) => reject(error instanceof Error ? error : new CommandError(refusalOf(error))));
  });
}

/** The websocket's errors are events. */
function refusalOf(event: unknown): string {
  const { message } = event as { readonly message?: string };
  return `the cluster does not open a shell: ${message ?? 'without a reason'}\n  fix   the tier's administrators may (docs/kubernetes.md)`;
}

/** The client ends the stream that it writes to, and asks it for the size of the terminal. */
class TerminalOutput extends Writable {
  constructor(private readonly terminal: LocalTerminal) {
    super();
    // Where there is no size, the client must find none.
    if (terminal.output.columns === undefined) return;
    const { output } = terminal;
    Object.defineProperties(this, {
      columns: { get: () => output.columns },
      rows: { get: () => output.rows },
    });
  }

  public override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.terminal.output.write(chunk);
    done();
  }
}

function passedOn(stream: NodeJS.WritableStream): Writable {
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      stream.write(chunk);
      done();
    },
  });
}

/** The exit code of a program that failed is in a cause of the status. */
function exitCodeOf(status: V1Status | undefined): number {
  if (status?.status === 'Success') return 0;
  const cause = status?.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  if (cause !== undefined) return Number(cause);
  throw new CommandError(
    status === undefined
      ? 'the connection to the pod ended before the program'
      : `the program could not be run: ${status.message ?? ''}`,
  );
}
