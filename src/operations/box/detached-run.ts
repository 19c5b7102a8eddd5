/**
 * A long run on a host: started with systemd, so that it outlives the connection, and looked at until its end. Its outputs are
 * files in the memory of the host, for root only, which are fetched in pieces: Systems Manager returns 24,000 characters.
 *
 * Each line that is sent takes a second or two, and during a move applications may wait for it: a short script is sent and started by
 * one line, and a short output comes with the look that finds its end.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import { waitFor } from '../../aws/waiting';
import { CommandError } from '../../cli/errors';
import { shortHash } from '../../config/names';
import type { ScriptOptions, ScriptResult } from '../database-place';
import { lastLines } from '../script-envelope';
import { runOnHost, type HostCommandResult } from './host-command';
import type { Target } from '../target';

/** Characters of a piece to the host: a command with its document has at most 64 KB. */
const PIECE_TO_HOST = 30_000;

/** Characters of a piece from the host, below what Systems Manager returns. */
const PIECE_FROM_HOST = 20_000;

/** Characters of an output that comes with a look, next to those of the errors. */
const SHORT_OUTPUT = 10_000;
const ERRORS_OF_A_LOOK = 12_000;

/** In the memory of the host, for root only. */
const RUNTIME = '/run/terrace';

const POLLING_SECONDS = 3;

/** The variable by which programs of a run are found. A script passes it on: `env "$mark" program`. */
const RUN_VARIABLE = 'TERRACE_RUN';

/** Seconds that a single look may take. */
const LOOK_SECONDS = 60;

export interface DetachedRun {
  readonly aws: Target['aws'];
  readonly instanceId: string;
  /**
   * A script of bash for root. `$input` is the path of a file with the input, `$runtime` the folder of keys and
   * the like, `$mark` an assignment that belongs to the variables of every program which outlives the script.
   */
  readonly script: string;
  /** What the script works on; not part of any argument. @default nothing */
  readonly input?: string;
  /** What makes two runs the same one. @default script and input */
  readonly identity?: string;
}

/**
 * Runs it to its end. The same script with the same input is joined while it still runs: after an interruption, the next call waits
 * for the same run.
 */
export async function runDetached(run: DetachedRun, options: ScriptOptions): Promise<ScriptResult> {
  const id = `terrace-run-${shortHash(run.identity ?? `${run.script}\n${run.input ?? ''}`)}`;
  const folder = `${RUNTIME}/${id}`;
  const host = hostOf(run, options.signal);
  try {
    await start(run, { id, folder, host, seconds: options.timeoutSeconds });
    return await follow({ id, folder, host }, options);
  } catch (error) {
    await hostOf(run)(`systemctl stop ${id} || true; ${killed(id)}; rm -rf ${folder}`).catch(() => undefined);
    throw error;
  }
}

/**
 * What runs in a container is none of systemd's: Docker's client ends, and the program goes on. Root of the host sees its variables,
 * wherever it runs.
 */
function killed(id: string): string {
  return `grep -lszx ${RUN_VARIABLE}=${id} /proc/[0-9]*/environ | cut -d / -f 3 | xargs -r kill || true`;
}

type Host = (line: string) => Promise<string>;

interface Started {
  readonly id: string;
  readonly folder: string;
  readonly host: Host;
}

function hostOf({ aws, instanceId }: DetachedRun, signal?: AbortSignal): Host {
  return async (line) => succeeded(await runOnHost({ aws }, instanceId, line, { timeoutSeconds: LOOK_SECONDS, signal })).stdout;
}

function succeeded(result: HostCommandResult): HostCommandResult {
  if (result.exitCode === 0) return result;
  throw new CommandError(`the host failed with ${result.exitCode}: ${result.stderr.trim().slice(-500)}`);
}

