/**
 * Everything besides rows that two databases must have in common, as triples of kind, name and value, in the same words for versions 14
 * to 18. What belongs to an extension comes with the extension and is not read.
 */
import { MARKS, ownObject, rights, ROLE_NAMES, roleName, SERVER_ROLE, userSchema } from './sql-parts';

/** One query of name and value. */
type Query = string;

/** Relations of the application, as `c` in schema `n`. */
const RELATIONS = `pg_class c join pg_namespace n on n.oid = c.relnamespace where ${userSchema('n')} and ${ownObject('pg_class', 'c.oid')}`;

const RELATION = "format('%I.%I', n.nspname, c.relname)";

/** A table expression, `o` in schema `n`, of a catalog whose objects have a name, a schema and an owner. */
function objects(catalog: string, prefix: string): string {
  return `${catalog} o join pg_namespace n on n.oid = o.${prefix}namespace where ${userSchema('n')} and ${ownObject(catalog, 'o.oid')}`;
}

/** Objects in schemas of which the existence and the owner are compared: catalog, prefix of its columns. */
const PLAIN: readonly (readonly [catalog: string, prefix: string])[] = [
  ['pg_collation', 'coll'],
  ['pg_conversion', 'con'],
  ['pg_operator', 'opr'],
  ['pg_opclass', 'opc'],
  ['pg_opfamily', 'opf'],
  ['pg_ts_config', 'cfg'],
  ['pg_ts_dict', 'dict'],
];

function plainObjects([catalog, prefix]: (typeof PLAIN)[number]): Query {
  return `select ${identity(catalog)}, ${roleName(`o.${prefix}owner`)} from ${objects(catalog, prefix)}`;
}

/** Objects outside of schemas, of which the existence is compared. */
const GLOBAL = [
  'pg_foreign_data_wrapper',
  'pg_foreign_server',
  'pg_language',
  'pg_event_trigger',
  'pg_cast',
  'pg_transform',
  'pg_am',
];

function globalObjects(catalog: string): Query {
  return `select ${identity(catalog)}, '' from ${catalog} o where o.oid >= 16384 and ${ownObject(catalog, 'o.oid')}`;
}

/** Type and name of the object `o` of a catalog. */
function identity(catalog: string): string {
  return `(select i.type || ' ' || i.identity from pg_identify_object('${catalog}'::regclass, o.oid, 0) i)`;
}

/** The first 16 digits of a hash: enough to tell two texts apart by accident. */
function hash(text: string): string {
  return `left(md5(${text}), 16)`;
}

/**
 * Columns of a relation in their order, with everything that a definition says about them. Since version 17 a partition has the
 * identity of its parent.
 */
const COLUMNS = `select string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
    case when not c.relispartition then a.attidentity end, a.attgenerated,
    a.attstorage, a.attislocal, (select collname from pg_collation where oid = a.attcollation), pg_get_expr(d.adbin, d.adrelid),
    case when a.attacl is not null then ${rights('a.attacl', 'c', 'c.relowner')} end), '; ' order by a.attnum)
  from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped`;

