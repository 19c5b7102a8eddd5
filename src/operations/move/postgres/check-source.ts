/** Findings in the source. */
import { type FindingQuery, findingsOf } from './check-rows';
import type { Finding, Sides } from './findings';
import type { DatabaseMove, StepOptions } from './move';
import { APPLICATION_ROLE, ownObject, SERVER_ROLE, userSchema } from './sql-parts';

const TABLE = "format('table %I.%I', n.nspname, c.relname)";
const TABLES = `from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${userSchema('n')} and ${ownObject('pg_class', 'c.oid')}`;

/** Whatever the target is. */
const ALWAYS: readonly FindingQuery[] = [
  {
    weight: 'refused',
    id: 'prepared-transaction',
    subjects: `select 'prepared transaction ' || gid from pg_prepared_xacts where database = current_database()`,
    message: 'it could be committed while the source is frozen',
    fix: 'commit prepared or rollback prepared',
  },
  {
    weight: 'refused',
    id: 'invalid-index',
    subjects: `select format('index %I.%I', n.nspname, c.relname) ${TABLES} and exists (select from pg_index where indexrelid = c.oid and not indisvalid) and c.relkind = 'i'`,
    message: 'a dump does not contain an index that failed to be built',
    fix: 'reindex it or drop it',
  },
  {
    weight: 'stays',
    id: 'publication',
    subjects: `select 'publication ' || pubname from pg_publication where pubname !~ '^terrace_move_'`,
    message: 'replication belongs to a server: create it again if the target publishes',
  },
  {
    weight: 'stays',
    id: 'subscription',
    subjects: `select 'subscription ' || subname from pg_stat_subscription where subname !~ '^terrace_move_'`,
    message: 'replication belongs to a server: create it again if the target subscribes',
  },
  {
    weight: 'stays',
    id: 'tablespace',
    subjects: `select ${TABLE} ${TABLES} and c.reltablespace <> 0 and c.relkind in ('r', 'm')`,
    message: 'it is in a tablespace of the source, and goes to that of the target database',
  },
  {
    weight: 'stays',
    id: 'security-label',
    subjects: `select distinct 'security labels of ' || provider from pg_seclabel`,
    message: 'they belong to a library of the server',
  },
  {
    weight: 'stays',
    id: 'superuser-role',
    subjects: `select 'role ' || rolname from pg_roles where rolsuper and rolcanlogin and rolname not in ('postgres', 'rdsadmin') and rolname <> current_user`,
    message: 'a superuser is no role of the application: what it owns belongs to the owner of the target',
  },
  {
    weight: 'stays',
    id: 'role-attribute',
    subjects: `select 'role ' || rolname from pg_roles r where ${APPLICATION_ROLE} and (rolbypassrls or rolreplication)`,
    message: 'its attributes bypassrls and replication are not given on the target',
  },
];

/** Where the target has no superuser for us. */
const WITHOUT_SUPERUSER: readonly FindingQuery[] = [
  {
    weight: 'refused',
    id: 'forced-row-security',
    subjects: `select ${TABLE} ${TABLES} and c.relrowsecurity and c.relforcerowsecurity`,
    message: 'row level security is forced on its owner, so that nobody on the target could read all of its rows',
    fix: 'alter table … no force row level security; force it again after the move',
  },
  {
    weight: 'refused',
    id: 'grant-by-another',
    subjects: `select distinct ${TABLE} from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) grants
      where ${userSchema('n')} and grants.grantor <> c.relowner`,
    message: 'rights on it were granted by another role than its owner, in whose name nobody can grant them on the target',
    fix: 'grant them as the owner, and revoke those of the other role',
  },
  {
    weight: 'refused',
    id: 'superuser-setting',
    subjects: `select distinct 'setting ' || p.name || coalesce(' of role ' || r.rolname, '')
      from pg_db_role_setting s left join pg_roles r on r.oid = s.setrole, unnest(s.setconfig) config
      join pg_settings p on p.name = split_part(config, '=', 1) where p.context in ('superuser', 'superuser-backend')
        and (s.setrole = 0 or not ${SERVER_ROLE}) and s.setdatabase in (0, (select oid from pg_database where datname = current_database()))`,
    message: 'only a superuser can set it, and the target has none for us',
    fix: 'reset it on the source, and set it in the parameter group of the target',
  },
];

export function findingsOfSource(move: DatabaseMove, { target }: Sides, options: StepOptions): Promise<readonly Finding[]> {
  const sameName: FindingQuery = {
    weight: 'refused',
    id: 'role-of-the-master',
    subjects: `select 'role ' || rolname from pg_roles r where ${APPLICATION_ROLE} and rolname = '${target.user.replaceAll("'", "''")}'`,
    message: 'the owner of the target has the name of a role of the application',
    fix: 'rename the role on the source, or choose another name for the master',
  };
  return findingsOf(move.source, [...ALWAYS, sameName, ...(target.superuser ? [] : WITHOUT_SUPERUSER)], {
    ...options,
    move: move.id,
  });
}
