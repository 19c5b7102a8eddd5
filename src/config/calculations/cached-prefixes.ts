/** Which paths CloudFront serves from its cache, as prefixes. Pure. */
import { mainFrontend } from './main-frontend';

/** A path pattern whose only wildcard is a `*` at its end: the paths that begin with what is in front of it. */
const PREFIX_PATTERN = /^([^*?]+)\*$/;

/** What decides which files of a frontend CloudFront caches. */
export interface CachedFrontend {
  readonly edge: { readonly cdn?: object };
  readonly frontends: Readonly<Record<string, { readonly kind: string; readonly cachedPaths?: readonly string[] }>>;
}

/** The prefixes of the frontend's `cachedPaths`. Patterns that are not prefixes are left out: a prefix would match more. */
export function cachedPrefixes({ edge, frontends }: CachedFrontend): readonly string[] {
  if (edge.cdn === undefined) return [];
  const { cachedPaths = [] } = mainFrontend(frontends) ?? {};
  return cachedPaths.flatMap((pattern) => PREFIX_PATTERN.exec(pattern)?.[1] ?? []);
}
