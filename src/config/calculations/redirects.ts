/** Host names that are only redirected to others: who answers them, and in which listener rules. Pure. */
import { MOST_CONDITION_VALUES } from '../tables/listener-rules';
import { chunks } from './chunks';
import { hasOwnHosts } from './frontend-hosts';
import { hasLoadBalancer, isSingleHost, type BalancedSections } from './load-balancer';

/** One name that leads to another. */
export interface Redirect {
  readonly from: string;
  readonly to: string;
}

/** The sections that decide who answers. */
interface Sections extends BalancedSections {
  readonly edge: { readonly cdn?: object; readonly redirects: Readonly<Record<string, string>> };
}

/** In the order in which they are written. */
export function redirectsOf({ edge }: Pick<Sections, 'edge'>): readonly Redirect[] {
  return Object.entries(edge.redirects).map(([from, to]) => ({ from, to }));
}

/** Behind `edge.cdn` load balancers admit CloudFront only, and without routes there are none; a single host always answers. */
export function redirectedByCloudFront(sections: Sections): boolean {
  const { edge, box, tier, nextTier } = sections;
  if (redirectsOf(sections).length === 0) return false;
  if (edge.cdn !== undefined) return true;
  return !hasLoadBalancer(sections) && ![tier, nextTier].some((one) => one !== undefined && isSingleHost(box, one));
}

/** Whether CloudFront needs a certificate for the environment's names, and may write its access logs. */
export function usesCloudFront(sections: Sections & { readonly frontends: Parameters<typeof hasOwnHosts>[0] }): boolean {
  return sections.edge.cdn !== undefined || hasOwnHosts(sections.frontends) || redirectedByCloudFront(sections);
}

/** Names that one listener rule redirects to one target. */
export interface RedirectGroup {
  readonly hosts: readonly string[];
  readonly target: string;
}

/** As few rules as possible: names of one target together, in the order in which they are written. */
export function redirectGroups(redirects: readonly Redirect[]): readonly RedirectGroup[] {
  return [...new Set(redirects.map(({ to }) => to))].flatMap((target) => {
    const hosts = redirects.flatMap(({ from, to }) => (to === target ? [from] : []));
    return chunks(hosts, MOST_CONDITION_VALUES).map((some) => ({ hosts: some, target }));
  });
}

interface PrioritisedRoute {
  readonly priority?: number;
  readonly host?: string;
}

/**
 * The priorities that are free before every route that matches all host names: redirects have to be matched first. The lowest are
 * first, so that another redirect at the end moves no rule.
 */
export function redirectPriorities(routes: readonly PrioritisedRoute[], count: number): readonly number[] {
  const explicit = routes.flatMap(({ priority, host }) => (priority === undefined ? [] : [{ priority, host }]));
  const end = Math.min(
    ...explicit.flatMap(({ priority, host }) => (host === undefined ? [priority] : [])),
    explicit.length + count + 1,
  );
  const taken = new Set(explicit.map(({ priority }) => priority));
  return Array.from({ length: end - 1 }, (_, index) => index + 1)
    .filter((priority) => !taken.has(priority))
    .slice(0, count);
}
