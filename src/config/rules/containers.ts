/** Services, workers and jobs as one list: most rules about containers do not care which of them they are. */
import type { ParsedEnvironment } from '../schema/environment';
import type { RecordSection } from './rule';

/** The sections that hold containers. */
export const CONTAINER_SECTIONS = ['services', 'workers', 'jobs'] as const satisfies readonly RecordSection[];

/** The sections that hold containers which run all the time. */
export const RUNNING_SECTIONS = ['services', 'workers'] as const satisfies readonly RecordSection[];

type Service = ParsedEnvironment['services'][string];
type Worker = ParsedEnvironment['workers'][string];
type Job = ParsedEnvironment['jobs'][string];

/** Something in its place. */
export interface Placed<T> {
  readonly key: string;
  /** `services.api` */
  readonly path: string;
  readonly is: T;
}

/** A variable of a container, in its place. */
export type PlacedVariable = Placed<Service['environment'][string]>;

/** The entries of a record, each with its path. */
export function placed<T>(section: string, record: Readonly<Record<string, T>>): readonly Placed<T>[] {
  return Object.entries(record).map(([key, is]) => ({ key, path: `${section}.${key}`, is }));
}

/** Every container. */
export function containersOf({ services, workers, jobs }: Pick<ParsedEnvironment, (typeof CONTAINER_SECTIONS)[number]>) {
  return [
    ...placed<Service | Worker | Job>('services', services),
    ...placed<Service | Worker | Job>('workers', workers),
    ...placed<Service | Worker | Job>('jobs', jobs),
  ];
}

/** Every container that runs all the time. */
export function runningOf({ services, workers }: Pick<ParsedEnvironment, (typeof RUNNING_SECTIONS)[number]>) {
  return [...placed<Service | Worker>('services', services), ...placed<Service | Worker>('workers', workers)];
}

/** The variables of all the containers. */
export function variablesOf(containers: readonly Placed<Service | Worker | Job>[]): readonly PlacedVariable[] {
  return containers.flatMap(({ path, is }) => placed(`${path}.environment`, is.environment));
}

/** Whether a tier that runs or waits is one of these. */
export function hasTier(
  { tier, nextTier }: Pick<ParsedEnvironment, 'tier' | 'nextTier'>,
  ...kinds: readonly ParsedEnvironment['tier'][]
): boolean {
  return kinds.includes(tier) || (nextTier !== undefined && kinds.includes(nextTier));
}

/** How many zones an environment uses. */
export function zoneCountOf({ zones }: ParsedEnvironment['network']): number {
  return typeof zones === 'number' ? zones : zones.length;
}
