/** The services' routes as sites of nginx, matched as a load balancer would match them, and as one target of a load balancer. Pure. */
import type { ResolvedService } from '../../config/resolved/environment';
import { PORTS } from '../../config/tables/ports';
import type { BalancedService } from '../../modules/load-balancer/balancer-targets';
import { planRouting } from '../../modules/load-balancer/route-priorities';
import type { HostIngress, HostSite } from './host/types';

/** The key of the one target group: nginx of every host. */
export const HOSTS_TARGET = 'hosts';

/** The path of nginx that the load balancer requests. */
const HEALTH_PATH = '/terrace-health';

/** A site for each of the names that some route serves, in the order of the names. */
export function hostSites(services: readonly ResolvedService[], names: readonly string[]): readonly HostSite[] {
  const portOf = (key: string): number => {
    const service = services.find((one) => one.key === key);
    if (service === undefined) throw new Error(`a route leads to the service "${key}", which does not exist`);
    return service.port;
  };
  const { rules, defaultService } = planRouting(services.filter(({ routes }) => routes.length > 0));
  return names.flatMap((name) => {
    const matching = rules.filter(({ hosts }) => hosts?.includes(name) ?? true);
    const wanted = [
      ...matching.flatMap(({ service, paths }) => (paths ?? ['/*']).map((pattern) => ({ service, path: locationOf(pattern) }))),
      ...(defaultService === undefined ? [] : [{ service: defaultService, path: '/' }]),
    ];
    const locations = wanted
      .filter(({ path }, index) => wanted.findIndex((earlier) => covers(earlier.path, path)) === index)
      .map(({ service, path }) => ({ path, port: portOf(service) }));
    return locations.length === 0 ? [] : [{ name, locations }];
  });
}

/** `/api/*` is the prefix `/api/`; other paths with an asterisk stay patterns, and a path without one is exact. */
function locationOf(pattern: string): string {
  const prefix = pattern.endsWith('/*') ? pattern.slice(0, -1) : pattern;
  return /[*?]/.test(prefix) ? pattern : prefix;
}

/** Whether a load balancer would never get past the earlier of two locations to the later one. */
function covers(earlier: string, later: string): boolean {
  return earlier === later || earlier === '/';
}

/** How the load balancer reaches nginx of a host. */
export function balancedIngress(services: readonly ResolvedService[], sites: readonly HostSite[]): HostIngress {
  const { port, health } = healthService(services);
  return { kind: 'load-balancer', sites, health: { path: HEALTH_PATH, port, servicePath: health.path } };
}

/** All hosts as one target of the load balancer. */
export function balancedHosts(services: readonly ResolvedService[], sites: readonly HostSite[]): BalancedService {
  return {
    key: HOSTS_TARGET,
    port: PORTS.http,
    health: { ...healthService(services).health, path: HEALTH_PATH },
    stopTimeoutSeconds: Math.max(...services.map(({ stopTimeoutSeconds }) => stopTimeoutSeconds)),
    routes: sites.map(({ name }) => ({ host: name })),
  };
}

/** The first public service answers health checks for its host; the monitor of the host checks the others. */
function healthService(services: readonly ResolvedService[]): ResolvedService {
  const service = services.find(({ routes }) => routes.length > 0);
  if (service === undefined) throw new Error('several hosts are behind a load balancer, but no service has a route to it');
  return service;
}
