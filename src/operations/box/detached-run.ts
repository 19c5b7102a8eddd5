/**
 * A long run on a host: started with systemd, so that it outlives the connection, and looked at until its end. Its outputs are
 * files in the memory of the host, for root only, which are fetched in pieces: Systems Manager returns 24,000 characters.
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
  const state = await host(`systemctl is-active --quiet ${id} && echo active || true`);
  if (state.trim() !== 'active') await start(run, { id, folder, host, seconds: options.timeoutSeconds });
  try {
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

async function start(
  { script, input = '' }: DetachedRun,
  { id, folder, host, seconds }: Started & { readonly seconds: number },
): Promise<void> {
  await host(`umask 077; rm -rf ${folder}; mkdir -p ${folder}`);
  for (const [name, text] of [
    ['script', script],
    ['input', input],
  ] as const) {
    const coded = gzipSync(text).toString('base64');
    for (let at = 0; at < coded.length; at += PIECE_TO_HOST)
      await host(`umask 077; printf %s '${coded.slice(at, at + PIECE_TO_HOST)}' >> ${folder}/${name}.packed`);
    await host(`umask 077; base64 -d ${folder}/${name}.packed | gunzip > ${folder}/${name}`);
  }
  const inner = [
    `cd ${folder}`,
    `code=0; mark=${RUN_VARIABLE}=${id} runtime=${RUNTIME} input=${folder}/input bash -eu ${folder}/script > output 2> errors < /dev/null || code=$?`,
    'gzip -c output | base64 | tr -d "\\n" > output.packed',
    // Last, and at once: that it is there says that all of it is.
    'echo $code > code.new; mv code.new code',
  ].join('; ');
  await host(
    `umask 077; systemctl reset-failed ${id} 2> /dev/null || true; systemd-run --quiet --collect --unit=${id} --property=RuntimeMaxSec=${seconds} --property=UMask=0077 bash -c '${inner}'`,
  );
}

async function follow({ id, folder, host }: Started, { timeoutSeconds, signal, report }: ScriptOptions): Promise<ScriptResult> {
  const errors: string[] = [];
  let seen = 0;
  const look = async (): Promise<number | undefined> => {
    // The state comes first: a run that ended between two looks is seen as ended by the next one.
    const text = await host(
      `systemctl is-active --quiet ${id} && echo running || echo over; cat ${folder}/code 2> /dev/null || echo none; tail -n +${seen + 1} ${folder}/errors 2> /dev/null | head -c ${PIECE_FROM_HOST}`,
    );
    const [state, code = 'none', ...rest] = text.split('\n');
    const lines = rest.slice(0, -1);
    seen += lines.length;
    for (const line of lines) report?.(line);
    errors.push(...lines);
    if (code !== 'none') return lines.length === 0 || rest.join('\n').length < PIECE_FROM_HOST - 1 ? Number(code) : undefined;
    if (state === 'over')
      throw new CommandError(
        `a run on the host ended without a result: it was stopped, or took more than ${timeoutSeconds} seconds`,
      );
    return undefined;
  };
  const exitCode = await waitFor(look, { everySeconds: POLLING_SECONDS, timeoutSeconds: timeoutSeconds + LOOK_SECONDS, signal });
  const stdout = await fetched(folder, host);
  await host(`rm -rf ${folder}`);
  return { exitCode, stdout, stderr: lastLines(errors) };
}

async function fetched(folder: string, host: Host): Promise<string> {
  const length = Number((await host(`wc -c < ${folder}/output.packed`)).trim());
  let coded = '';
  while (coded.length < length) {
    const piece = await host(`tail -c +${coded.length + 1} ${folder}/output.packed | head -c ${PIECE_FROM_HOST}`);
    if (piece === '') throw new CommandError('the output of a run on the host is not complete');
    coded += piece;
  }
  return gunzipSync(Buffer.from(coded, 'base64')).toString('utf8');
}
