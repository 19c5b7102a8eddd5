/** What stands between a load balancer and several hosts: one target, the names that are served, and who answers for health. Pure. */
import type { Health, ResolvedService } from '../../config/resolved/environment';
import { PORTS } from '../../config/tables/ports';
import type { BalancedService } from '../../modules/load-balancer/public-load-balancer';
import type { BehindBalancer, HostSite } from './host/types';

/** The one target group: nginx of every host. */
export const HOSTS = 'hosts';

/** What nginx answers the load balancer on. */
const HEALTH_PATH = '/terrace-health';

/** The first service that the public reaches answers for its host; the others are watched by the host itself. */
export function behindBalancer(services: readonly ResolvedService[], sites: readonly HostSite[]): BehindBalancer {
  const { port, health } = answering(services);
  return { sites, health: { path: HEALTH_PATH, port, servicePath: health.path } };
}

/** The hosts as the load balancer sees them. */
export function balancedHosts(services: readonly ResolvedService[], sites: readonly HostSite[]): BalancedService {
  const health: Health = { ...answering(services).health, path: HEALTH_PATH };
  return { key: HOSTS, port: PORTS.http, health, routes: sites.map(({ name }) => ({ host: name })) };
}

function answering(services: readonly ResolvedService[]): ResolvedService {
  const service = services.find(({ routes }) => routes.length > 0);
  if (service === undefined) throw new Error('several hosts stand behind a load balancer, but no service has a route to it');
  return service;
}
