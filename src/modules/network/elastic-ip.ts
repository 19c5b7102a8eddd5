/** A public address that belongs to the environment, not to the instance that uses it. */
import { Eip } from '@cdktf/provider-aws/lib/eip';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { keepWhenProtected } from '../../terraform/lifecycle';

export interface ElasticIpProps {
  /** Shown in the console. */
  readonly name: string;
  /** `prevent_destroy`: the address is in DNS and in the allow lists of others, and a released address cannot be recovered. */
  readonly protect: boolean;
  /** AWS assigns addresses only in a VPC with an internet gateway. */
  readonly internetGateway: ITerraformDependable;
}

/** An Elastic IP; about $3.60 a month, in use or not. */
export class ElasticIp extends Construct {
  public readonly allocationId: string;
  public readonly publicIp: string;

  constructor(scope: Construct, id: string, { name, protect, internetGateway }: ElasticIpProps) {
    super(scope, id);
    const address = new Eip(this, 'address', {
      domain: 'vpc',
      tags: { Name: name },
      lifecycle: keepWhenProtected(protect),
      dependsOn: [internetGateway],
    });
    this.allocationId = address.allocationId;
    this.publicIp = address.publicIp;
  }
}
