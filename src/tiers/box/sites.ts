/** Which port of the host answers what: the services' routes as nginx sites, matched as a load balancer would. Pure. */
import type { ResolvedService } from '../../config/resolved/environment';
import { planRouting } from '../../modules/load-balancer/route-priorities';
import type { HostSite } from './host/types';

/** A site for each of the names that some route serves, in the order of the names. */
export function hostSites(services: readonly ResolvedService[], names: readonly string[]): readonly HostSite[] {
  const ports = new Map(services.map(({ key, port }) => [key, port]));
  const { rules, defaultService } = planRouting(services.filter(({ routes }) => routes.length > 0));
  return names.flatMap((name) => {
    const matching = rules.filter(({ host }) => host === undefined || host === name);
    const wanted = [
      ...matching.flatMap(({ service, paths }) => (paths ?? ['/*']).map((pattern) => ({ service, path: locationOf(pattern) }))),
      ...(defaultService === undefined ? [] : [{ service: defaultService, path: '/' }]),
    ];
    const locations = wanted
      .filter(({ path }, index) => wanted.findIndex((earlier) => covers(earlier.path, path)) === index)
      .map(({ service, path }) => ({ path, port: ports.get(service) ?? 0 }));
    return locations.length === 0 ? [] : [{ name, locations }];
  });
}

/** `/api/*` is the prefix `/api/`; whatever else holds an asterisk stays a pattern, and a path without one is exact. */
function locationOf(pattern: string): string {
  const prefix = pattern.endsWith('/*') ? pattern.slice(0, -1) : pattern;
  return /[*?]/.test(prefix) ? pattern : prefix;
}

/** Whether a load balancer would never get past the earlier of two locations to the later one. */
function covers(earlier: string, later: string): boolean {
  return earlier === later || earlier === '/';
}
