/**
 * Copies a source that serves and follows its changes, so that it is frozen only for the last of them.
 *
 * Tables and keys are created first, since replication finds rows by keys; indexes, foreign keys, triggers and rights when all rows are
 * there. Replication carries rows and nothing else: sequences, large objects, unlogged tables and materialised views follow when
 * the source is frozen. Whoever changes the schema in between breaks replication or the verification; nothing is lost by it.
 */
import { z } from 'zod';
import { TimedOut, waitFor } from '../../../aws/waiting';
import { CommandError } from '../../../cli/errors';
import { type Dump, dumpAndRestore } from './copy';
import { restoreLines, sqlLines } from './dump';
import type { Lag } from './engine';
import { addToMarkSql, markOf, markSql } from './mark';
import type { DatabaseMove, StepOptions } from './move';
import { allowCreationSql } from './ownership';
import { COUNT_OF_OBJECTS, endReplication, publish, subscribe } from './replication';
import { prepareTarget } from './roles';
import { ANALYZE, LONG_SECONDS, runSql } from './scripts';
import { stayingOf } from './stays';
import { emptyTarget } from './target-database';

/** Entries of the list of a dump that wait until the rows are there: the first words of their type. */
const LATER = '$4 ~ /^(INDEX|FK|CHECK|RULE|POLICY|ROW|STATISTICS|ACL|COMMENT)$/ || ($4 == "DEFAULT" && $5 == "ACL")';

/** Entries that wait until nothing is replicated any more: triggers that always fire would do their work a second time. */
const LAST = '($4 == "TRIGGER" || $4 == "EVENT" || ($4 == "COMMENT" && / TRIGGER /))';

/** The dump of the schema: it is not used again by a move that was begun anew. */
export function schemaDump({ id }: DatabaseMove): Dump {
  return { state: `schema ${id}`, name: 'schema', options: '--schema-only' };
}

export async function startLive(move: DatabaseMove, options: StepOptions): Promise<void> {
  const { live } = move;
  if (live === undefined)
    throw new CommandError('this move was begun without --live\n  fix   take it back, then begin it again with --live');
  const without = (await stayingOf(move, options)).map(({ entry }) => entry);
  let state = await emptyTargetWithoutReplication(move, options);
  if (state === 'complete') return;
  if (state === 'empty') {
    await prepareTarget(move, options);
    await dumpAndRestore(move, [{ ...schemaDump(move), fresh: true }], (remote) => tablesAndKeys(move, remote, without), options);
    const password = await publish(move, options);
    await subscribe(move, live, password, options);
    state = 'following';
  }
  await allCopied(move, options);
  if (state === 'following') {
    await indexAll(move, without, options);
    options.report('indexes and foreign keys are created');
  }
}

/** A copy that did not get as far as replication is begun again, and what it left of replication is removed first. */
async function emptyTargetWithoutReplication(move: DatabaseMove, options: StepOptions) {
  const begun = await runSql(move.target, `select coalesce(${markSql(move.id)} ->> 'copy', '');`, {
    ...options,
    move: move.id,
    doing: 'looking at the target',
  }).catch(() => 'begun');
  if (begun.trim() === 'begun') await endReplication(move, options);
  return emptyTarget(move, options);
}

function tablesAndKeys({ id }: DatabaseMove, remote: boolean, without: readonly string[]): string {
  const part = (which: string) => restoreLines({ remote, jobs: 1, name: 'schema', without, which });
  return [part('$4 == "SCHEMA"'), sqlLines(remote, allowCreationSql(id)), part(`$4 != "SCHEMA" && !(${LATER}) && !${LAST}`)].join(
    '\n',
  );
}

/** In one transaction. When the mark was not set after it, the number of objects tells that it was committed. */
async function indexAll(move: DatabaseMove, without: readonly string[], options: StepOptions): Promise<void> {
  const purpose = { ...options, move: move.id, doing: 'looking at the target' };
  const done = await runSql(move.target, `select ${COUNT_OF_OBJECTS} <> (${markSql(move.id)} ->> 'objects')::bigint;`, purpose);
  if (done.trim() !== 't') {
    const lines = (remote: boolean) =>
      restoreLines({
        remote,
        jobs: 1,
        name: 'schema',
        without,
        which: `(${LATER}) && !${LAST}`,
        options: '--single-transaction',
      });
    await dumpAndRestore(move, [schemaDump(move)], lines, options);
  }
  await runSql(move.target, `${ANALYZE}\n${addToMarkSql(move.id, `jsonb_build_object('copy', 'indexed')`)}`, {
    timeoutSeconds: LONG_SECONDS,
    ...purpose,
    doing: 'collecting statistics',
  });
}

async function allCopied(move: DatabaseMove, options: StepOptions): Promise<void> {
  const { timeoutSeconds = LONG_SECONDS, signal, report } = options;
  let told = '';
  try {
    await waitFor(
      async () => {
        const { copied, remaining } = await tablesOf(move, options);
        const line = `${copied} of ${copied + remaining} tables are copied`;
        if (line !== told) report(line);
        told = line;
        return remaining === 0 ? true : undefined;
      },
      { everySeconds: 1, timeoutSeconds, signal },
    );
  } catch (error) {
    if (!(error instanceof TimedOut)) throw error;
    throw new CommandError(
      `${told}, and not all within ${timeoutSeconds} seconds\n  fix   look into the logs of both servers for ${markOf(move.id)}, then call the command again or take the move back`,
    );
  }
}

const tablesSchema = z.object({ copied: z.number(), remaining: z.number() });

async function tablesOf(move: DatabaseMove, options: StepOptions): Promise<z.infer<typeof tablesSchema>> {
  const read = await runSql(
    move.target,
    `select json_build_object('copied', count(*) filter (where srsubstate in ('r', 's')), 'remaining', count(*) filter (where srsubstate not in ('r', 's')))
from pg_subscription_rel where srsubid = (select oid from pg_subscription where subname = '${markOf(move.id)}');`,
    { ...options, move: move.id, doing: 'asking the target how far it is' },
  );
  return tablesSchema.parse(JSON.parse(read));
}

const slotSchema = z.object({ bytes: z.number(), seconds: z.number(), active: z.boolean() });

async function slotOf(move: DatabaseMove, options: StepOptions) {
  const read = await runSql(
    move.source,
    `select json_build_object('bytes', pg_wal_lsn_diff(pg_current_wal_lsn(), s.confirmed_flush_lsn)::bigint, 'active', s.active,
  'seconds', coalesce(round(extract(epoch from greatest(r.replay_lag, clock_timestamp() - r.reply_time))), 0))
from pg_replication_slots s left join pg_stat_replication r on r.pid = s.active_pid where s.slot_name = '${markOf(move.id)}';`,
    { ...options, move: move.id, doing: 'asking the source how far the target is' },
  );
  if (read.trim() === '')
    throw new CommandError('the source has no replication slot of this move\n  fix   take the move back, then begin it again');
  return slotSchema.parse(JSON.parse(read));
}

export async function lagOf(move: DatabaseMove, options: StepOptions): Promise<Lag> {
  const [tables, { bytes, seconds, active }] = await Promise.all([tablesOf(move, options), slotOf(move, options)]);
  return { following: active && tables.remaining === 0, ...tables, bytes, seconds };
}

/** Lines that create what waits for the end, in one transaction. */
export function lastLines(remote: boolean, without: readonly string[]): string {
  return restoreLines({ remote, jobs: 1, name: 'schema', without, which: LAST, options: '--single-transaction' });
}
