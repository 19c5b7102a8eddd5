/** Findings for logical replication. */
import { type FindingQuery, findingsOf } from './check-rows';
import type { Finding, Sides } from './findings';
import type { DatabaseMove, StepOptions } from './move';
import { PUBLISHED, WITHOUT_IDENTITY } from './replication';
import { ownObject, userSchema } from './sql-parts';

const TABLE = "format('table %I.%I', n.nspname, c.relname)";

/** Types that cannot be compared: a row without a key could not be found again. */
const WITHOUT_EQUALITY = `exists (select from pg_attribute a join pg_type t on t.oid = a.atttypid where a.attrelid = c.oid and a.attnum > 0
  and not a.attisdropped and t.typname in ('json', 'xml', 'point', 'polygon', 'box', 'line', 'lseg', 'path', 'circle'))`;

const SOURCE: readonly FindingQuery[] = [
  {
    weight: 'refused',
    id: 'wal-level',
    subjects: `select 'the setting wal_level' where current_setting('wal_level') <> 'logical'`,
    message: 'the source writes no log that can be followed',
    fix: 'set wal_level to logical (on RDS: rds.logical_replication to 1) and restart the server; or move without --live',
  },
  {
    weight: 'refused',
    id: 'no-free-slot',
    subjects: `select 'the setting max_replication_slots' where current_setting('max_replication_slots')::int - (select count(*) from pg_replication_slots) < 3
      or current_setting('max_wal_senders')::int - (select count(*) from pg_stat_replication) < 3`,
    message: 'replication needs three free slots and senders for the first copy',
    fix: 'raise max_replication_slots and max_wal_senders',
  },
  {
    weight: 'refused',
    id: 'row-without-key',
    subjects: `select ${TABLE} from ${PUBLISHED} and ${WITHOUT_IDENTITY} and ${WITHOUT_EQUALITY}`,
    message: 'it has no primary key, and a column whose type cannot be compared: changed rows could not be found',
    fix: 'give it a primary key; or move without --live',
  },
  {
    weight: 'warning',
    id: 'whole-rows',
    subjects: `select ${TABLE} from ${PUBLISHED} and ${WITHOUT_IDENTITY}`,
    message:
      'it has no primary key: until the end of the move its changes are logged and searched for as whole rows, which is slow',
    fix: 'a primary key',
  },
  {
    weight: 'warning',
    id: 'copied-while-frozen',
    subjects: `select ${TABLE} from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind = 'r' and c.relpersistence = 'u' and ${userSchema('n')} and ${ownObject('pg_class', 'c.oid')}
      union all select format('materialized view %I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind = 'm' and ${userSchema('n')} and ${ownObject('pg_class', 'c.oid')}
      union all select count(*) || ' large objects' from pg_largeobject_metadata having count(*) > 0`,
    message: 'replication does not carry it: it is copied or refreshed while the source is frozen',
  },
];

/** Since version 16 there is a role for it; before, only a superuser may, and the master on RDS. */
const SUBSCRIBER: FindingQuery = {
  weight: 'refused',
  id: 'may-not-subscribe',
  subjects: `select 'role ' || current_user where not exists (select from pg_roles r where r.rolname = current_user and r.rolsuper) and not exists
    (select from pg_roles r where r.rolname in ('rds_superuser', 'pg_create_subscription') and pg_has_role(r.oid, 'usage'))`,
  message: 'it may not create subscriptions',
  fix: 'grant pg_create_subscription to it (version 16 or newer); or move without --live',
};

export async function findingsOfLive(move: DatabaseMove, { source }: Sides, options: StepOptions): Promise<readonly Finding[]> {
  if (move.live === undefined) return [];
  const mayPublish: FindingQuery = {
    weight: 'refused',
    id: 'row-security',
    subjects: `select ${TABLE} from ${PUBLISHED} and c.relrowsecurity`,
    message: 'row level security hides rows from the role that copies, and only a superuser can exempt it',
    fix: 'move without --live',
  };
  const purpose = { ...options, move: move.id };
  return [
    ...(await findingsOf(move.source, [...SOURCE, ...(source.superuser ? [] : [mayPublish])], purpose)),
    ...(await findingsOf(move.target, [SUBSCRIBER], purpose)),
  ];
}
