select format('select %L || chr(9) || count(*) from %I.%I', schemaname || '.' || tablename, schemaname, tablename)
from pg_catalog.pg_tables
where schemaname not in ('pg_catalog', 'information_schema') and schemaname not like 'pg\_temp%'
order by (schemaname || '.' || tablename) collate "C"
\gexec
