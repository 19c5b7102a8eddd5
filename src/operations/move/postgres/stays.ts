/** What cannot be moved, because only a superuser may create it and the target has none for us. */
import { z } from 'zod';
import type { DatabaseMove, StepOptions } from './move';
import { runSql } from './scripts';
import { ownObject, userSchema } from './sql-parts';

const stayingSchema = z.object({
  /** Kind and name of the fact, as a verification knows it. */
  kind: z.string(),
  name: z.string(),
  /** A regular expression for its entries in the list of a dump: its numbers there, or rights and comments by its name. */
  entry: z.string(),
});

export type Staying = z.infer<typeof stayingSchema>;

const SUPERUSER = 'select rolsuper from pg_roles where rolname = current_user;';

/** Objects outside of schemas, by catalog: what of it only a superuser may create. */
const OUTSIDE: Readonly<Record<string, string>> = {
  pg_event_trigger: 'true',
  pg_foreign_data_wrapper: 'true',
  pg_am: 'true',
  pg_transform: 'true',
  pg_language: 'not o.lanpltrusted',
  pg_cast: "o.castmethod = 'b'",
};

const STAYING = [
  ...Object.entries(OUTSIDE).map(
    ([
      catalog,
      which,
    ]) => `select 'object', (select i.type || ' ' || i.identity from pg_identify_object(o.tableoid, o.oid, 0) i), o.tableoid, o.oid
  from ${catalog} o where o.oid >= 16384 and ${which} and ${ownObject(catalog, 'o.oid')}`,
  ),
  ...['opc', 'opf'].map((prefix) => {
    const catalog = prefix === 'opc' ? 'pg_opclass' : 'pg_opfamily';
    return `select 'object', (select i.type || ' ' || i.identity from pg_identify_object(o.tableoid, o.oid, 0) i), o.tableoid, o.oid
  from ${catalog} o join pg_namespace n on n.oid = o.${prefix}namespace where ${userSchema('n')} and ${ownObject(catalog, 'o.oid')}`;
  }),
  `select 'function', o.oid::regprocedure::text, o.tableoid, o.oid from pg_proc o join pg_namespace n on n.oid = o.pronamespace
  join pg_language l on l.oid = o.prolang where ${userSchema('n')} and ${ownObject('pg_proc', 'o.oid')} and not l.lanpltrusted and o.prokind <> 'a'`,
].join('\nunion all ');

/** @returns objects of the source that a target without superuser does not get; none where it has one */
export async function stayingOf(move: DatabaseMove, options: StepOptions): Promise<readonly Staying[]> {
  const purpose = { ...options, move: move.id };
  if ((await runSql(move.target, SUPERUSER, { ...purpose, doing: 'asking the target for its rights' })).trim() === 't') return [];
  const rows = await runSql(
    move.source,
    `select coalesce(json_agg(json_build_object('kind', kind, 'name', name, 'entry',
  catalog || ' ' || number || ' |0 0 (ACL|COMMENT) [^ ]+ [A-Z ]+ ' || regexp_replace(regexp_replace(name, '^.*[ .]([^ .(]+)([(].*)?$', '\\1'), '[^A-Za-z0-9_]', '.', 'g') || '[( ]')), '[]')
from (${STAYING}) staying(kind, name, catalog, number);`,
    { ...purpose, doing: 'asking the source for objects of superusers' },
  );
  return z.array(stayingSchema).parse(JSON.parse(rows));
}
