/** Services, workers and jobs as one list, each with its path: most rules about containers do not distinguish them. */
import type { ParsedEnvironment } from '../schema/environment';
import type { RecordSection } from './rule';

/** The sections that hold containers. */
export const CONTAINER_SECTIONS = ['services', 'workers', 'jobs'] as const satisfies readonly RecordSection[];

/** The sections that hold containers which run all the time. */
export const RUNNING_SECTIONS = ['services', 'workers'] as const satisfies readonly RecordSection[];

type Service = ParsedEnvironment['services'][string];
type Worker = ParsedEnvironment['workers'][string];
type Job = ParsedEnvironment['jobs'][string];

/** A value and where it is in the environment. */
export interface Located<T> {
  readonly key: string;
  /** `services.api` */
  readonly path: string;
  readonly value: T;
}

/** A variable of a container. */
export type LocatedVariable = Located<Service['environment'][string]>;

/** The entries of a record, each with its path. */
export function located<T>(section: string, record: Readonly<Record<string, T>>): readonly Located<T>[] {
  return Object.entries(record).map(([key, value]) => ({ key, path: `${section}.${key}`, value }));
}

/** Every container. */
export function containersOf({ services, workers, jobs }: Pick<ParsedEnvironment, (typeof CONTAINER_SECTIONS)[number]>) {
  return [
    ...located<Service | Worker | Job>('services', services),
    ...located<Service | Worker | Job>('workers', workers),
    ...located<Service | Worker | Job>('jobs', jobs),
  ];
}

/** Every container that runs all the time. */
export function runningOf({ services, workers }: Pick<ParsedEnvironment, (typeof RUNNING_SECTIONS)[number]>) {
  return [...located<Service | Worker>('services', services), ...located<Service | Worker>('workers', workers)];
}

/** The services that the public reaches. */
export function routedServices(services: ParsedEnvironment['services']): readonly Located<Service>[] {
  return located('services', services).filter(({ value }) => value.routes.length > 0);
}

/** What runs an image with variables: a container or a sidecar. */
type Program = Pick<Job, 'image' | 'environment' | 'secrets' | 'user'>;

/** The containers and their sidecars. */
export function programsOf(containers: readonly Located<Service | Worker | Job>[]): readonly Located<Program>[] {
  return containers.flatMap((one) => [
    one,
    ...('sidecars' in one.value ? located<Program>(`${one.path}.sidecars`, one.value.sidecars) : []),
  ]);
}

/** The variables of all the containers and their sidecars. */
export function variablesOf(containers: readonly Located<Service | Worker | Job>[]): readonly LocatedVariable[] {
  return programsOf(containers).flatMap(({ path, value }) => located(`${path}.environment`, value.environment));
}

/** Whether the tier that serves, or the one that waits, is one of these. */
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

/** A permission of the role of a container or builder. */
export type Permission = ParsedEnvironment['builders'][string]['permissions'][number];

/** The permissions of a container or builder, each with its path. */
export function permissionsOf({
  key,
  path,
  value,
}: Located<{ readonly permissions: readonly Permission[] }>): readonly Located<Permission>[] {
  return value.permissions.map((permission, index) => ({ key, path: `${path}.permissions[${index}]`, value: permission }));
}

/** The key of the service in a reference such as `service.api.url`; undefined for other references. */
export function calledIn(reference: string): string | undefined {
  return /^service\.(.*)\.[a-z]+$/.exec(reference)?.[1];
}
