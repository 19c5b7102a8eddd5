/** The routes of services as listener rules of a load balancer, in the order in which they are matched. Pure. */
import { chunks } from '../../config/calculations/chunks';
import { shortHash } from '../../config/names';
import type { Route } from '../../config/resolved/environment';
import { MOST_CONDITION_VALUES } from '../../config/tables/listener-rules';

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
  readonly hosts?: readonly string[];
  readonly paths?: readonly string[];
}

export interface Routing {
  /** The service that receives requests that no rule matches; without one the load balancer answers 404. */
  readonly defaultService?: string;
  /** By priority. */
  readonly rules: readonly RoutingRule[];
}

/**
 * The priorities of routes that state none: after every reasonable explicit one, paths before whole hosts. Within a band, the
 * priority comes from a hash of what is matched, so that adding a route changes no other.
 */
const BANDS = { paths: { first: 40_000, size: 5_000 }, host: { first: 45_000, size: 5_000 } } as const;

/** The last priority that AWS accepts. */
const LAST_PRIORITY = 50_000;

/**
 * Sorts the routes of all services into rules and a default.
 * @param knownHosts the only host names that are answered: a route without a host then matches these, and there is no default
 * service. Left out, such a route matches every name.
 * @throws Error when two services are the default, two routes have one priority, or a rule is too long for AWS
 */
export function planRouting(services: readonly RoutedService[], knownHosts?: readonly string[]): Routing {
  const routes = services.flatMap(({ key, routes: own }) =>
    own.map(({ host, ...route }) => ({ ...route, service: key, hosts: host === undefined ? undefined : [host] })),
  );
  const isDefault = ({ priority, hosts, paths }: (typeof routes)[number]) =>
    priority === undefined && hosts === undefined && paths === undefined;
  const defaults = routes.filter(isDefault).map(({ service }) => service);
  if (new Set(defaults).size > 1) {
    throw new Error(`${defaults.join(' and ')} both receive what no other route matches: give all but one a host or paths`);
  }
  const [defaultService] = defaults;
  const last = knownHosts === undefined || defaultService === undefined ? [] : lastRules(defaultService, knownHosts);

  const taken = new Set(last.map(({ priority }) => priority));
  const explicit = routes.flatMap(({ priority, ...route }) => {
    if (priority === undefined) return [];
    if (taken.has(priority)) throw new Error(`two routes have the priority ${priority}: use each once`);
    taken.add(priority);
    return [{ ...checked({ ...route, hosts: route.hosts ?? knownHosts }), priority, id: `rule-${priority}` }];
  });
  const implicit = routes
    .filter((route) => route.priority === undefined && !isDefault(route))
    .flatMap((route) => withHosts(route, knownHosts))
    .map(({ hash, ...route }) => ({ ...checked(route), priority: freePriority(route, hash, taken), id: `rule-${hash}` }));
  return {
    defaultService: knownHosts === undefined ? defaultService : undefined,
    rules: [...explicit, ...implicit, ...last].sort((left, right) => left.priority - right.priority),
  };
}

/** The rules of the default service where only known hosts are answered. No other rule comes after them. */
function lastRules(service: string, knownHosts: readonly string[]): readonly RoutingRule[] {
  return chunks(knownHosts, MOST_CONDITION_VALUES).map((hosts, index) => ({
    id: index === 0 ? 'rule-default' : `rule-default-${index}`,
    priority: LAST_PRIORITY - index,
    service,
    hosts,
  }));
}

/** One rule for as many hosts as fit. The first has the id and the priority that it has without known hosts. */
function withHosts(
  { service, hosts, paths = [] }: Target,
  knownHosts: readonly string[] | undefined,
): readonly (Target & { readonly hash: string })[] {
  const target = { service, paths: paths.length === 0 ? undefined : paths };
  const hash = hashOf([...(hosts ?? ['']), ...paths]);
  if (hosts !== undefined || knownHosts === undefined) return [{ ...target, hosts, hash }];
  return chunks(knownHosts, Math.max(1, MOST_CONDITION_VALUES - paths.length)).map((some, index) => {
    return { ...target, hosts: some, hash: index === 0 ? hash : hashOf([...some, ...paths]) };
  });
}

type Target = Omit<RoutingRule, 'id' | 'priority'>;

function checked({ service, hosts, paths }: Target): Target {
  const values = (hosts?.length ?? 0) + (paths?.length ?? 0);
  if (values > MOST_CONDITION_VALUES) {
    const problem = `a route of ${service} has ${values} hosts and paths, AWS allows ${MOST_CONDITION_VALUES} a rule`;
    throw new Error(`${problem}: split its paths over two routes`);
  }
  return { service, hosts, paths };
}

function hashOf(values: readonly string[]): string {
  return shortHash(values.join(' '));
}

function freePriority({ paths }: Target, hash: string, taken: Set<number>): number {
  const { first, size } = paths === undefined ? BANDS.host : BANDS.paths;
  const start = Number.parseInt(hash, 16) % size;
  for (let step = 0; step < size; step += 1) {
    const priority = first + ((start + step) % size);
    if (!taken.has(priority)) {
      taken.add(priority);
      return priority;
    }
  }
  throw new Error('every priority for routes without one is taken');
}
