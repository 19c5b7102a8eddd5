/** The Route 53 health checks of an environment: those that it declares, or the one that a single host has by default. Pure. */
import { serviceNames } from './frontend-hosts';
import { isSingleHost } from './load-balancer';
import { matchesPattern } from './path-patterns';
import { servingEnvironment, type ServedBy } from './served-by';
import { hasErrorStatus } from './status-ranges';

interface HealthCheck {
  readonly host: string;
  readonly path: string;
  readonly intervalSeconds: 10 | 30;
  readonly failures: number;
}

interface Route {
  readonly host?: string;
  readonly paths?: readonly string[];
}

/** The parts of an environment that decide. */
interface Source {
  readonly name: string;
  readonly tier: string;
  readonly box?: { readonly instances: { readonly max: number } };
  readonly domain?: { readonly names: readonly string[]; readonly zone: string | { readonly servedBy: ServedBy } };
  readonly frontends: Readonly<Record<string, { readonly kind: string; readonly hosts?: readonly string[] }>>;
  readonly edge: { readonly healthChecks?: Readonly<Record<string, HealthCheck>> };
  readonly services: Readonly<
    Record<string, { readonly health: { readonly path: string; readonly matcher: string }; readonly routes: readonly Route[] }>
  >;
}

/** Of checks that leave them out, and of the default check. */
export const HEALTH_CHECK_DEFAULTS = { intervalSeconds: 30, failures: 3 } as const;

/** By key. Fargate and Kubernetes have load balancers, whose alarms watch what visitors get; a host has nothing in front of it. */
export function healthChecksOf(source: Source): Readonly<Record<string, HealthCheck>> {
  const { name, tier, box, domain, edge, services } = source;
  if (edge.healthChecks !== undefined) return edge.healthChecks;
  if (!isSingleHost(box, tier) || domain === undefined) return {};
  for (const host of serviceNames(source).filter((one) => isServedBy(name, one, domain.zone))) {
    // Route 53 takes an error for a failure, whatever the service means by it.
    const service = Object.values(services).find(
      ({ routes, health }) => !hasErrorStatus(health.matcher) && routes.some((route) => leads(route, host, health.path)),
    );
    if (service !== undefined) return { public: { host, path: service.health.path, ...HEALTH_CHECK_DEFAULTS } };
  }
  return {};
}

/** A name of a shared zone leads to one environment at a time. */
function isServedBy(environment: string, host: string, zone: NonNullable<Source['domain']>['zone']): boolean {
  if (typeof zone === 'string') return true;
  return servingEnvironment(zone.servedBy, host) === environment;
}

/** Whether a route serves a path on a name. */
function leads({ host, paths }: Route, name: string, path: string): boolean {
  if (host !== undefined && host !== name) return false;
  return paths === undefined || paths.some((pattern) => matchesPattern(pattern, path));
}
