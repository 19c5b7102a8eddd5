/** Which host names frontends have for themselves, and which are left. Pure. */

interface Placed {
  readonly kind: string;
  readonly hosts?: readonly string[];
}

type Frontends = Readonly<Record<string, Placed>>;

interface Named {
  readonly domain?: { readonly names: readonly string[] };
  readonly frontends: Frontends;
}

/** Whether a frontend has a distribution of its own. */
export function hasOwnHosts(frontends: Frontends): boolean {
  return hostsOf(frontends, () => true).length > 0;
}

/** The names that no frontend has for itself: those of `edge.cdn`, or of the tier. */
export function unclaimedNames({ domain, frontends }: Named): readonly string[] {
  const claimed = hostsOf(frontends, () => true);
  return (domain?.names ?? []).filter((name) => !claimed.includes(name));
}

/** The names under which services receive requests: all but those of frontends that are no service. */
export function serviceNames({ domain, frontends }: Named): readonly string[] {
  const claimed = hostsOf(frontends, (kind) => kind !== 'service');
  return (domain?.names ?? []).filter((name) => !claimed.includes(name));
}

function hostsOf(frontends: Frontends, of: (kind: string) => boolean): readonly string[] {
  return Object.values(frontends).flatMap(({ kind, hosts }) => (of(kind) ? (hosts ?? []) : []));
}