export const FACTS: Readonly<Record<string, Query>> = {
  schema: `select n.nspname, concat_ws(' ', ${roleName('n.nspowner')}, ${rights('n.nspacl', 'n', 'n.nspowner')})
    from pg_namespace n where ${userSchema('n')} and ${ownObject('pg_namespace', 'n.oid')}`,
  relation: `select ${RELATION}, ${hash(`concat_ws(' ', c.relkind, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity,
      c.relreplident, c.relispopulated, c.reloptions, pg_get_expr(c.relpartbound, c.oid), pg_get_partkeydef(c.oid),
      (select string_agg(inhparent::regclass::text, ',' order by inhseqno) from pg_inherits where inhrelid = c.oid),
      case when c.reloftype <> 0 then c.reloftype::regtype end, am.amname)`)}
    from (select * from pg_class where relkind in ('r', 'p', 'v', 'm', 'f', 'c')) c left join pg_am am on am.oid = c.relam
      join pg_namespace n on n.oid = c.relnamespace where ${userSchema('n')} and ${ownObject('pg_class', 'c.oid')}`,
  owner: `select ${RELATION}, ${roleName('c.relowner')} from ${RELATIONS} and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')`,
  grant: `select ${RELATION}, ${rights('c.relacl', 'r', 'c.relowner')} from ${RELATIONS} and c.relkind in ('r', 'p', 'v', 'm', 'f')
    union all select ${RELATION}, ${rights('c.relacl', 's', 'c.relowner')} from ${RELATIONS} and c.relkind = 'S'`,
  columns: `select ${RELATION}, ${hash(`(${COLUMNS})`)} from ${RELATIONS} and c.relkind in ('r', 'p', 'v', 'm', 'f', 'c')`,
  constraint: `select format('%s on %s', con.conname, coalesce(nullif(con.conrelid, 0)::regclass::text, con.contypid::regtype::text)),
      ${hash("concat_ws(' ', pg_get_constraintdef(con.oid), con.convalidated, con.condeferrable, con.condeferred)")}
    from pg_constraint con join pg_namespace n on n.oid = con.connamespace
    where ${userSchema('n')} and con.contype <> 'n' and con.conparentid = 0
      and ${ownObject('pg_class', 'con.conrelid')} and ${ownObject('pg_type', 'con.contypid')}`,
  index: `select ${RELATION}, ${hash("concat_ws(' ', pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisready, i.indisclustered, i.indisreplident, i.indisprimary)")}
    from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
    where ${userSchema('n')} and ${ownObject('pg_class', 'i.indrelid')}`,
  trigger: `select format('%s on %s', t.tgname, t.tgrelid::regclass), ${hash("concat_ws(' ', pg_get_triggerdef(t.oid), t.tgenabled)")}
    from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
    where ${userSchema('n')} and not t.tgisinternal and t.tgparentid = 0 and ${ownObject('pg_class', 'c.oid')}`,
  function: `select o.oid::regprocedure, concat_ws(' ', ${hash(`concat_ws(' ', o.prosrc, o.probin, array_to_string(o.proconfig, ','),
      pg_get_function_result(o.oid), pg_get_function_arguments(o.oid), l.lanname, o.prokind, o.provolatile, o.proisstrict, o.prosecdef,
      o.proleakproof, o.proparallel, o.procost, o.prorows)`)}, ${roleName('o.proowner')}, ${rights('o.proacl', 'f', 'o.proowner')})
    from pg_language l, ${objects('pg_proc', 'pro')} and l.oid = o.prolang`,
  type: `select format('%I.%I', n.nspname, o.typname), concat_ws(' ', ${hash(`concat_ws(' ', o.typtype, o.typnotnull, o.typdefault,
      case when o.typbasetype <> 0 then format_type(o.typbasetype, o.typtypmod) end,
      (select string_agg(enumlabel, ',' order by enumsortorder) from pg_enum where enumtypid = o.oid),
      (select rngsubtype::regtype::text from pg_range where rngtypid = o.oid))`)},
      ${roleName('o.typowner')}, ${rights('o.typacl', 'T', 'o.typowner')})
    from ${objects('pg_type', 'typ')} and o.typtype in ('e', 'd', 'r', 'c') and (o.typtype <> 'c' or exists
      (select from pg_class where oid = o.typrelid and relkind = 'c'))`,
  policy: `select format('%s on %s', p.polname, p.polrelid::regclass), ${hash(`concat_ws(' ', p.polcmd, p.polpermissive,
      (select string_agg(${roleName('role')}, ',' order by ${roleName('role')}) from unnest(p.polroles) role),
      pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))`)} from pg_policy p`,
  rule: `select format('%s on %s', r.rulename, r.ev_class::regclass), ${hash("concat_ws(' ', r.ev_type, r.is_instead, r.ev_enabled)")}
    from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace
    where ${userSchema('n')} and r.rulename <> '_RETURN' and ${ownObject('pg_class', 'c.oid')}`,
  'statistics object': `select format('%I.%I', n.nspname, o.stxname), concat_ws(' ', ${hash('pg_get_statisticsobjdef(o.oid)')}, ${roleName('o.stxowner')})
    from ${objects('pg_statistic_ext', 'stx')}`,
  extension: `select e.extname, n.nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace`,
  'default privileges': `select format('%s in %s for %s', d.defaclobjtype, coalesce(n.nspname, 'every schema'), ${roleName('d.defaclrole')}),
      (select string_agg(distinct ${roleName('a.grantee')} || '=' || a.privilege_type || case when a.is_grantable then '*' else '' end, ',')
        from aclexplode(d.defaclacl) a where a.privilege_type <> 'MAINTAIN')
    from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace`,
  comment: `select i.type || ' ' || i.identity, ${hash("string_agg(d.description, ',' order by d.objsubid)")}
    from pg_description d, pg_identify_object(d.classoid, d.objoid, d.objsubid) i
    where d.objoid >= 16384 and d.classoid <> 'pg_extension'::regclass and i.identity is not null and i.identity !~ '^pg_toast'
      and not exists (select from pg_depend e where e.classid = d.classoid and e.objid = d.objoid and e.deptype = 'e')
    group by i.type, i.identity`,
  object: [...PLAIN.map(plainObjects), ...GLOBAL.map(globalObjects)].join('\n    union all '),
  role: `select r.rolname, concat_ws(' ', case when r.rolcanlogin or exists (select from pg_roles marks where marks.rolname like ${MARKS}
        and shobj_description(marks.oid, 'pg_authid')::jsonb #> '{former,roles}' ? r.rolname) then 'login' else 'nologin' end,
      r.rolinherit, r.rolcreaterole, r.rolcreatedb, r.rolconnlimit, r.rolvaliduntil)
    from pg_roles r where not ${SERVER_ROLE} and r.rolname !~ '^(pg_|rds)'`,
  membership: `select format('%s in %s', member.name, granted.rolname), max(m.admin_option::int)::text
    from pg_auth_members m join role_names member on member.oid = m.member join pg_roles granted on granted.oid = m.roleid
    where member.name <> '@owner' and member.name !~ '^(pg_|rds)' and granted.rolname !~ '^rds' group by 1`,
  'role setting': `select format('%s in %s', ${roleName('s.setrole')}, case when s.setdatabase = 0 then 'every database' else 'this database' end),
      (select string_agg(setting, ',' order by setting) from unnest(s.setconfig) setting)
    from pg_db_role_setting s join role_names r on r.oid = s.setrole
    where s.setdatabase in (0, (select oid from pg_database where datname = current_database())) and r.name <> '@owner' and r.name !~ '^rds'`,
  database: `select 'setting ' || setting, '' from pg_db_role_setting s, unnest(s.setconfig) setting
      where s.setrole = 0 and s.setdatabase = (select oid from pg_database where datname = current_database())
        and setting not like 'default_transaction_read_only=%'
    union all select 'grant to ' || grantee, string_agg(distinct privilege_type || case when is_grantable then '*' else '' end, ',')
      from (select ${roleName('g.grantee')} as grantee, g.privilege_type, g.is_grantable
        from pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) g where datname = current_database()) grants
      where grantee <> '@owner' group by grantee
    union all select 'encoding', pg_encoding_to_char(encoding) from pg_database where datname = current_database()
    union all select 'comment', ${hash("coalesce(shobj_description(oid, 'pg_database'), '')")} from pg_database where datname = current_database()`,
};

