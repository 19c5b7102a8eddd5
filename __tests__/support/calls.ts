/** Environments in which containers call services: the edges are declared at random, or by a test. */
import type { EnvironmentInput } from '../../src/config';
import { example } from './example';

type Service = NonNullable<EnvironmentInput['services']>[string];

/** Service key to the keys of its callers. */
export type Calls = Readonly<Record<string, readonly string[]>>;

/** The services of the environments here; `web` has routes. */
export const SERVICES = ['web', 'api', 'reports'] as const;

/** Everything that may call. */
export const CALLERS = [...SERVICES, 'mailer', 'nightly'] as const;

/** The port of a service: each has a different one, so that a rule for the wrong service is noticed. */
export const portOf = (service: string): number => 8001 + SERVICES.indexOf(service as (typeof SERVICES)[number]);

const common = { image: 'api', vcpu: 0.25, memoryMib: 512, user: '1000:1000' } as const;

/** Three services, a worker and a job, none of which uses data; each caller has the URL of what it calls. */
export function calling(calls: Calls, changes: Partial<EnvironmentInput> = {}): EnvironmentInput {
  const environment = (caller: string) =>
    Object.fromEntries(
      SERVICES.filter((service) => calls[service]?.includes(caller)).map((service) => [
        `${service.toUpperCase()}_URL`,
        { from: `service.${service}.url` as const },
      ]),
    );
  const service = (key: string): Service => ({
    ...common,
    port: portOf(key),
    replicas: { min: 1, max: 1 },
    health: { path: '/health', command: 'true' },
    routes: key === 'web' ? [{}] : [],
    callers: [...(calls[key] ?? [])],
    environment: environment(key),
  });
  return {
    ...example({ database: undefined, cache: undefined, ...changes }),
    services: Object.fromEntries(SERVICES.map((key) => [key, service(key)])),
    workers: { mailer: { ...common, replicas: { min: 1, max: 1 }, environment: environment('mailer') } },
    jobs: { nightly: { ...common, environment: environment('nightly') } },
  };
}

/** The edges as sorted text: `api -> reports:8003`. */
export function edgesOf(calls: Calls): readonly string[] {
  return Object.entries(calls)
    .flatMap(([service, callers]) => callers.map((caller) => `${caller} -> ${service}:${portOf(service)}`))
    .sort();
}
