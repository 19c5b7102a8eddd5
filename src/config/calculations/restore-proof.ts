/**
 * What proves that a restored database or file system is one: it is read completely, and is not emptier than it says itself. Pure.
 *
 * The live database is not asked: a comparison with it would put its load on top of what it serves, and its rows have changed since.
 * What the restored one is compared with is in it: the planner's statistics of the time of the copy (`pg_class.reltuples`), which
 * PostgreSQL keeps in a table, so that they are restored with the rows that they count.
 */

/** Rows of one table, as the SQL below prints them: one JSON object a line. */
export interface TableRows {
  readonly schema: string;
  readonly table: string;
  readonly rows: number;
  /** By the statistics; 0 where the table was never analysed. */
  readonly estimate: number;
}

/**
 * Counts the rows of every table, without an index, so that every page of a table is read and its checksum is verified. Prints a
 * line for each table, and fails when there is no table, or one is empty that has rows by its statistics.
 *
 * The user may read what it owns, what roles own that it is a member of, and with `pg_read_all_data` everything. It is granted on the
 * restored copy only, where the server allows it.
 */
export const RESTORE_PROOF_SQL = `set client_min_messages = warning;
set enable_indexscan = off;
set enable_indexonlyscan = off;
set enable_bitmapscan = off;
do $proof$
begin
  grant pg_read_all_data to current_user;
exception when others then
  null;
end
$proof$;
create temporary table terrace_proof (schema_name text, table_name text, row_count bigint, estimate bigint);
do $proof$
declare
  one record;
  counted bigint;
begin
  for one in
    select n.nspname, c.relname, greatest(c.reltuples, 0)::bigint as estimate
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'm') and c.relpersistence <> 't' and (c.relkind = 'r' or c.relispopulated)
      and n.nspname not in ('pg_catalog', 'information_schema')
    order by 1, 2
  loop
    execute format('select count(*) from %I.%I', one.nspname, one.relname) into counted;
    insert into terrace_proof values (one.nspname, one.relname, counted, one.estimate);
  end loop;
end
$proof$;
select json_build_object('schema', schema_name, 'table', table_name, 'rows', row_count, 'estimate', estimate)
from terrace_proof order by schema_name, table_name;
do $proof$
declare
  missing text;
begin
  if not exists (select from terrace_proof) then
    raise exception 'the database % has no tables', current_database();
  end if;
  select string_agg(format('%s.%s (about %s)', schema_name, table_name, estimate), ', ' order by schema_name, table_name)
  into missing from terrace_proof where row_count = 0 and estimate > 0;
  if missing is not null then
    raise exception 'tables are empty that had rows: %', missing;
  end if;
end
$proof$;`;

/**
 * The shell lines that read every file below the directory in `ROOT` and say how many there are. They fail when one cannot be read,
 * and when there is none although the recovery point has a size (`EXPECTED_BYTES`). There are no braces after a dollar sign, which
 * Terraform would read.
 */
export const FILES_PROOF_SCRIPT = `find "$ROOT" -type f -exec cat '{}' + > /dev/null
files=$(find "$ROOT" -type f -exec printf '.%.0s' '{}' + | wc -c)
echo "restore drill: $files files; the recovery point has $EXPECTED_BYTES bytes"
test "$files" -gt 0 || test "$EXPECTED_BYTES" = 0 || { echo 'restore drill: there are no files' >&2; exit 1; }`;
