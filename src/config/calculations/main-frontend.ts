/** Which of an environment's frontends answers at the domain's names. Pure. */

/** Frontends that are behind the CDN, or would be if there were one. A Pages frontend has names of its own at Cloudflare. */
const AT_DOMAIN: readonly string[] = ['amplify', 'static-site', 'service'];

/** The frontend that gets what no other path matches; the rules allow one at most. */
export function mainFrontend<F extends { readonly kind: string }>(
  frontends: Readonly<Record<string, F>>,
): (F & { readonly key: string }) | undefined {
  const found = Object.entries(frontends).find(([, { kind }]) => AT_DOMAIN.includes(kind));
  return found && { ...found[1], key: found[0] };
}
