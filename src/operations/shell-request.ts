/** What a shell is asked for, and where there is one: the same on every tier. */
import { CommandError } from '../cli/errors';
import type { ResolvedService, ResolvedWorker } from '../config/resolved/environment';
import type { LocalTerminal } from './session/terminal';
import type { Target } from './target';

/** The name that stands for the machine below the containers, where there is one. */
export const HOST = 'host';

export interface ShellRequest {
  /** The key of a service or a worker, or `host`. */
  readonly place: string;
  /** Which of several: the id of a task, the name of a pod, the id of a host. Its beginning is enough. @default the newest */
  readonly task?: string;
  /** A program and its arguments. @default a shell */
  readonly command: readonly string[];
  readonly terminal: LocalTerminal;
  /** Receives what happens. */
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** @throws CommandError for a place that has no shell, with the way out */
export function workloadWithShell(
  { name, environment: { workloads } }: Pick<Target, 'name' | 'environment'>,
  place: string,
): ResolvedService | ResolvedWorker {
  const running = [...workloads.services, ...workloads.workers];
  const found = running.find(({ key }) => key === place);
  if (found?.exec === true) return found;
  if (found !== undefined)
    throw new CommandError(
      `${place} of ${name} admits no shell\n  fix   set exec: true on it, deploy, do the work, and take it back: a shell in a container is a way around every review`,
    );
  if (workloads.jobs.some(({ key }) => key === place))
    throw new CommandError(`${place} of ${name} is a job, which runs only for a while\n  fix   npm run run -- ${name} ${place}`);
  const known = running.map(({ key }) => key).join(', ');
  throw new CommandError(`${name} has no service or worker ${place}\n  fix   it has: ${known || 'none'}`);
}

/** The one that is asked for, or the newest. @param names newest first */
export function chosen(names: readonly string[], { place, task = '' }: Pick<ShellRequest, 'place' | 'task'>): string {
  const found = names.find((name) => name.startsWith(task));
  if (found !== undefined) return found;
  throw new CommandError(
    names.length === 0
      ? `nothing of ${place} is running\n  fix   npm run logs -- <environment> ${place} may show why`
      : `${place} has no ${task}\n  fix   running: ${names.join(', ')}`,
  );
}
