/** Which of an environment's frontends answers at the domain's names. Pure. */

/** Frontends that are behind the CDN, or would be if there were one. A Pages frontend has separate names at Cloudflare. */
const AT_DOMAIN: readonly string[] = ['amplify', 'static-site', 'service'];

/** What decides it. */
interface Placed {
  readonly kind: string;
  readonly hosts?: readonly string[];
}

/** The frontend that serves every path without a rule; the rules allow one at most. One with `hosts` serves these alone. */
export function mainFrontend<F extends Placed>(
  frontends: Readonly<Record<string, F>>,
): (F & { readonly key: string }) | undefined {
  const found = Object.entries(frontends).find(([, { kind, hosts }]) => AT_DOMAIN.includes(kind) && hosts === undefined);
  return found && { ...found[1], key: found[0] };
}
