/** The end of a move: after the switch, or taken back. */
import { dropMarkSql, markSql } from './mark';
import type { DatabasePlace } from '../../database-place';
import type { DatabaseMove, StepOptions } from './move';
import { fed, quoted, runScript, runSql } from './scripts';
import { dropSql } from './target-database';
import { endOwnSessionsSql } from './sessions';
import { endReplication } from './replication';
import { senderOf } from './transfer';

export async function finish(move: DatabaseMove, options: StepOptions): Promise<void> {
  await endReplication(move, options);
  await removeDump(move, options);
  await runSql(move.target, leaveSql(move.id), { ...options, move: move.id, doing: 'removing marks on the target' });
}

export async function abandon(move: DatabaseMove, options: StepOptions): Promise<void> {
  await endReplication(move, options);
  await runScript(move.target, abandonScript(move.id), { ...options, move: move.id, doing: 'dropping the copy' });
  await runSql(move.target, leaveSql(move.id), { ...options, move: move.id, doing: 'removing marks on the target' });
  await removeDump(move, options);
}

/** The database is dropped and created again where the move has begun to fill it. Roles stay: they may have been there before. */
function abandonScript(move: string): string {
  const maintenance = `"dbname=postgres $alive" --set=database="$PGDATABASE"`;
  return `${fed(endOwnSessionsSql(move))} | sql ${maintenance}
begun=$(${fed(`select coalesce(${markSql(move)} ? 'recreate', false);`)} | sql ${maintenance})
if [ "$begun" = t ]; then ${fed(dropSql(move))} | sql ${maintenance}; fi`;
}

/** The target's owner leaves the roles that it joined, and stand-ins and the mark go. */
function leaveSql(move: string): string {
  const names = (key: string) => `jsonb_array_elements_text(coalesce(${markSql(move)} -> '${key}', '[]')) name`;
  return `select format('revoke %I from current_user', name) from ${names('joined')} where to_regrole(quote_ident(name)) is not null
  and not ${markSql(move)} -> 'standIns' ? name
\\gexec
select format('drop owned by %I', name) from ${names('standIns')} where to_regrole(quote_ident(name)) is not null
\\gexec
select format('drop role if exists %I', name) from ${names('standIns')}
\\gexec
${dropMarkSql(move)}`;
}

async function removeDump(move: DatabaseMove, options: StepOptions): Promise<void> {
  for (const [place, folders] of foldersOf(move))
    await runScript(place, `rm -rf ${folders.map(quoted).join(' ')}`, { ...options, move: move.id, doing: 'removing the dump' });
  if (move.route.kind === 'store') await move.route.store.clear();
}

function foldersOf(move: DatabaseMove): readonly (readonly [place: DatabasePlace, folders: readonly string[]])[] {
  const { route } = move;
  if (route.kind === 'direct') return [[move[route.at], [route.folder]]];
  const { place, sourceFolder, folder } = senderOf(move, route);
  return [
    [place, [...new Set([sourceFolder, folder])]],
    [move.target, [route.targetFolder]],
  ];
}
