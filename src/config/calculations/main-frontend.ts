/** Which of an environment's frontends answers at the domain's names. Pure. */

/** Frontends that are behind the CDN, or would be if there were one. A Pages frontend has separate names at Cloudflare. */
const AT_DOMAIN: readonly string[] = ['amplify', 'static-site', 'service'];

/** The frontend that serves every path without a rule; the rules allow one at most. */
export function mainFrontend<F extends { readonly kind: string }>(
  frontends: Readonly<Record<string, F>>,
): (F & { readonly key: string }) | undefined {
  const found = Object.entries(frontends).find(([, { kind }]) => AT_DOMAIN.includes(kind));
  return found && { ...found[1], key: found[0] };
}
