/** An internal load balancer as an origin that CloudFront connects to inside the VPC. */
import { CloudfrontVpcOrigin } from '@cdktf/provider-aws/lib/cloudfront-vpc-origin';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import { PORTS } from '../../config/tables/ports';
import type { LoadBalancerHandover } from '../../contracts/handovers';
import { replacementOf } from '../../terraform/lifecycle';
import { TerraformData } from '../../terraform/terraform-data';

/** AWS deploys an origin in up to 15 minutes, which is also the provider's own limit (terraform-aws-cloudfront#163). */
const TIMEOUT = '30m';

/** Characters that distinguish the origins of two load balancers, which exist at the same time during a replacement. */
const SUFFIX_LENGTH = 8;

export type OriginBalancer = Pick<LoadBalancerHandover, 'arn' | 'dnsName'>;

export interface VpcOriginProps {
  /** Unique in the account; gets a suffix for each load balancer. */
  readonly name: string;
  readonly balancerArn: string;
}

/**
 * CloudFront creates network interfaces in the load balancer's subnets, over HTTPS only. An origin that a distribution uses cannot
 * be changed ("CannotUpdateEntityWhileInUse", hashicorp/terraform-provider-aws#40905). A load balancer that was recreated
 * therefore gets a new origin, to which the distribution moves before the old one is deleted.
 */
export class VpcOrigin extends Construct {
  public readonly id: string;

  constructor(scope: Construct, id: string, { name, balancerArn }: VpcOriginProps) {
    super(scope, id);
    const balancer = new TerraformData(this, 'balancer', { arn: balancerArn });
    const origin = new CloudfrontVpcOrigin(this, 'origin', {
      vpcOriginEndpointConfig: [
        {
          name: `${name}-${Fn.substr(balancer.id, 0, SUFFIX_LENGTH)}`,
          arn: balancerArn,
          httpPort: PORTS.http,
          httpsPort: PORTS.https,
          originProtocolPolicy: 'https-only',
          originSslProtocols: [{ items: ['TLSv1.2'], quantity: 1 }],
        },
      ],
      timeouts: { create: TIMEOUT, update: TIMEOUT, delete: TIMEOUT },
      lifecycle: { createBeforeDestroy: true, replaceTriggeredBy: [replacementOf(balancer)] },
    });
    this.id = origin.id;
  }
}
