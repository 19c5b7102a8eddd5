/** Rules about `callers`: which containers of the environment call which services. */
import { suggest } from '../problems/nearest';
import type { ParsedEnvironment } from '../schema/environment';
import { eachOnce, finding, findingIf, listed } from './finding';
import { calledIn, CONTAINER_SECTIONS, containersOf, hasTier, located, variablesOf } from './located';
import { defineRule, type Finding, type Rule } from './rule';

const callersKnown = defineRule({
  id: 'caller-known',
  severity: 'refusal',
  summary: 'A caller is a declared service, worker or job, and listed once.',
  reads: CONTAINER_SECTIONS,
  check: (workloads) => {
    const keys = containersOf(workloads).map(({ key }) => key);
    return located('services', workloads.services).flatMap(({ path, value: { callers } }) => [
      ...callers.flatMap((caller, index) =>
        findingIf(
          !keys.includes(caller),
          `${path}.callers[${index}]`,
          caller,
          listed(keys),
          suggest(caller, keys, 'declare it under `services`, `workers` or `jobs`'),
        ),
      ),
      ...eachOnce(`${path}.callers`, callers, 'caller'),
    ]);
  },
});

const callsAdmitted = defineRule({
  id: 'caller-declared',
  severity: 'refusal',
  summary: 'A container refers only to services that have it among their callers.',
  reads: ['services'],
  also: ['workers', 'jobs'],
  check: (workloads) =>
    containersOf(workloads).flatMap((caller) =>
      variablesOf([caller]).flatMap(({ path, value }) => {
        const key = typeof value === 'object' && 'from' in value ? calledIn(value.from) : undefined;
        return key === undefined ? [] : judgeCall(`${path}.from`, key, caller.key, workloads.services);
      }),
    ),
});

function judgeCall(path: string, key: string, caller: string, services: ParsedEnvironment['services']): readonly Finding[] {
  const keys = Object.keys(services);
  if (!keys.includes(key)) return [finding(path, key, listed(keys), suggest(key, keys, 'declare it under `services`'))];
  return findingIf(
    services[key]?.callers.includes(caller) === false,
    path,
    key,
    `a service that has "${caller}" among its callers`,
    `add "${caller}" to services.${key}.callers; without it, no connection is admitted`,
  );
}

const reachable = defineRule({
  id: 'service-unreachable',
  severity: 'warning',
  summary: 'A service has routes or callers.',
  reads: [],
  also: ['services'],
  check: ({ services }) =>
    located('services', services).flatMap(({ key, path, value: { routes, callers } }) =>
      findingIf(
        routes.length === 0 && callers.every((caller) => caller === key),
        path,
        { routes, callers },
        'routes or callers: nothing can connect to it, except on the box, from other containers',
        'add `routes` for requests from outside, `callers` for other containers, or move it to `workers` when it needs no port',
      ),
    ),
});

const callersWait = defineRule({
  id: 'caller-health',
  severity: 'warning',
  summary: 'A service with callers on Fargate has a health check that runs in its container.',
  reads: ['tier', 'nextTier'],
  also: ['services'],
  check: ({ tier, nextTier, services }) =>
    hasTier({ tier, nextTier }, 'fargate')
      ? located('services', services).flatMap(({ path, value: { callers, health } }) =>
          findingIf(
            callers.length > 0 && health.command === undefined,
            `${path}.health.command`,
            health.command,
            'a command: callers find a task as soon as it runs, and `health.path` is requested by the load balancer only',
            "add for example `command: 'curl -fsS http://localhost:8080/health'`, with a program that the image contains",
          ),
        )
      : [],
});

export const CALLER_RULES: readonly Rule[] = [callersKnown, callsAdmitted, reachable, callersWait];
