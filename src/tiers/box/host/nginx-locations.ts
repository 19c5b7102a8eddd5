/** Locations of nginx that match paths as a load balancer does. Pure text. */
import { matchesPattern, patternExpression } from '../../../config/calculations/path-patterns';
import type { HostSite } from './types';

/**
 * The `location` blocks of a site.
 * @param upstreamOf what answers for a port of a service
 */
export function nginxLocations({ locations }: HostSite, upstreamOf: (port: number) => string): string {
  const prefixesOnly = locations.every(({ path }) => prefixOf(path) !== undefined || !isPattern(path));
  const match = prefixesOnly ? prefixMatch : orderedMatch;
  return locations.map(({ path, port }) => location(match(path), port, upstreamOf(port))).join('\n\n');
}

function location(match: string, port: number, upstream: string): string {
  return `    location ${match} {
        include terrace/proxy.conf;
        proxy_pass http://${upstream};
        proxy_redirect http://127.0.0.1:${port}/ /;
    }`;
}

/** The port that answers a path: of the first location that matches it, because the most specific ones are first. */
export function routedPort({ locations }: HostSite, path: string): number | undefined {
  const matches = (pattern: string): boolean => {
    const prefix = prefixOf(pattern);
    if (prefix !== undefined) return path.startsWith(prefix);
    return matchesPattern(pattern, path);
  };
  return locations.find((location) => matches(location.path))?.port;
}

/** Prefixes and exact paths: nginx takes the exact match, then the longest prefix, which is "most specific first". */
function prefixMatch(path: string): string {
  return prefixOf(path) ?? `= ${path}`;
}

/** Where one pattern is not a prefix, all of them become regular expressions, which nginx tries in their order. */
function orderedMatch(path: string): string {
  if (path === '/') return '/';
  const prefix = prefixOf(path);
  const pattern = prefix === undefined ? `${patternExpression(path)}$` : patternExpression(prefix);
  return `~ "^${pattern}"`;
}

/** `/api/` and `/api/*` are the prefix `/api/`, `/api*` is `/api`; other paths are no prefix. */
function prefixOf(path: string): string | undefined {
  const prefix = path.endsWith('*') ? path.slice(0, -1) : path;
  if (isPattern(prefix)) return undefined;
  return path.endsWith('*') || path.endsWith('/') ? prefix : undefined;
}

function isPattern(path: string): boolean {
  return /[*?]/.test(path);
}
