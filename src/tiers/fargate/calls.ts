/** How containers on Fargate call services: names for these, and the rules between their security groups. */
import type { Construct } from 'constructs';
import { calledServices } from '../../config/calculations/workloads';
import type { ResolvedService } from '../../config/resolved/environment';
import { required } from '../../contracts/lookups';
import type { FargateService } from './service';
import { ServiceDiscovery, type ServiceDiscoveryProps } from './service-discovery';
import type { CallableService } from './task-security-group';

/** A service, its security group and the keys of what calls it. */
export type CalledService = CallableService & { readonly callers: readonly string[] };

/** The registries of the services with callers; nothing where no service has one. */
export function createDiscovery(
  scope: Construct,
  { services, ...props }: Omit<ServiceDiscoveryProps, 'services'> & { readonly services: readonly ResolvedService[] },
): ServiceDiscovery | undefined {
  const called = services.filter(({ callers }) => callers.length > 0);
  if (called.length === 0) return undefined;
  return new ServiceDiscovery(scope, 'discovery', { ...props, services: called.map(({ key }) => key) });
}

/**
 * Opens the port of each service to the services and workers that call it.
 * @param running services and workers by key
 * @returns every service, for the jobs that call it
 */
export function connectCallers(
  services: readonly ResolvedService[],
  running: ReadonlyMap<string, FargateService>,
): readonly CalledService[] {
  const callable = services.map((workload): CalledService => {
    const { security } = required(running.get(workload.key), `the service ${workload.key}`);
    return { workload, callers: workload.callers, security };
  });
  for (const [key, caller] of running) {
    for (const service of calledServices(key, callable)) caller.security.call(service);
  }
  return callable;
}
