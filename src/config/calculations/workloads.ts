/** Services, workers and jobs as one list, and what follows from their settings. Pure. */
import { LONGEST_FARGATE_STOP_SECONDS, USUAL_STOP_SECONDS } from '../tables/stop-timeouts';

/** Containers that run all the time. */
export function runningWorkloads<S, W>({
  services,
  workers,
}: {
  readonly services: readonly S[];
  readonly workers: readonly W[];
}): readonly (S | W)[] {
  return [...services, ...workers];
}

/** Every container. */
export function allWorkloads<S, W, J>({
  services,
  workers,
  jobs,
}: {
  readonly services: readonly S[];
  readonly workers: readonly W[];
  readonly jobs: readonly J[];
}): readonly (S | W | J)[] {
  return [...services, ...workers, ...jobs];
}

/** The services that a container calls: those that have it among their callers. */
export function calledServices<S extends { readonly callers: readonly string[] }>(
  caller: string,
  services: readonly S[],
): readonly S[] {
  return services.filter(({ callers }) => callers.includes(caller));
}

/**
 * The keys of the queues that a worker takes messages from: the one it scales on, and those that it may consume. Stopping such a
 * worker interrupts the message that it works on.
 */
export function consumedQueues({
  scaling,
  permissions,
}: {
  readonly scaling?: object;
  readonly permissions: readonly object[];
}): readonly string[] {
  const scaledOn = scaling !== undefined && 'queue' in scaling ? [String(scaling.queue)] : [];
  const consumed = permissions.flatMap((permission) =>
    'queue' in permission && 'access' in permission && permission.access === 'consume' ? [String(permission.queue)] : [],
  );
  return [...new Set([...scaledOn, ...consumed])];
}

/** Whether stopping the worker interrupts what it works on: a message of a queue, or an entry of a list that it scales on. */
export function takesMessages(worker: Parameters<typeof consumedQueues>[0]): boolean {
  const { scaling } = worker;
  return consumedQueues(worker).length > 0 || (scaling !== undefined && 'redisList' in scaling);
}

/** Seconds between `SIGTERM` and `SIGKILL`: what the container asks for, or the default of its kind. */
export function stopSecondsOf(container: { readonly stopTimeoutSeconds?: number }, takesMessages: boolean): number {
  return container.stopTimeoutSeconds ?? (takesMessages ? LONGEST_FARGATE_STOP_SECONDS : USUAL_STOP_SECONDS);
}
