/** Proves that a restored database is one, by a script next to it. */
import { z } from 'zod';
import { RESTORE_PROOF_SQL, type TableRows } from '../../config/calculations/restore-proof';
import { CommandError } from '../../cli/errors';
import type { DatabasePlace } from '../database-place';
import type { RestoreOptions } from './restored';

/** A database of some hundred gigabytes is read in this time. */
const READING_SECONDS = 4 * 3600;

const line = z.object({ schema: z.string(), table: z.string(), rows: z.number(), estimate: z.number() });

/**
 * Counts the rows of each table.
 * @param host of the restored instance, in place of the live one
 * @throws CommandError when it has no tables, or one of them is empty that had rows
 */
export async function proveDatabase(
  place: DatabasePlace,
  host: string,
  { report, signal }: RestoreOptions,
): Promise<readonly TableRows[]> {
  report(`reading all tables of ${host}`);
  const script = [`export PGHOST='${host}'`, `psql -XAtq -v ON_ERROR_STOP=1 <<'SQL'`, RESTORE_PROOF_SQL, 'SQL'].join('\n');
  const { exitCode, stdout, stderr } = await place.run(script, { timeoutSeconds: READING_SECONDS, signal, report });
  if (exitCode !== 0) throw new CommandError(`${host} was restored, and is not proven: ${stderr.trim()}`);
  return stdout
    .split('\n')
    .filter((text) => text.trim() !== '')
    .map((text) => line.parse(JSON.parse(text)));
}
