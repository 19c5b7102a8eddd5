/** Slots of other moves that nobody reads: they keep the write-ahead log until the disk is full. */
import type { Finding } from './findings';
import { MARK_PREFIX, markOf } from './mark';
import type { DatabaseMove, StepOptions } from './move';
import { endPublicationSql } from './replication';
import { runSql } from './scripts';
import { MARKS } from './sql-parts';

export async function removeForgotten(move: DatabaseMove, options: StepOptions): Promise<readonly Finding[]> {
  const purpose = { ...options, move: move.id };
  const slots = await runSql(
    move.source,
    `select slot_name from pg_replication_slots where slot_name like ${MARKS} and slot_name <> '${markOf(move.id)}' and not active
  and database = current_database();`,
    { ...purpose, doing: 'looking for slots of other moves' },
  );
  const names = slots.split('\n').filter((line) => line !== '');
  for (const name of names)
    await runSql(move.source, endPublicationSql(name.slice(MARK_PREFIX.length)), { ...purpose, doing: `removing ${name}` });
  return names.map((name) => ({
    weight: 'warning',
    id: 'slot-removed',
    subject: `replication slot ${name}`,
    message: 'another move had left it on the source, where it kept the write-ahead log; it was removed with its publication',
  }));
}
