/** Compares a frozen source with its target. */
import { createHash } from 'node:crypto';
import { CommandError } from '../../../cli/errors';
import { NOTED_FACTS, VERSIONED_FACTS } from './facts';
import { markSql } from './mark';
import type { DatabaseMove, StepOptions } from './move';
import { readSide, type SideState } from './read-side';
import type { Difference, Verification } from './report';
import { runSql } from './scripts';
import { type Seal, sealSchema } from './seal';
import { type Staying, stayingOf } from './stays';

export async function verify(move: DatabaseMove, options: StepOptions): Promise<Verification> {
  const began = performance.now();
  const seal = await sealOf(move, options);
  const staying = await stayingOf(move, options);
  const [{ source, changed }, target] = await Promise.all([readSource(move, options), readSide(move.target, move, options)]);
  const { differences, notes } = compare(source, target, staying);
  const all = changed === undefined ? differences : [changed, ...differences];
  const tables = source.contents.filter(({ kind }) => kind === 'rows');
  const different = new Set(differences.map(({ name }) => name));
  return {
    formatVersion: 1,
    move: move.id,
    equal: all.length === 0,
    source: sideOf(source),
    target: sideOf(target),
    seal,
    sourceTransactions: source.transactions,
    sourceChecksum: checksumOf(source),
    tables: tables
      .map(({ name, count = 0, checksum }) => ({ name, rows: count, checksum, equal: !different.has(name) }))
      .sort((one, other) => (one.name < other.name ? -1 : 1)),
    rows: tables.reduce((sum, { count = 0 }) => sum + count, 0),
    sequences: source.contents.filter(({ kind }) => kind === 'sequence').length,
    largeObjects: source.contents.filter(({ kind }) => kind === 'large object').reduce((sum, { count = 0 }) => sum + count, 0),
    compared: counted(source),
    differences: [...all],
    notes: [...notes],
    seconds: Math.round((performance.now() - began) / 100) / 10,
  };
}

/**
 * Without a transaction since the verification the source cannot have changed. With one, such as that of an automatic vacuum, it is read
 * again.
 */
export async function confirmFrozen(move: DatabaseMove, verification: Verification, options: StepOptions): Promise<boolean> {
  const { transaction } = await sealOf(move, options);
  if (transaction !== verification.seal.transaction) return false;
  const next = await runSql(move.source, 'select pg_snapshot_xmax(pg_current_snapshot());', {
    ...options,
    move: move.id,
    doing: 'looking at the source',
  });
  if (next.trim() === verification.sourceTransactions.before) return true;
  options.report('the server had transactions since the verification: the source is read again');
  return checksumOf(await readSide(move.source, move, options)) === verification.sourceChecksum;
}

async function sealOf(move: DatabaseMove, options: StepOptions): Promise<Seal> {
  const output = await runSql(move.source, `select ${markSql(move.id)} -> 'seal';`, {
    ...options,
    move: move.id,
    doing: 'reading the seal of the source',
  });
  if (output.trim() === '')
    throw new CommandError(`${move.source.name} is not frozen: what still changes cannot be compared\n  fix   freeze it first`);
  return sealSchema.parse(JSON.parse(output));
}

/**
 * A row that is changed after its table was read is not in the table's sum. So with a transaction in the meantime, such as that of an
 * automatic vacuum, the source is read a second time, and must be the same.
 */
async function readSource(
  move: DatabaseMove,
  options: StepOptions,
): Promise<{ readonly source: SideState; readonly changed?: Difference }> {
  const first = await readSide(move.source, move, options);
  if (first.transactions.before === first.transactions.after) return { source: first };
  options.report('the server had transactions while the source was read: it is read again');
  const source = await readSide(move.source, move, options);
  if (checksumOf(first) === checksumOf(source)) return { source };
  const changed = compare(first, source).differences.map(({ kind, name }) => `${kind} ${name}`);
  return { source, changed: { kind: 'frozen source', name: 'changed while it was read', source: changed.join(', ') } };
}

const OF_ROLES: readonly string[] = ['role', 'membership', 'role setting'];

/** @param staying what a target without superuser does not get */
export function compare(
  source: SideState,
  target: SideState,
  staying: readonly Staying[] = [],
): { readonly differences: readonly Difference[]; readonly notes: readonly Difference[] } {
  const sameMajor = major(source) === major(target);
  const stays = new Set(staying.map(({ kind, name }) => JSON.stringify([kind, name])));
  const noted = ({ kind, name, source: here }: Difference) =>
    kind === 'view rows' ||
    kind in NOTED_FACTS ||
    (kind in VERSIONED_FACTS && !sameMajor) ||
    // A server may have roles of its own.
    (here === undefined && OF_ROLES.includes(kind)) ||
    stays.has(JSON.stringify([kind, name]));
  const all = [...differencesOf(values(source), values(target))];
  return { differences: all.filter((each) => !noted(each)), notes: all.filter(noted) };
}

/** Everything that is known of a side, by kind and name. */
function values({ facts, contents }: SideState): ReadonlyMap<string, readonly [kind: string, name: string, value: string]> {
  const found = new Map<string, readonly [string, string, string]>();
  const add = (kind: string, name: string, value: string) => found.set(JSON.stringify([kind, name]), [kind, name, value]);
  for (const { kind, name, value = '' } of facts) add(kind, name, value);
  for (const { kind, name, count, checksum } of contents)
    if (kind === 'rows') {
      add('rows', name, String(count));
      add('content', name, checksum);
    } else add(kind, name, count === undefined ? checksum : `${count} ${checksum}`);
  return found;
}

function* differencesOf(
  source: ReturnType<typeof values>,
  target: ReturnType<typeof values>,
): Generator<Difference, void, undefined> {
  for (const [key, [kind, name, value]] of source) {
    const there = target.get(key)?.[2];
    if (there !== value) yield { kind, name, source: value, ...(there === undefined ? {} : { target: there }) };
  }
  for (const [key, [kind, name, value]] of target) if (!source.has(key)) yield { kind, name, target: value };
}

/** One number for everything on a side. */
function checksumOf(side: SideState): string {
  const lines = [...values(side).values()].map((entry) => JSON.stringify(entry)).sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

function counted(side: SideState): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [kind] of values(side).values()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

function sideOf({ place, database, version, readAt }: SideState) {
  return { place, database, version, readAt };
}

function major({ version }: SideState): string {
  return /^\d+/.exec(version)?.[0] ?? version;
}
