/** The routes of services as listener rules of a load balancer, in the order in which they are matched. Pure. */
import { shortHash } from '../../config/names';
import type { Route } from '../../config/resolved/environment';

/** A service that the public reaches. */
export interface RoutedService {
  readonly key: string;
  readonly routes: readonly Route[];
}

/** One listener rule. */
export interface RoutingRule {
  /** Part of the Terraform address: what the rule matches, not its target, so that the target changes in place. */
  readonly id: string;
  /** 1 is matched first, 50000 last; each once. */
  readonly priority: number;
  readonly service: string;
  readonly host?: string;
  readonly paths?: readonly string[];
}

export interface Routing {
  /** The service that receives requests that no rule matches; without one the load balancer answers 404. */
  readonly defaultService?: string;
  /** By priority. */
  readonly rules: readonly RoutingRule[];
}

/** Values of conditions that one rule may hold. Source: quotas of Application Load Balancers. */
const CONDITION_VALUES = 5;

/**
 * The priorities of routes that state none: after every reasonable explicit one, paths before whole hosts. Within a band, the
 * priority comes from a hash of what is matched, so that adding a route changes no other.
 */
const BANDS = { paths: { first: 40_000, size: 5_000 }, host: { first: 45_000, size: 5_000 } } as const;

/**
 * Sorts the routes of all services into rules and a default.
 * @throws Error when two services are the default, two routes have one priority, or a rule is too long for AWS
 */
export function planRouting(services: readonly RoutedService[]): Routing {
  const routes = services.flatMap(({ key, routes: own }) => own.map((route) => ({ service: key, ...route })));
  const isDefault = ({ priority, host, paths }: Route) => priority === undefined && host === undefined && paths === undefined;
  const defaults = routes.filter(isDefault).map(({ service }) => service);
  if (new Set(defaults).size > 1) {
    throw new Error(`${defaults.join(' and ')} both receive what no other route matches: give all but one a host or paths`);
  }

  const taken = new Set<number>();
  const explicit = routes.flatMap(({ priority, ...route }) => {
    if (priority === undefined) return [];
    if (taken.has(priority)) throw new Error(`two routes have the priority ${priority}: use each once`);
    taken.add(priority);
    return [{ ...checked(route), priority, id: `rule-${priority}` }];
  });
  const implicit = routes
    .filter((route) => route.priority === undefined && !isDefault(route))
    .map((route) => ({ ...checked(route), priority: freePriority(route, taken), id: `rule-${hashOf(route)}` }));
  return { defaultService: defaults[0], rules: [...explicit, ...implicit].sort((left, right) => left.priority - right.priority) };
}

type Target = Omit<RoutingRule, 'id' | 'priority'>;

function checked({ service, host, paths }: Target): Target {
  const values = (host === undefined ? 0 : 1) + (paths?.length ?? 0);
  if (values > CONDITION_VALUES) {
    const problem = `a route of ${service} has ${values} hosts and paths, AWS allows ${CONDITION_VALUES} a rule`;
    throw new Error(`${problem}: split its paths over two routes`);
  }
  return { service, host, paths };
}

function hashOf({ host = '', paths = [] }: Pick<Target, 'host' | 'paths'>): string {
  return shortHash([host, ...paths].join(' '));
}

function freePriority(route: Target, taken: Set<number>): number {
  const { first, size } = route.paths === undefined ? BANDS.host : BANDS.paths;
  const start = Number.parseInt(hashOf(route), 16) % size;
  for (let step = 0; step < size; step += 1) {
    const priority = first + ((start + step) % size);
    if (!taken.has(priority)) {
      taken.add(priority);
      return priority;
    }
  }
  throw new Error('every priority for routes without one is taken');
}
