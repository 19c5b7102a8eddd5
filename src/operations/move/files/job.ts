/** One run of the program of files at one side: its job is an object in the store, and its result a line of JSON. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { Interrupted } from '../../../aws/waiting';
import { CommandError } from '../../../cli/errors';
import type { FilesPlace } from '../../files-place';
import type { StepTools } from '../steps';
import type { FilesStore } from './files-store';
import { filesScript, JOB_VARIABLE } from './program';

/** Seconds that one run may take. Addresses to send to are valid for two hours. */
const LONGEST_SECONDS = 6 * 60 * 60;

export type Side = 'source' | 'target';

/** The files of one access point on their way to the same one elsewhere. */
export interface FilesMove {
  /** Of the move. */
  readonly id: string;
  /** As messages name it: `uploads/images`. */
  readonly name: string;
  readonly source: FilesPlace;
  readonly target: FilesPlace;
  /** Folders inside it that are access points themselves, and go their own way. */
  readonly skipped: readonly string[];
  /** How the target makes its folder where it is not there yet; left out where a mount does so. */
  readonly root?: { readonly u: number; readonly g: number; readonly mode: number };
  readonly store: FilesStore;
}

export interface Task {
  readonly do: 'list' | 'send' | 'apply' | 'compare' | 'finish' | 'drop';
  readonly [setting: string]: unknown;
}

const names = z.array(z.string()).default([]);
const count = z.number().default(0);

const resultSchema = z.object({
  files: count,
  folders: count,
  links: count,
  bytes: count,
  /** What is neither a file, a folder nor a link. */
  others: names,
  otherCount: count,
  /** What has extended attributes or ACLs, which are not carried. */
  attributes: names,
  attributeCount: count,
  unreadable: names,
  unreadableCount: count,
  sent: count,
  planned: count,
  deleted: count,
  /** Hashes of the parts. */
  parts: names,
  /** Whether there was no room for all, and how many bytes the next file needs. */
  left: z.boolean().default(false),
  need: count,
  /** Files that were written while they were read. */
  torn: names,
  tornCount: count,
  written: count,
  conflicts: names,
  conflictCount: count,
  different: z.array(z.tuple([z.string(), z.string()])).default([]),
  differentCount: count,
  otherOwners: count,
  changed: names,
  changedCount: count,
});

export type FilesResult = z.output<typeof resultSchema>;

/** @throws CommandError with what the program says */
export async function runJob(
  move: FilesMove,
  side: Side,
  task: Task,
  { signal, report }: Pick<StepTools, 'signal' | 'report'>,
): Promise<FilesResult> {
  const place = move[side];
  const number = randomUUID();
  // First, so that a program of a command that was killed ends before this one begins.
  await put(move.store, `${side}.current`, { number });
  const job = {
    ...task,
    move: move.id,
    target: side === 'target',
    skipped: move.skipped,
    owners: move.target.owner === undefined,
    owner: [move.target.owner?.userId ?? 0, move.target.owner?.groupId ?? 0],
    ...(side === 'target' && move.root !== undefined ? { root: move.root } : {}),
    number,
    current: await move.store.addressToGet(`${side}.current`),
  };
  await put(move.store, `${side}.job`, job);
  interruptedBy(signal);
  const { exitCode, stdout, stderr } = await place.run(filesScript(place.folder, number), {
    timeoutSeconds: LONGEST_SECONDS,
    signal,
    report,
    secrets: { [JOB_VARIABLE]: await move.store.addressToGet(`${side}.job`) },
  });
  if (exitCode === 0) return resultSchema.parse(JSON.parse(stdout));
  interruptedBy(signal);
  const said = stderr.trim().split('\n').slice(-6);
  throw new CommandError(
    [
      `the files of ${move.name} on ${place.name}: exit code ${exitCode}`,
      ...said.map((line) => `  ${line}`),
      ...hintsFor(stderr),
    ].join('\n'),
  );
}

/** A signal that came while the program ran is the reason for its failure. */
function interruptedBy(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new Interrupted();
}

/** Programs of a command that was killed end with their next part. */
export async function takeOver({ store }: FilesMove): Promise<void> {
  for (const side of ['source', 'target']) await put(store, `${side}.current`, { number: randomUUID() });
}

/** Once more where the connection of an earlier call was closed meanwhile. */
export async function put(store: FilesStore, name: string, value: unknown): Promise<void> {
  const address = await store.addressToPut(name);
  const send = () => fetch(address, { method: 'PUT', body: Buffer.from(JSON.stringify(value)) });
  const response = await send().catch(() => send());
  if (!response.ok)
    throw new CommandError(`the store did not take ${name} (HTTP ${response.status})\n  fix   call the command again`);
}

/** Names of files are anybody's: a control character in one must not reach a terminal. */
export function shown(paths: readonly string[], all = paths.length): string {
  const written = paths.map((path) => (/^[\p{L}\p{N}\p{P}\p{S} ]+$/u.test(path) ? path : JSON.stringify(path)));
  return [...written, ...(all > paths.length ? [`and ${all - paths.length} more`] : [])].join(', ');
}

const HINTS: readonly (readonly [RegExp, string])[] = [
  [/no room is left/, 'make room there, then call the command again: what has arrived is not sent again'],
  [/Permission denied/, 'let its owner read it'],
  [/the target is not empty/, 'empty it, where nobody needs its files, or keep the file system behind with --leave'],
  [/somebody else has written/, 'stop what writes there until the switch, and remove those files'],
  [/the store did not answer/, 'let the place reach S3 over HTTPS, then call the command again'],
  [/python3: (command )?not found/, 'install python3 on the host'],
];

function hintsFor(stderr: string): readonly string[] {
  return HINTS.filter(([pattern]) => pattern.test(stderr)).map(([, hint]) => `  fix   ${hint}`);
}
