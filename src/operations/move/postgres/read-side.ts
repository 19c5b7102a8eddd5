/** Reads everything that is compared from one side. */
import { z } from 'zod';
import { CommandError } from '../../../cli/errors';
import { contentsSql, FIXED_SETTINGS } from './contents';
import { factsSql } from './facts';
import type { DatabaseMove, StepOptions } from './move';
import { fed, LONG_SECONDS, PACKED, runScript, unpacked } from './scripts';
import type { DatabasePlace } from '../../database-place';

/** Rows of a table or large objects of a group. */
export interface Content {
  readonly kind: string;
  readonly name: string;
  readonly count: number | undefined;
  readonly checksum: string;
}

export interface SideState {
  readonly place: string;
  readonly database: string;
  readonly version: string;
  readonly readAt: string;
  /** The first free transaction number before and after everything was read. */
  readonly transactions: { readonly before: string; readonly after: string };
  /** By kind and name. */
  readonly facts: readonly { readonly kind: string; readonly name: string; readonly value: string | undefined }[];
  readonly contents: readonly Content[];
}

const text = z.string();
const headSchema = z.tuple([z.literal('head'), text, text, text, text]);
const tailSchema = z.tuple([z.literal('tail'), text]);
const factSchema = z.tuple([text, text, text.nullable()]);
const contentSchema = z.tuple([text, text, z.number().nullable(), text]);

const NEXT_TRANSACTION = 'pg_snapshot_xmax(pg_current_snapshot())::text';

/** Nothing is written, so that reading does not look like a change. */
function readSql(workers: number): string {
  return `set default_transaction_read_only = on;
${FIXED_SETTINGS}
select json_build_array('head', current_database(), current_setting('server_version'),
  to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), ${NEXT_TRANSACTION});
\\echo facts
${factsSql()}
\\echo contents
${contentsSql(workers)}
\\echo end
select json_build_array('tail', ${NEXT_TRANSACTION});`;
}

export async function readSide(
  place: DatabasePlace,
  { id, jobs }: Pick<DatabaseMove, 'id' | 'jobs'>,
  options: StepOptions,
): Promise<SideState> {
  const output = await runScript(place, `${fed(readSql(Math.min(jobs, 8)))} | sql "$here" | ${PACKED}`, {
    timeoutSeconds: LONG_SECONDS,
    ...options,
    move: id,
    doing: `reading ${place.name}`,
  });
  // A pipeline tells only of its last program: without the last row, psql has failed.
  const [head = '', facts = '', contents = '', tail = ''] = unpacked(output).split(/^(?:facts|contents|end)\n/m);
  if (tail === '')
    throw new CommandError(`reading ${place.name} failed\n  fix   see the messages above, then call the command again`);
  const [, database, version, readAt, before] = headSchema.parse(JSON.parse(head));
  const [, after] = tailSchema.parse(JSON.parse(tail));
  return {
    place: place.name,
    database,
    version,
    readAt,
    transactions: { before, after },
    facts: rows(facts).map((row) => {
      const [kind, name, value] = factSchema.parse(row);
      return { kind, name, value: value ?? undefined };
    }),
    contents: rows(contents).map((row) => {
      const [kind, name, count, checksum] = contentSchema.parse(row);
      return { kind, name, count: count ?? undefined, checksum };
    }),
  };
}

function rows(lines: string): readonly unknown[] {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
}
