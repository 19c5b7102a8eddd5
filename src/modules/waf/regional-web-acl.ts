/** The web ACL before a load balancer; before CloudFront it stands in the edge stack. */
import type { ResolvedEdge } from '../../config/resolved/edge';
import type { MonitoredResources } from '../observability/monitored-resources';
import { WebAcl } from './web-acl';
import type { TerraceStack } from '../../terraform/terrace-stack';

/** The environment's web ACL in its own region, or nothing where there is none or CloudFront has it. */
export function regionalWebAcl(stack: TerraceStack, { waf }: ResolvedEdge, region: string): WebAcl | undefined {
  if (waf?.scope !== 'REGIONAL') return undefined;
  return new WebAcl(stack, 'web-acl', { waf, region, accountId: stack.accountId });
}

/** The web ACL of a load balancer as observability monitors it. */
export function regionalFirewalls(metricName: string | undefined): MonitoredResources['firewalls'] {
  return metricName === undefined ? [] : [{ key: 'load balancer', metricName, scope: 'regional' }];
}
