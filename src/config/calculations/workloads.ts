/** Services, workers and jobs as one list, for whatever does not distinguish them. Pure. */

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
