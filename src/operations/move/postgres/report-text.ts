/** A verification as a text that a person can read and file. */
import type { Difference, Verification } from './report';

const KIND_WIDTH = 22;

export function verificationText(verification: Verification): string {
  const { equal, source, target, seal, tables, rows, sequences, largeObjects, compared, differences, notes, seconds } =
    verification;
  const facts = Object.entries(compared).filter(
    ([kind]) => !['rows', 'content', 'sequence', 'large object', 'view rows'].includes(kind),
  );
  return [
    `Verification of the move ${verification.move}: ${equal ? 'both databases are the same' : `${differences.length} differences`}`,
    '',
    `source   ${source.place}, database ${source.database}, PostgreSQL ${source.version}, read at ${source.readAt}`,
    `target   ${target.place}, database ${target.database}, PostgreSQL ${target.version}, read at ${target.readAt}`,
    `frozen   since ${seal.frozenAt}, position ${seal.position}; no transaction after ${seal.transaction} has changed what is compared`,
    `compared ${tables.length} tables with ${rows} rows, ${sequences} sequences, ${largeObjects} large objects, in ${seconds} seconds`,
    `         ${facts.map(([kind, count]) => `${kind} ${count}`).join(', ')}`,
    ...section('Differences', differences),
    ...section('Notes: differs, and is no fault', notes),
    '',
    'Tables',
    ...tables.map(
      (table) =>
        `  ${table.equal ? 'same     ' : 'DIFFERENT'} ${String(table.rows).padStart(12)} rows  ${table.name}  ${table.checksum}`,
    ),
    '',
    `checksum of everything that was read from the source: ${verification.sourceChecksum}`,
    '',
  ].join('\n');
}

function section(title: string, entries: readonly Difference[]): readonly string[] {
  if (entries.length === 0) return [];
  return [
    '',
    title,
    ...entries.map(
      ({ kind, name, source = 'nothing', target = 'nothing' }) =>
        `  ${kind.padEnd(KIND_WIDTH)} ${name}\n  ${''.padEnd(KIND_WIDTH)} source: ${source}\n  ${''.padEnd(KIND_WIDTH)} target: ${target}`,
    ),
  ];
}
