/**
 * How a script gets into a container and its output out of a log: both compressed, so that nothing is quoted, mixed or cut. Pure.
 *
 * A log has one stream for both outputs. So what the script writes to standard output is kept until its end and then written in
 * marked lines; what it writes to standard error is the rest of the log, at once.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import type { ScriptResult } from './database-place';

/** The variable that holds the script. */
export const SCRIPT_VARIABLE = 'TERRACE_SCRIPT';

const OUTPUT_MARK = 'TERRACE-OUTPUT ';
const END_MARK = 'TERRACE-END ';

/** Characters of a line of output: drivers of logs cut lines at 16 KiB. */
const LINE_LENGTH = 8000;

/** Lines of standard error that a result has. */
const KEPT_LINES = 50;

/** The value of the variable. */
export function packed(script: string): string {
  return gzipSync(script).toString('base64');
}

/**
 * Runs the script in the variable with `sh -eu`, and needs busybox and a writable `/tmp`. RDS's certificate becomes a file, because
 * a script starts more than one program that reads it. Without double quotes in the marks, it is the same text everywhere.
 */
export const ENVELOPE = `set -eu
umask 077
work=$(mktemp -d /tmp/terrace.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 143' TERM INT
printf %s "$${SCRIPT_VARIABLE}" | base64 -d | gunzip > "$work/script"
unset ${SCRIPT_VARIABLE}
certificate=$(printenv RDS_CERTIFICATE || echo unknown)
if [ "$certificate" != unknown ]; then
  printf %s "$certificate" | base64 -d > "$work/rds.pem"
  export PGSSLROOTCERT="$work/rds.pem"
fi
code=0
sh -eu "$work/script" > "$work/output" < /dev/null || code=$?
gzip -c "$work/output" | base64 | tr -d '\\n' | fold -w ${LINE_LENGTH} | sed 's/^/${OUTPUT_MARK}/'
echo
echo "${END_MARK}$code $(gzip -c "$work/output" | base64 | tr -d '\\n' | wc -c)"
`;

/** What the log of a run says so far. */
export interface EnvelopeReading {
  /** Lines of standard error. */
  readonly errors: readonly string[];
  /** The result, once the log has all of it. */
  readonly result?: ScriptResult;
}

/** Reads the lines of a log, in their order. */
export function readEnvelope(lines: readonly string[]): EnvelopeReading {
  const errors = lines.filter((line) => line !== '' && !line.startsWith(OUTPUT_MARK) && !line.startsWith(END_MARK));
  const [, code, length] =
    /^(\d+) +(\d+)/.exec(lines.find((line) => line.startsWith(END_MARK))?.slice(END_MARK.length) ?? '') ?? [];
  const output = lines
    .filter((line) => line.startsWith(OUTPUT_MARK))
    .map((line) => line.slice(OUTPUT_MARK.length).trimEnd())
    .join('');
  if (code === undefined || output.length !== Number(length)) return { errors };
  const stdout = gunzipSync(Buffer.from(output, 'base64')).toString('utf8');
  return { errors, result: { exitCode: Number(code), stdout, stderr: lastLines(errors) } };
}

/** The end of standard error. */
export function lastLines(lines: readonly string[]): string {
  return lines.slice(-KEPT_LINES).join('\n');
}