/** Facts whose text depends on the version or on the server; a difference is a note. */
export const NOTED_FACTS: Readonly<Record<string, Query>> = {
  'extension version': 'select extname, extversion from pg_extension',
  collation: `select 'database', concat_ws(' ', datcollate, datctype) from pg_database where datname = current_database()`,
  'role attribute': `select r.rolname, concat_ws(' ', case when rolbypassrls then 'bypassrls' end, case when rolreplication then 'replication' end)
    from pg_roles r where not ${SERVER_ROLE} and r.rolname !~ '^(pg_|rds)'`,
};

/** The text of views and of functions with a parsed body: a fact between servers of one version, a note between two. */
export const VERSIONED_FACTS: Readonly<Record<string, Query>> = {
  'view query': `select ${RELATION}, ${hash('pg_get_viewdef(c.oid)')} from ${RELATIONS} and c.relkind in ('v', 'm')`,
  'function body': `select o.oid::regprocedure, ${hash('pg_get_function_sqlbody(o.oid)')} from ${objects('pg_proc', 'pro')} and o.prosqlbody is not null`,
};

/** A query of all facts: kind, name, value. */
export function factsSql(): string {
  const all = Object.entries({ ...FACTS, ...NOTED_FACTS, ...VERSIONED_FACTS });
  return all
    .map(
      ([kind, query]) => `with ${ROLE_NAMES}
select json_build_array('${kind}', f.name::text, f.value::text) from (${query}) f(name, value);`,
    )
    .join('\n');
}
