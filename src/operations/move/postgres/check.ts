/** What is known before anything is changed: whether the move can begin, what it changes, and what stays behind. */
import { CommandError } from '../../../cli/errors';
import type { DatabasePlace } from '../../database-place';
import { type CheckReport, type Finding, type ServerFacts, serverFactsSchema } from './findings';
import { findingsOfLive } from './check-live';
import { findingsOfRoute } from './check-route';
import { findingsOfSource } from './check-source';
import { removeForgotten } from './forgotten';
import type { DatabaseMove, StepOptions } from './move';
import { runSql } from './scripts';
import { stayingOf } from './stays';
import { findingsOfTarget } from './check-target';
import { ownObject, userSchema } from './sql-parts';

const FACTS = `select json_build_object('version', split_part(current_setting('server_version'), ' ', 1),
  'major', current_setting('server_version_num')::int / 10000, 'database', current_database(), 'user', current_user,
  'superuser', (select rolsuper from pg_roles where rolname = current_user),
  'encoding', pg_encoding_to_char(encoding), 'collation', concat_ws(' ', datcollate, datctype), 'bytes', pg_database_size(oid),
  'tables', (select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and ${userSchema('n')} and ${ownObject('pg_class', 'c.oid')}),
  'largeObjects', (select count(*) from pg_largeobject_metadata), 'walLevel', current_setting('wal_level'))
from pg_database where datname = current_database();`;

export async function checkMove(move: DatabaseMove, options: StepOptions): Promise<CheckReport> {
  const [source, target] = await Promise.all([factsOf(move.source, move, options), factsOf(move.target, move, options)]);
  const unreachable = [source, target].flatMap(({ finding }) => (finding === undefined ? [] : [finding]));
  if (source.facts === undefined || target.facts === undefined)
    return { source: source.facts, target: target.facts, findings: unreachable };
  const sides = { source: source.facts, target: target.facts };
  const forgotten = await removeForgotten(move, options);
  const [ofSource, ofTarget, ofRoute, ofLive, staying] = await Promise.all([
    findingsOfSource(move, sides, options),
    findingsOfTarget(move, sides, options),
    findingsOfRoute(move, sides, options),
    findingsOfLive(move, sides, options),
    stayingOf(move, options),
  ]);
  const findings = [
    ...forgotten,
    ...ofTarget,
    ...ofRoute,
    ...ofSource,
    ...ofLive,
    ...staying.map(({ kind, name }): Finding => ({
      weight: 'stays',
      id: 'only-superuser',
      subject: kind === 'object' ? name : `${kind} ${name}`,
      message: 'only a superuser can create it, and the target has none for us',
    })),
  ];
  return { ...sides, findings };
}

async function factsOf(
  place: DatabasePlace,
  { id }: DatabaseMove,
  options: StepOptions,
): Promise<{ readonly facts?: ServerFacts; readonly finding?: Finding }> {
  try {
    const read = await runSql(place, FACTS, { ...options, move: id, doing: 'connecting' });
    return { facts: serverFactsSchema.parse(JSON.parse(read)) };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { finding: { weight: 'refused', id: 'unreachable', subject: place.name, message: error.message } };
  }
}
