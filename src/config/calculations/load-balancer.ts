/** Whether an environment's services are behind a load balancer. Pure. */

/** The sections that decide it. */
export interface BalancedSections {
  readonly tier: string;
  readonly nextTier?: string;
  readonly box?: { readonly instances: { readonly max: number } };
  readonly services: Readonly<Record<string, { readonly routes: readonly unknown[] }>>;
}

/** Whether the tier that serves, or the one that waits, puts the services behind a load balancer. */
export function hasLoadBalancer(sections: BalancedSections): boolean {
  const { tier, nextTier } = sections;
  return isBalanced(sections, tier) || (nextTier !== undefined && isBalanced(sections, nextTier));
}

/** Whether a tier is one host, which visitors reach directly. */
export function isSingleHost(box: BalancedSections['box'], tier: string): boolean {
  return tier === 'box' && box?.instances.max === 1;
}

/** Whether one of the tiers does: a single host answers itself. */
export function isBalanced({ box, services }: BalancedSections, tier: string): boolean {
  const routed = Object.values(services).some(({ routes }) => routes.length > 0);
  return routed && (tier !== 'box' || (box !== undefined && box.instances.max > 1));
}
