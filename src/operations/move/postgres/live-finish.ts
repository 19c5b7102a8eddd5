/** The end of a move that follows: with a frozen source, everything that replication does not carry. */
import { z } from 'zod';
import { CommandError } from '../../../cli/errors';
import { completeCopy, dumpAndRestore } from './copy';
import { restoreLines } from './dump';
import { caughtUp, refreshLines, schemaDump } from './live';
import { addToMarkSql, markSql } from './mark';
import type { DatabaseMove, StepOptions } from './move';
import { readProperties } from './properties';
import { endReplication } from './replication';
import { fed, PACKED, quoted, runScript, runSql, unpacked } from './scripts';
import { endOwnSessionsSql } from './sessions';
import { ownObject, userSchema } from './sql-parts';
import { emptyTarget } from './target-database';

export async function finishLive(move: DatabaseMove, options: StepOptions): Promise<void> {
  const purpose = { ...options, move: move.id };
  const position = (
    await runSql(move.source, `${endOwnSessionsSql(move.id)}\nselect ${markSql(move.id)} #>> '{seal,position}';`, {
      ...purpose,
      doing: 'reading the seal of the source',
    })
  ).trim();
  if (position === '') throw new CommandError(`${move.source.name} is not frozen\n  fix   freeze it first`);
  const state = await emptyTarget(move, options);
  if (state === 'complete') return;
  if (state !== 'indexed') throw new CommandError(`the target does not follow yet\n  fix   thaw the source, then start again with --live`);
  await endWhenConfirmed(move, position, options);
  const left = await leftOf(move, options);
  await runSql(move.target, SET_SEQUENCES, { ...purpose, doing: 'setting sequences', variables: { sequences: JSON.stringify(left.sequences) } });
  await copyRest(move, left, position, options);
  await dumpAndRestore(move, schemaDump(move, refreshLines), options);
  await completeCopy(move, await readProperties(move, options), { ...options, analyze: false });
}

/** Ends replication when the last change is there. The mark says so, since the slot that could tell is gone then. */
async function endWhenConfirmed(move: DatabaseMove, position: string, options: StepOptions): Promise<void> {
  const purpose = { ...options, move: move.id };
  const ended = await runSql(move.target, `select ${markSql(move.id)} ? 'confirmed';`, { ...purpose, doing: 'looking at the target' });
  if (ended.trim() !== 't') {
    await caughtUp(move, position, options);
    await runSql(move.target, addToMarkSql(move.id, `'{"confirmed": true}'`), { ...purpose, doing: 'noting that all changes are there' });
  }
  options.report('the target has confirmed every change');
  await endReplication(move, options);
}

const leftSchema = z.object({
  sequences: z.array(z.tuple([z.string(), z.string(), z.boolean()])),
  /** Names of tables, as SQL writes them. */
  unlogged: z.array(z.string()),
  largeObjects: z.number(),
});

type Left = z.infer<typeof leftSchema>;

const SEQUENCES = `select format('select json_build_array(%L, last_value::text, is_called) from %I.%I', format('%I.%I', n.nspname, c.relname), n.nspname, c.relname)
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'S' and ${userSchema('n')} and ${ownObject('pg_class', 'c.oid')}
\\gexec`;

const OTHERS = `select json_build_object('unlogged', coalesce((select json_agg(format('%I.%I', n.nspname, c.relname)) from pg_class c
    join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' and c.relpersistence = 'u' and ${userSchema('n')}
      and ${ownObject('pg_class', 'c.oid')}), '[]'),
  'largeObjects', (select count(*) from pg_largeobject_metadata));`;

/** What replication has not carried. */
async function leftOf(move: DatabaseMove, options: StepOptions): Promise<Left> {
  const read = await runScript(
    move.source,
    `${fed(`${SEQUENCES}\n\\echo others\n${OTHERS}`)} | sql "$here" | ${PACKED}`,
    { ...options, move: move.id, doing: 'reading sequences' },
  );
  const [sequences = '', others = ''] = unpacked(read).split(/^others\n/m);
  if (others === '') throw new CommandError('reading sequences failed\n  fix   see the messages above, then call the command again');
  const lines = sequences.split('\n').filter((line) => line !== '');
  return leftSchema.parse({
    ...(JSON.parse(others) as object),
    sequences: lines.map((line) => JSON.parse(line) as unknown),
  });
}

/** Exactly: the source is frozen, so that no margin is needed. */
const SET_SEQUENCES = `select setval(to_regclass(entry ->> 0), (entry ->> 1)::bigint, (entry ->> 2)::boolean)
from jsonb_array_elements(:'sequences'::jsonb) entry
\\g /dev/null`;

/**
 * Large objects with their owners and rights, and the rows of unlogged tables. Each in one transaction, after what an interrupted call has
 * left of it was removed.
 */
async function copyRest(move: DatabaseMove, left: Left, position: string, options: StepOptions): Promise<void> {
  const { id } = move;
  const removed = [
    'select count(lo_unlink(oid)) from pg_largeobject_metadata\n\\g /dev/null',
    ...left.unlogged.map((name) => `truncate only ${name};`),
  ].join('\n');
  await runSql(move.target, removed, { ...options, move: id, doing: 'emptying what is copied last' });
  const once = { jobs: 1, without: [], options: '--single-transaction' };
  if (left.largeObjects > 0) {
    options.report(`${left.largeObjects} large objects`);
    const steps = (remote: boolean) => restoreLines({ ...once, remote, name: 'objects', which: '/ (BLOBS?|LARGE OBJECTS?) /' });
    // Without tables the dump still contains other objects: only the entries of large objects are restored.
    await dumpAndRestore(move, { state: position, name: 'objects', options: "--large-objects --exclude-table='*.*'", steps }, options);
  }
  if (left.unlogged.length > 0) {
    options.report(`${left.unlogged.length} unlogged tables`);
    const steps = (remote: boolean) => restoreLines({ ...once, remote, name: 'unlogged' });
    const tables = left.unlogged.map((name) => `--table=${quoted(name)}`).join(' ');
    await dumpAndRestore(move, { state: position, name: 'unlogged', options: `--data-only ${tables}`, steps }, options);
  }
}
