/**
 * The end of a move that follows: with a frozen source, everything that replication does not carry. Few scripts, because the source is
 * frozen meanwhile and a place may need seconds to start one.
 */
import { CommandError } from '../../../cli/errors';
import { completionLines, dumpAndRestore } from './copy';
import { restoreLines, sqlLines } from './dump';
import { lastLines, schemaDump } from './live';
import { type Left, readLeft, SET_SEQUENCES } from './live-left';
import type { DatabaseMove, StepOptions } from './move';
import { endReplication } from './replication';
import { quoted } from './scripts';
import { ownObject } from './sql-parts';
import { stayingOf } from './stays';
import { emptyTarget } from './target-database';

export async function finishLive(move: DatabaseMove, options: StepOptions): Promise<void> {
  const state = await emptyTarget(move, options);
  if (state !== 'complete') {
    if (state !== 'indexed')
      throw new CommandError('the target does not follow yet\n  fix   thaw the source, then start again with --live');
    const [left, staying] = await Promise.all([readLeft(move, options), stayingOf(move, options)]);
    options.report(
      `the target has confirmed every change; ${left.largeObjects} large objects and ${left.unlogged.length} unlogged tables are left`,
    );
    await copyLeft(
      move,
      left,
      staying.map(({ entry }) => entry),
      options,
    );
  }
  await endReplication(move, options);
}

/** Large objects with their owners and rights, unlogged tables, sequences, triggers, views and what no dump contains. */
async function copyLeft(move: DatabaseMove, left: Left, without: readonly string[], options: StepOptions): Promise<void> {
  const { position, largeObjects, unlogged } = left;
  const tables = unlogged.map((name) => `--table=${quoted(name)}`).join(' ');
  const dumps = [
    // Without tables the dump still contains other objects: only the entries of large objects are restored.
    ...(largeObjects > 0 ? [{ state: position, name: 'objects', options: "-b --exclude-table='*.*'" }] : []),
    ...(unlogged.length > 0 ? [{ state: position, name: 'unlogged', options: `--data-only ${tables}` }] : []),
  ];
  const restored = (remote: boolean) =>
    dumps.map(({ name }) =>
      restoreLines({
        remote,
        name,
        jobs: 1,
        without: [],
        options: '--single-transaction',
        which: name === 'objects' ? '/ (BLOBS?|LARGE OBJECTS?) /' : '1',
      }),
    );
  await dumpAndRestore(
    move,
    [schemaDump(move), ...dumps],
    (remote) =>
      [
        sqlLines(remote, `${emptyAgain(unlogged)}\n${SET_SEQUENCES}`, { sequences: JSON.stringify(left.sequences) }),
        ...restored(remote),
        lastLines(remote, without),
        sqlLines(remote, REFRESH_VIEWS, { views: JSON.stringify(left.views) }),
        completionLines(move, left.properties, { remote, analyze: false }),
      ].join('\n'),
    options,
  );
}

/** Removes what an interrupted call has copied last. */
function emptyAgain(unlogged: readonly string[]): string {
  return `select count(lo_unlink(oid)) from pg_largeobject_metadata
\\g /dev/null
select format('drop trigger %I on %s', tgname, tgrelid::regclass) from pg_trigger
where not tgisinternal and tgparentid = 0 and ${ownObject('pg_trigger', 'pg_trigger.oid')}
\\gexec
select format('drop event trigger %I', evtname) from pg_event_trigger where ${ownObject('pg_event_trigger', 'pg_event_trigger.oid')}
  and (select rolsuper from pg_roles where rolname = current_user)
\\gexec
${unlogged.map((name) => `truncate only ${name};`).join('\n')}`;
}

/** A view that reads another one is refreshed after it: each round fills those whose sources are filled. */
const REFRESH_VIEWS = `begin;
select set_config('terrace.views', :'views', true) is null as ignored
\\gset
do $$
declare
  name text;
  open text[] := array(select jsonb_array_elements_text(current_setting('terrace.views')::jsonb));
  waiting text[];
  problem text;
begin
  while cardinality(open) > 0 loop
    waiting := '{}';
    foreach name in array open loop
      begin
        execute 'refresh materialized view ' || name;
      exception when object_not_in_prerequisite_state then
        waiting := waiting || name;
        problem := sqlerrm;
      end;
    end loop;
    if cardinality(waiting) = cardinality(open) then
      raise exception '%', problem;
    end if;
    open := waiting;
  end loop;
end $$;
commit;`;
