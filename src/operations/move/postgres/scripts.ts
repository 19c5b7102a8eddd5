/** Runs shell scripts and SQL in a place, with the same settings everywhere. */
import { gunzipSync } from 'node:zlib';
import { Interrupted } from '../../../aws/waiting';
import { CommandError } from '../../../cli/errors';
import type { DatabasePlace } from '../../database-place';
import type { StepOptions } from './move';
import { markOf } from './mark';

/** What a script belongs to, and what a message says that failed. */
export interface ScriptPurpose extends StepOptions {
  /** The id of the move. */
  readonly move: string;
  /** `freezing the source` */
  readonly doing: string;
  readonly secrets?: Readonly<Record<string, string>>;
}

/** Seconds for everything that does not read or write all rows. */
export const SHORT_SECONDS = 600;

/** Seconds for what reads or writes all rows. */
export const LONG_SECONDS = 6 * 60 * 60;

/**
 * Sessions of the move: not stopped by time limits of the server or of the role, allowed to write to a frozen database, and recognised
 * by their name. `libpq` notices a dead network within half a minute.
 */
export function preamble(move: string): string {
  return `umask 077
export PGAPPNAME=${markOf(move)} PGCLIENTENCODING=UTF8 PGCONNECT_TIMEOUT=15 LC_ALL=C
export PGOPTIONS='-c default_transaction_read_only=off -c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0 -c client_min_messages=warning -c search_path= -c row_security=off -c role=none'
alive='keepalives_idle=10 keepalives_interval=5 keepalives_count=3 tcp_user_timeout=30000'
here="dbname=$PGDATABASE $alive"
sql() { psql --no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 "$@"; }`;
}

/** @returns what the script wrote to standard output */
export async function runScript(place: DatabasePlace, script: string, purpose: ScriptPurpose): Promise<string> {
  const { move, doing, signal, report, timeoutSeconds = SHORT_SECONDS, secrets } = purpose;
  if (signal?.aborted === true) throw new Interrupted();
  const result = await place.run(`${preamble(move)}\n${script}\n`, { timeoutSeconds, signal, report, secrets });
  if (result.exitCode === 0) return result.stdout;
  // A signal that came while the script ran is the reason for its failure.
  if ((signal as AbortSignal | undefined)?.aborted === true) throw new Interrupted();
  throw new CommandError(failure(place.name, doing, result));
}

/** @returns the rows, one a line, as psql prints them unaligned */
export function runSql(
  place: DatabasePlace,
  sql: string,
  { variables = {}, ...purpose }: ScriptPurpose & { readonly variables?: Readonly<Record<string, string>> },
): Promise<string> {
  return runScript(place, `${fed(sql)} | sql ${setVariables(variables)} "$here"`, purpose);
}

/** Arguments of psql. */
export function setVariables(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `--set=${name}=${quoted(value)}`)
    .join(' ');
}

/** A shell command that prints a text of any kind. */
export function fed(text: string): string {
  return `printf %s ${Buffer.from(text).toString('base64')} | base64 -d`;
}

/** One word of a shell line. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Statistics for the planner. Who is no superuser is warned of each catalog that is left out. */
export const ANALYZE = 'set client_min_messages = error;\nanalyze;';

/** The end of a pipeline whose result is long. `unpacked` reads it. */
export const PACKED = 'gzip -c | base64 | tr -d "\\n"';

export function unpacked(output: string): string {
  return gunzipSync(Buffer.from(output.trim(), 'base64')).toString();
}

function failure(place: string, doing: string, result: { readonly exitCode: number; readonly stderr: string }): string {
  const lines = result.stderr.trim().split('\n').slice(-8);
  const hint = HINTS.find(([pattern]) => pattern.test(result.stderr));
  return [
    `${doing} failed on ${place} (exit code ${result.exitCode})`,
    ...lines.map((line) => `  ${line}`),
    ...(hint === undefined ? [] : [`  fix   ${hint[1]}`]),
  ].join('\n');
}

/** What PostgreSQL's programs say, and what to do about it. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /server closed the connection|connection to server was lost|SSL SYSCALL|terminating connection/,
    'the connection was cut: call the command again',
  ],
  [
    /No space left on device|File too large|could not (write|extend|close) (?!to large)/,
    'make room where the message says, then call the command again',
  ],
  [
    /Connection refused|timeout expired|could not translate host name|No route to host/,
    'let the place reach the server: security group, address, port; then call the command again',
  ],
  [/password authentication failed/, 'the password that the place reads is not that of the server'],
  [/permission denied|must be (owner|superuser|member)|must have/, 'the login of the place lacks a right that the message names'],
  [/server version mismatch/, 'use client programs that are at least as new as both servers'],
  [/not found|command not found/, 'the place lacks a program that the message names'],
];
