/** Who may reach a load balancer on its public ports. */
import { DataAwsEc2ManagedPrefixList } from '@cdktf/provider-aws/lib/data-aws-ec2-managed-prefix-list';
import type { ResolvedEdge } from '../../config/resolved/edge';
import { CLOUDFLARE_IPV4 } from '../../config/tables/cloudflare-ranges';
import type { Peer } from '../security-group/security-group';
import type { TerraceStack } from '../../terraform/terrace-stack';

/** CloudFront's addresses towards origins, kept by AWS in every region. */
const CLOUDFRONT_PREFIX_LIST = 'com.amazonaws.global.cloudfront.origin-facing';

/** The id of CloudFront's managed prefix list in the stack's region. */
export function cloudFrontPrefixListId(stack: TerraceStack): string {
  return new DataAwsEc2ManagedPrefixList(stack, 'cloudfront', { name: CLOUDFRONT_PREFIX_LIST }).id;
}

/** The peers that the environment's edge lets through. */
export function originPeers(stack: TerraceStack, admits: ResolvedEdge['originAdmits']): readonly Peer[] {
  switch (admits) {
    case 'everybody':
      return [{ cidr: '0.0.0.0/0' }];
    case 'cloudfront':
      return [{ prefixListId: cloudFrontPrefixListId(stack) }];
    case 'cloudflare':
      return CLOUDFLARE_IPV4.map((cidr) => ({ cidr }));
  }
}
