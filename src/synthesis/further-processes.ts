/** Further processes of the same program, each of which builds a part of the groups into the cache, where this one finds them. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

export interface FurtherProcesses {
  /**
   * Waits for the process that builds a group. Whether it is in the cache then, only the cache says: what a process could not
   * build, this one builds, and reports.
   */
  readonly ended: (group: string) => Promise<void>;
  /** Ends the processes that still run, and removes what they have written elsewhere. */
  readonly stop: () => void;
}

export interface Program {
  /** What Node runs, before the command. */
  readonly scripts: readonly string[];
  /** Options of the command. */
  readonly options: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Processes that run at the same time, this one included. @default what the machine can run */
  readonly atOnce?: number;
}

/**
 * Groups for each process from which on it pays to start a further one. Measured on two cores: a process needs half a second
 * before it builds its first group, which is the time of four.
 */
export const GROUPS_FOR_EACH = 8;

/** Keeps a further process from starting others. */
export const ALONE = '--alone';

/**
 * Starts processes for a part of the groups; this one builds the others meanwhile.
 * @param names of environments that are not in the cache, in the order in which this process writes them
 * @returns undefined where there are too few
 */
export function startFurther(names: readonly string[], { scripts, options, env, atOnce }: Program): FurtherProcesses | undefined {
  const processes = Math.min(atOnce ?? availableParallelism(), Math.floor(names.length / GROUPS_FOR_EACH));
  if (processes < 2) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'terrace-further-'));
  const share = Math.ceil(names.length / processes);
  const started = Array.from({ length: processes - 1 }, (_, index) => {
    const groups = names.slice((index + 1) * share, (index + 2) * share);
    const output = join(folder, String(index));
    const child = spawn(process.execPath, [...scripts, 'synth', ALONE, '--output', output, ...options, ...groups], {
      env,
      stdio: 'ignore',
    });
    return { groups, child, ended: endOf(child) };
  });
  const builtBy = new Map(started.flatMap(({ groups, ended }) => groups.map((group) => [group, ended] as const)));
  return {
    ended: async (group) => builtBy.get(group),
    stop: () => {
      for (const { child } of started) child.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Also of a process that cannot be started. */
function endOf(child: ChildProcess): Promise<void> {
  return new Promise((settle) => {
    child.once('error', () => settle());
    child.once('exit', () => settle());
  });
}
