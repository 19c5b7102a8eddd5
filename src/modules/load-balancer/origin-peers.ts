/** Who may reach a load balancer on its public ports. */
import { DataAwsEc2ManagedPrefixList } from '@cdktf/provider-aws/lib/data-aws-ec2-managed-prefix-list';
import type { Construct } from 'constructs';
import type { ResolvedEdge } from '../../config/resolved/edge';
import { CLOUDFLARE_IPV4 } from '../../config/tables/cloudflare-ranges';
import type { Peer } from '../security-group/security-group';

/** CloudFront's addresses towards origins, kept by AWS in every region. */
const CLOUDFRONT_PREFIX_LIST = 'com.amazonaws.global.cloudfront.origin-facing';

/** The peers that the environment's edge admits. Call it once per scope: CloudFront's list is a look-up with a fixed id. */
export function originPeers(scope: Construct, admits: ResolvedEdge['originAdmits']): readonly Peer[] {
  switch (admits) {
    case 'everybody':
      return [{ cidr: '0.0.0.0/0' }];
    case 'cloudfront':
      return [{ prefixListId: new DataAwsEc2ManagedPrefixList(scope, 'cloudfront', { name: CLOUDFRONT_PREFIX_LIST }).id }];
    case 'cloudflare':
      return CLOUDFLARE_IPV4.map((cidr) => ({ cidr }));
  }
}
