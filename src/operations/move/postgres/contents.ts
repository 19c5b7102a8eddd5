/**
 * Rows, sequences and large objects as numbers that do not depend on the order of rows: the sum of hashes of each row's text, with the
 * same settings on both sides. A row that is missing, doubled or changed changes the sum.
 */
import { ownObject, ROLE_NAMES, roleName, rights, userSchema } from './sql-parts';

/** The same text for the same value, whatever the server's or the role's settings are. */
export const FIXED_SETTINGS = `set timezone = 'UTC';
set datestyle = 'ISO, YMD';
set intervalstyle = 'postgres';
set bytea_output = 'hex';
set extra_float_digits = 1;
set lc_monetary = 'C';
set xmloption = 'content';
set xmlbinary = 'base64';
set quote_all_identifiers = off;
set search_path = '';`;

/** Large objects are compared one by one up to this number, in as many groups beyond it. */
const LARGE_OBJECT_GROUPS = 300;

/** Bytes of a large object that are read at once. */
const CHUNK = 1024 * 1024;

/** The sum of two halves of hashes, as 32 digits or fewer. */
function sum(text: string): string {
  return `coalesce(sum(('x' || substr(md5(${text}), 1, 16))::bit(64)::bigint), 0) || ':' || coalesce(sum(('x' || substr(md5(${text}), 17, 16))::bit(64)::bigint), 0)`;
}

/**
 * Statements that write, as JSON arrays of kind, name, number and checksum: one row for each table, partition and materialised view, one
 * for each sequence, and one for each large object.
 * @param workers that read a large table at the same time
 */
export function contentsSql(workers: number): string {
  return `${FIXED_SETTINGS}
set max_parallel_workers_per_gather = ${workers};
${relationsSql}
\\gexec
${sequencesSql}
\\gexec
${largeObjectsSql}`;
}

const relationsSql = `select format('select json_build_array(%L, %L, count(*), ${sum('("terrace row".*)::text').replaceAll("'", "''")}) from only %I.%I as "terrace row"',
  case c.relkind when 'm' then 'view rows' else 'rows' end, format('%I.%I', n.nspname, c.relname), n.nspname, c.relname)
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where ${userSchema('n')} and (c.relkind = 'r' or c.relkind = 'm' and c.relispopulated) and ${ownObject('pg_class', 'c.oid')}
order by c.relpages desc`;

const sequencesSql = `select format('select json_build_array(''sequence'', %L, null, concat_ws('' '', last_value, is_called, %L)) from %I.%I',
  format('%I.%I', n.nspname, c.relname),
  concat_ws(' ', format_type(s.seqtypid, null), s.seqstart, s.seqincrement, s.seqmax, s.seqmin, s.seqcache, s.seqcycle), n.nspname, c.relname)
from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_sequence s on s.seqrelid = c.oid
where ${userSchema('n')} and ${ownObject('pg_class', 'c.oid')}`;

/** A large object has no size of its own, so its end is sought. */
const largeObjectsSql = `with ${ROLE_NAMES}, contents as (
  select m.oid, concat_ws(' ', length.bytes, md5(string_agg(md5(lo_get(m.oid, chunk * ${CHUNK}, ${CHUNK})), '' order by chunk)),
      ${roleName('m.lomowner')}, ${rights('m.lomacl', 'L', 'm.lomowner')}) as text
  from pg_largeobject_metadata m
    cross join lateral (select lo_open(m.oid, 262144) as descriptor) opened
    cross join lateral (select lo_lseek64(descriptor, 0, 2) as bytes) length
    cross join lateral generate_series(0, greatest(length.bytes - 1, 0) / ${CHUNK}) chunk
  group by m.oid, length.bytes, m.lomowner, m.lomacl
), named as (
  select case when count(*) over () <= ${LARGE_OBJECT_GROUPS} then oid::text else 'group ' || oid::bigint % ${LARGE_OBJECT_GROUPS} end as name, oid, text
  from contents
)
select json_build_array('large object', name, count(*), ${sum('oid || text')}) from named group by name;`;
