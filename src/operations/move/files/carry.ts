/** Copies the files of one access point in rounds, and compares them. Every function can be called again after any interruption. */
import { z } from 'zod';
import { CommandError } from '../../../cli/errors';
import type { StepTools } from '../steps';
import { put, runJob, shown, takeOver, type FilesMove, type FilesResult, type Side, type Task } from './job';

/** Bytes of a part (`program-stream.ts`). */
const PART_BYTES = 64 * 1024 ** 2;

/** Parts of a round: 8 GiB are in the store at a time, unless one file is larger. */
const PARTS = 128;

/** Rounds after which a file that is written all the time is given up. */
const PATIENCE = 5;

/** What a side has read, as objects of the store. */
const SOURCE = 'source.read';
const TARGET = 'target.read';

/** Readings of the source after the switch, in turn, and which of them the target has. */
const LATE = ['source.late-0', 'source.late-1'] as const;
const APPLIED = 'late.applied';

const appliedSchema = z.object({ cache: z.enum(LATE) });

type Tools = Pick<StepTools, 'signal' | 'report'>;

export interface Copied {
  readonly files: number;
  readonly bytes: number;
  /** Sent in this call. */
  readonly sent: number;
  readonly deleted: number;
  /** Were written while they were read, and are not copied. */
  readonly torn: readonly string[];
  /** What is no file, folder or link, and stays. */
  readonly others: string;
  /** What has extended attributes or ACLs, which stay. */
  readonly attributes: string;
}

/**
 * Makes the target the same as the source.
 * @param serving the source is in use: a file that is written all the time is left for the next copy
 */
export async function copyFiles(move: FilesMove, { serving }: { readonly serving: boolean }, tools: Tools): Promise<Copied> {
  await takeOver(move);
  for (const beginning of ['part-', 'source.late', 'late.']) await move.store.clear(beginning);
  await runAt(move, 'target', { do: 'list', begins: true }, { cache: TARGET, out: TARGET }, tools);
  let sent = 0;
  let deleted = 0;
  let parts = PARTS;
  for (let tries = 0; ;) {
    const round = await send(move, { parts }, { cache: SOURCE, out: SOURCE, theirs: TARGET }, tools);
    requireReadable(move, round);
    if (round.planned + round.deleted > 0) {
      const applied = await apply(move, round, {}, { cache: TARGET }, tools);
      deleted += applied.deleted;
    }
    await move.store.clear('part-');
    sent += round.sent;
    if (round.planned > 0) tools.report(`${move.name}: ${sent} files sent`);
    parts = partsFor(round.need);
    if (round.left) continue;
    tries += 1;
    const { files, bytes, torn, tornCount } = round;
    if (tornCount === 0 || (serving && tries > 1))
      return {
        ...{ files, bytes, sent, deleted, torn },
        others: shown(round.others, round.otherCount),
        attributes: shown(round.attributes, round.attributeCount),
      };
    if (tries >= PATIENCE)
      throw new CommandError(
        `${move.name}: written all the time: ${shown(torn, tornCount)}\n  fix   stop what writes them on ${move.source.name}, then call the command again`,
      );
  }
}

export interface LateCopy {
  readonly sent: number;
  /** Were written while they were read, and are not copied. */
  readonly torn: readonly string[];
  /** Were written on both sides: those of the target stay. */
  readonly conflicts: readonly string[];
}

export interface FilesComparison extends FilesResult {
  /** Kind and name. */
  readonly text: string;
}

/** Reads all files of both sides whose hash is not known from an earlier reading, and compares. */
export async function compareFiles(move: FilesMove, tools: Tools): Promise<FilesComparison> {
  const target = await runAt(move, 'target', { do: 'list', hash: true }, { cache: TARGET, out: TARGET }, tools);
  requireReadable(move, target);
  const result = await runAt(move, 'source', { do: 'compare' }, { cache: SOURCE, out: SOURCE, theirs: TARGET }, tools);
  requireReadable(move, result);
  const named = result.different.map(([kind, path]) => `${kind}: ${shown([path])}`).slice(0, 5);
  const more = result.differentCount - named.length;
  return { ...result, text: [...named, ...(more > 0 ? [`and ${more} more`] : [])].join('; ') };
}

