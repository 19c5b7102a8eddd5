/** The outputs of a public load balancer: its name, and the URLs of the hosts that it serves. */
import type { ResolvedService } from '../../config/resolved/environment';
import { outputName } from '../../terraform/output-name';
import type { TerraceStack } from '../../terraform/terrace-stack';

export interface AddressOutputs {
  readonly workloads: { readonly services: readonly Pick<ResolvedService, 'routes'>[] };
  /** Under which services receive requests. */
  readonly names: readonly string[];
  /** Left out without a load balancer, and with an internal one: then there are no outputs. */
  readonly loadBalancerDnsName?: string;
}

export function addAddressOutputs(stack: TerraceStack, { workloads, names, loadBalancerDnsName }: AddressOutputs): void {
  if (loadBalancerDnsName === undefined) return;
  stack.addOutput('load_balancer_dns_name', 'The host names must point to it', loadBalancerDnsName);
  for (const host of servedHosts(workloads, names)) {
    stack.addOutput(`url_${outputName(host)}`, `Answers once ${host} points to the load balancer`, `https://${host}`);
  }
}

/** The names that a route serves: all of them if a route has no host. */
function servedHosts({ services }: AddressOutputs['workloads'], names: readonly string[]): readonly string[] {
  const hosts = services.flatMap(({ routes }) => routes.map(({ host }) => host));
  return hosts.includes(undefined) ? names : names.filter((name) => hosts.includes(name));
}
