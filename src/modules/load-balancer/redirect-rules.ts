/** Redirects between host names as listener rules of a load balancer, which are matched before all routes. Pure. */
import { redirectGroups, redirectPriorities, type Redirect } from '../../config/calculations/redirects';
import type { RoutedService } from './route-priorities';

/** One listener rule. */
export interface RedirectRule {
  /** Part of the Terraform address: the position, so that names and targets change in place and no priority is taken twice. */
  readonly id: string;
  readonly priority: number;
  readonly hosts: readonly string[];
  readonly target: string;
}

/**
 * The rules in the order in which the redirects are written.
 * @throws Error when routes for every host name leave no priority before them
 */
export function planRedirects(redirects: readonly Redirect[], services: readonly RoutedService[]): readonly RedirectRule[] {
  const groups = redirectGroups(redirects);
  const priorities = redirectPriorities(
    services.flatMap(({ routes }) => routes),
    groups.length,
  );
  return groups.map(({ hosts, target }, index) => {
    const priority = priorities[index];
    if (priority === undefined) throw new Error(`no priority is left for the redirect to ${target}: raise those of routes`);
    return { id: `redirect-${index + 1}`, priority, hosts, target };
  });
}

/** Every path and query, over HTTPS. The words in braces are the load balancer's own placeholders. */
export function permanentRedirect(host: string) {
  return { host, path: '/#{path}', query: '#{query}', port: '443', protocol: 'HTTPS', statusCode: 'HTTP_301' };
}