/** After the switch: what the source has gained since it was compared. What was written to the target since stays, and is named. */
export async function copyLate(move: FilesMove, tools: Tools): Promise<LateCopy> {
  await requireRead(move);
  let late: LateCopy = { sent: 0, torn: [], conflicts: [] };
  let parts = PARTS;
  for (;;) {
    const cache = await lastApplied(move);
    const out = cache === LATE[0] ? LATE[1] : LATE[0];
    const round = await send(move, { parts, late: true }, { cache, out }, tools);
    if (round.planned === 0) break;
    const applied = await apply(move, round, { late: true }, { since: TARGET }, tools);
    // From here on, what has arrived is no change any more.
    await put(move.store, APPLIED, { cache: out });
    late = {
      sent: late.sent + round.sent,
      torn: [...new Set([...late.torn, ...round.torn])],
      conflicts: [...new Set([...late.conflicts, ...applied.conflicts])],
    };
    if (!round.left) break;
    parts = partsFor(round.need);
  }
  await move.store.clear('part-');
  return late;
}

/** The reading of the source whose changes the target has. */
async function lastApplied({ store }: FilesMove): Promise<string> {
  if (!(await store.list()).some(({ name }) => name === APPLIED)) return SOURCE;
  const answer = await fetch(await store.addressToGet(APPLIED));
  return appliedSchema.parse(await answer.json()).cache;
}

/** Files of the target that differ from what was compared, or copied later. */
export async function filesWrittenSince(move: FilesMove, tools: Tools): Promise<readonly string[]> {
  await requireRead(move);
  const { changed, changedCount } = await runAt(move, 'target', { do: 'list' }, { out: 'target.now', since: TARGET }, tools);
  return changedCount === 0 ? [] : [`the files of ${move.name}: ${shown(changed, changedCount)}`];
}

/**
 * Takes away what this move has written at the target, and what is on its way. Does nothing where it has written nothing.
 * @param all also what others have written there
 * @returns what stays, because others have written it
 */
export async function dropFiles(move: FilesMove, { all }: { readonly all: boolean }, tools: Tools): Promise<string> {
  const { others, otherCount } = await runAt(move, 'target', { do: 'drop', all }, {}, tools);
  await move.store.clear();
  return shown(others, otherCount);
}

/** The mark at the target, and what is in the store. */
export async function finishFiles(move: FilesMove, tools: Tools): Promise<void> {
  await runAt(move, 'target', { do: 'finish' }, {}, tools);
  await move.store.clear();
}

/** Without what was read at the comparison, nobody knows what was written since. */
async function requireRead({ store, name }: FilesMove): Promise<void> {
  const there = new Set((await store.list()).map((object) => object.name));
  if (there.has(SOURCE) && there.has(TARGET)) return;
  throw new CommandError(
    `what was read of ${name} before the switch is not in the bucket of the states any more\n  fix   restore the deleted versions of its objects below move/, or go on forward`,
  );
}

/** Names of objects that a run reads and writes. What is not there yet is left out. */
interface Objects {
  readonly cache?: string;
  readonly theirs?: string;
  readonly since?: string;
  readonly out?: string;
}

async function runAt(move: FilesMove, side: Side, task: Task, { out, ...read }: Objects, tools: Tools): Promise<FilesResult> {
  const { store } = move;
  const there = new Set((await store.list()).map(({ name }) => name));
  const found = Object.entries(read).filter(([, name]) => there.has(name));
  const addresses = await Promise.all(found.map(async ([key, name]) => [key, await store.addressToGet(name)] as const));
  const job = { ...task, ...Object.fromEntries(addresses), ...(out === undefined ? {} : { out: await store.addressToPut(out) }) };
  return runJob(move, side, job, tools);
}

async function send(
  move: FilesMove,
  { parts, late = false }: { readonly parts: number; readonly late?: boolean },
  objects: Objects,
  tools: Tools,
): Promise<FilesResult> {
  const addresses = await Promise.all(Array.from({ length: parts }, (_, index) => move.store.addressToPut(partName(index))));
  return runAt(move, 'source', { do: 'send', late, parts: addresses }, objects, tools);
}

async function apply(
  move: FilesMove,
  { parts: hashes }: FilesResult,
  settings: { readonly late?: boolean },
  objects: Objects,
  tools: Tools,
): Promise<FilesResult> {
  const parts = await Promise.all(hashes.map((_, index) => move.store.addressToGet(partName(index))));
  return runAt(move, 'target', { do: 'apply', parts, hashes, ...settings }, { ...objects, out: TARGET }, tools);
}

function partName(index: number): string {
  return `part-${index}`;
}

function partsFor(bytes: number): number {
  return Math.max(PARTS, Math.ceil((bytes * 1.01) / PART_BYTES) + 2);
}

/** A file that cannot be read is not copied, and nothing may be lost without a word. */
function requireReadable({ name, source, target }: FilesMove, { unreadable, unreadableCount }: FilesResult): void {
  if (unreadableCount === 0) return;
  throw new CommandError(
    `${name}: not readable: ${shown(unreadable, unreadableCount)}\n  fix   let its owner read it, on ${source.name} or ${target.name}`,
  );
}
