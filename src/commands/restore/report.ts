/** What the command says about what can be restored, and about what was. Pure. */
import type { Wanted } from '../../operations/restore';
import type { Restorable, Restored, RestoreReport } from '../../operations/restore/restored';

const WORDS = { database: 'database', files: 'file system', bucket: 'bucket' } as const;

export function describeWanted(environment: string, wanted: Wanted): string {
  return wanted.kind === 'database'
    ? `the database of ${environment}`
    : `the ${WORDS[wanted.kind]} ${wanted.key} of ${environment}`;
}

export function describeRestorables(
  environment: string,
  restorable: readonly Restorable[],
  restored: readonly Restored[],
): string {
  const can = restorable.map((one) => `  ${WORDS[one.kind]} ${one.key}: ${timesOf(one)}`);
  const made = restored.map(({ kind, key, name, asOf }) => `  ${WORDS[kind]} ${key} as of ${asOf}: ${name}`);
  return [
    `${environment} can be restored as of`,
    ...can,
    ...(made.length === 0 ? ['nothing is restored beside it'] : ['beside it is, until --drop', ...made]),
    '',
  ].join('\n');
}

function timesOf({ from, to, points, not }: Restorable): string {
  if (not !== undefined) return `not at all: ${not}`;
  if (points === undefined) return `any time from ${from ?? ''} to ${to ?? ''}`;
  const shown = points.slice(-10);
  return `${points.length > shown.length ? `${points.length} copies, the last ones ` : ''}${shown.join(', ')}`;
}

export function describeReport(report: RestoreReport): string {
  const { kind, key, asOf, name, address, tables, totals, objects, bytes } = report;
  const rows = totals?.rows ?? tables?.reduce((sum, table) => sum + table.rows, 0);
  return [
    `restored: ${WORDS[kind]} ${key} as of ${asOf}`,
    `  name     ${name}`,
    `  address  ${address}`,
    ...(tables === undefined ? [] : [`  proven   ${rows ?? 0} rows in ${totals?.tables ?? tables.length} tables`]),
    ...(tables ?? []).map((table) => `           ${table.schema}.${table.table}: ${table.rows}`),
    ...(objects === undefined ? [] : [`  proven   ${objects} objects, ${bytes ?? 0} bytes`]),
    ...(kind === 'files' ? [`  size     ${bytes ?? 0} bytes; mount it to look at its files`] : []),
    'next: docs/restore.md says how to take over what is missing; --drop removes it',
    '',
  ].join('\n');
}
