/** What replication has not carried, read from the frozen source when the target has confirmed everything else. */
import { z } from 'zod';
import { CommandError } from '../../../cli/errors';
import { addToMarkSql, markOf, markSql } from './mark';
import type { DatabaseMove, StepOptions } from './move';
import { READ_PROPERTIES } from './properties';
import { fed, PACKED, runScript, unpacked } from './scripts';
import { endOwnSessionsSql } from './sessions';
import { ownObject, userSchema } from './sql-parts';

/** Seconds in which the target must confirm the last change. */
const CONFIRM_SECONDS = 600;

const leftSchema = z.object({
  /** Of the seal. */
  position: z.string(),
  sequences: z.array(z.tuple([z.string(), z.string(), z.boolean()])),
  /** Names of tables and materialised views, as SQL writes them. */
  unlogged: z.array(z.string()),
  views: z.array(z.string()),
  largeObjects: z.number(),
});

export type Left = z.infer<typeof leftSchema> & {
  /** A JSON document. */
  readonly properties: string;
};

const RELATIONS = `from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${userSchema('n')} and ${ownObject('pg_class', 'c.oid')}`;
const NAME = "format('%I.%I', n.nspname, c.relname)";

const SEQUENCES = `select format('select json_build_array(%L, last_value::text, is_called) from %I.%I', ${NAME}, n.nspname, c.relname)
${RELATIONS} and c.relkind = 'S'
\\gexec`;

function othersSql(move: string): string {
  const names = (which: string) => `coalesce((select json_agg(${NAME} order by c.oid) ${RELATIONS} and ${which}), '[]')`;
  return `select json_build_object('position', ${markSql(move)} #>> '{seal,position}', 'unlogged', ${names("c.relkind = 'r' and c.relpersistence = 'u'")},
  'views', ${names("c.relkind = 'm' and c.relispopulated")}, 'largeObjects', (select count(*) from pg_largeobject_metadata));`;
}

/** Waits for the last change first. The mark remembers that it was confirmed, for when the slot that could tell is gone. */
export async function readLeft(move: DatabaseMove, options: StepOptions): Promise<Left> {
  const sql = [
    confirmedSql(move.id),
    '\\echo sequences',
    SEQUENCES,
    '\\echo others',
    othersSql(move.id),
    '\\echo properties',
    READ_PROPERTIES,
  ];
  const read = await runScript(move.source, `${fed(sql.join('\n'))} | sql "$here" | ${PACKED}`, {
    ...options,
    timeoutSeconds: CONFIRM_SECONDS + 60,
    move: move.id,
    doing: 'waiting for the last change',
  });
  const [, sequences = '', others = '', properties = ''] = unpacked(read).split(/^(?:sequences|others|properties)\n/m);
  if (properties === '')
    throw new CommandError(
      `the source is not frozen, or the target has not confirmed the last change (see the message above)\n  fix   freeze the source, or call the command again, or take the move back; nothing is lost`,
    );
  const lines = sequences.split('\n').filter((line) => line !== '');
  const parsed = leftSchema.parse({
    ...(JSON.parse(others) as object),
    sequences: lines.map((line) => JSON.parse(line) as unknown),
  });
  return { ...parsed, properties: properties.trim() };
}

function confirmedSql(move: string): string {
  const mark = markOf(move);
  const slot = `(select confirmed_flush_lsn from pg_replication_slots where slot_name = '${mark}')`;
  return `${endOwnSessionsSql(move)}
do $$
declare
  sealed pg_lsn := (${markSql(move)} #>> '{seal,position}')::pg_lsn;
begin
  if sealed is null then
    raise exception 'the source is not frozen';
  end if;
  if not coalesce((${markSql(move)} ->> 'confirmed')::pg_lsn = sealed, false) then
    for attempt in 1 .. ${CONFIRM_SECONDS * 20} loop
      exit when ${slot} >= sealed;
      if ${slot} is null then
        raise exception 'the source has no replication slot of this move';
      end if;
      perform pg_sleep(0.05);
    end loop;
    if ${slot} < sealed then
      raise exception 'the target has not confirmed the last % bytes', sealed - ${slot};
    end if;
  end if;
end $$;
${addToMarkSql(move, `jsonb_build_object('confirmed', ${markSql(move)} #>> '{seal,position}')`)}`;
}

/** Exactly: the source is frozen, so that no margin is needed. */
export const SET_SEQUENCES = `select setval(to_regclass(entry ->> 0), (entry ->> 1)::bigint, (entry ->> 2)::boolean)
from jsonb_array_elements(:'sequences'::jsonb) entry
\\g /dev/null`;