/** Nothing where it runs already. */
async function start(
  { script, input = '' }: DetachedRun,
  { id, folder, host, seconds }: Started & { readonly seconds: number },
): Promise<void> {
  const files = { script: gzipSync(script).toString('base64'), input: gzipSync(input).toString('base64') };
  const inner = [
    `cd ${folder}`,
    `code=0; mark=${RUN_VARIABLE}=${id} runtime=${RUNTIME} input=${folder}/input bash -eu ${folder}/script > output 2> errors < /dev/null || code=$?`,
    'gzip -c output | base64 | tr -d "\\n" > output.packed',
    // Last, and at once: that it is there says that all of it is.
    'echo $code > code.new; mv code.new code',
  ].join('; ');
  // One whose result was fetched a moment ago may not have ended yet: its name is free only then.
  const isActive = [
    'turn=0',
    `while [ ! -e ${folder}/script ] && systemctl is-active --quiet ${id} && [ $turn -lt 50 ]; do turn=$((turn + 1)); sleep 0.1; done`,
    `{ [ -e ${folder}/script ] && systemctl is-active --quiet ${id}; }`,
  ].join('; ');
  const started = [
    ...Object.keys(files).map((name) => `base64 -d ${folder}/${name}.packed | gunzip > ${folder}/${name}`),
    `{ systemctl reset-failed ${id} 2> /dev/null || true; }`,
    `systemd-run --quiet --collect --unit=${id} --property=RuntimeMaxSec=${seconds} --property=UMask=0077 bash -c '${inner}'`,
  ].join(' && ');
  const empty = `umask 077; rm -rf ${folder}; mkdir -p ${folder}`;
  if (files.script.length + files.input.length <= PIECE_TO_HOST) {
    const written = Object.entries(files).map(([name, coded]) => `printf %s '${coded}' > ${folder}/${name}.packed`);
    await host(`${isActive} || { ${empty} && ${written.join(' && ')} && ${started}; }`);
    return;
  }
  if ((await host(`${isActive} && echo active || true`)).trim() === 'active') return;
  await host(empty);
  for (const [name, coded] of Object.entries(files))
    for (let at = 0; at < coded.length; at += PIECE_TO_HOST)
      await host(`umask 077; printf %s '${coded.slice(at, at + PIECE_TO_HOST)}' >> ${folder}/${name}.packed`);
  await host(`umask 077; ${started}`);
}

async function follow({ id, folder, host }: Started, { timeoutSeconds, signal, report }: ScriptOptions): Promise<ScriptResult> {
  const errors: string[] = [];
  let seen = 0;
  let short = '';
  const look = async (): Promise<number | undefined> => {
    const [state, code = 'none', packed = '', ...rest] = (await host(lookLine(id, folder, seen))).split('\n');
    const lines = rest.slice(0, -1);
    seen += lines.length;
    for (const line of lines) report?.(line);
    errors.push(...lines);
    if (code !== 'none') {
      short = packed;
      return lines.length === 0 || rest.join('\n').length < ERRORS_OF_A_LOOK - 1 ? Number(code) : undefined;
    }
    if (state === 'over')
      throw new CommandError(
        `a run on the host ended without a result: it was stopped, or took more than ${timeoutSeconds} seconds`,
      );
    return undefined;
  };
  const exitCode = await waitFor(look, { everySeconds: POLLING_SECONDS, timeoutSeconds: timeoutSeconds + LOOK_SECONDS, signal });
  const stdout = short === '' ? await fetched(folder, host) : unpacked(short);
  await host(`rm -rf ${folder}`);
  return { exitCode, stdout, stderr: lastLines(errors) };
}

/**
 * The state comes first: a run that ended between two looks is seen as ended by the next one. A run is given a moment, so that the end of
 * a short one is seen at once.
 */
function lookLine(id: string, folder: string, seen: number): string {
  return [
    `for turn in 1 2 3 4 5 6 7 8 9; do if [ -e ${folder}/code ] || ! systemctl is-active --quiet ${id}; then break; fi; sleep 0.2; done`,
    `systemctl is-active --quiet ${id} && echo running || echo over`,
    `cat ${folder}/code 2> /dev/null || echo none`,
    `if [ -e ${folder}/code ] && [ "$(wc -c < ${folder}/output.packed)" -le ${SHORT_OUTPUT} ]; then cat ${folder}/output.packed; fi; echo`,
    `tail -n +${seen + 1} ${folder}/errors 2> /dev/null | head -c ${ERRORS_OF_A_LOOK}`,
  ].join('; ');
}

async function fetched(folder: string, host: Host): Promise<string> {
  const length = Number((await host(`wc -c < ${folder}/output.packed`)).trim());
  let coded = '';
  while (coded.length < length) {
    const piece = await host(`tail -c +${coded.length + 1} ${folder}/output.packed | head -c ${PIECE_FROM_HOST}`);
    if (piece === '') throw new CommandError('the output of a run on the host is not complete');
    coded += piece;
  }
  return unpacked(coded);
}

function unpacked(coded: string): string {
  return gunzipSync(Buffer.from(coded, 'base64')).toString('utf8');
}
