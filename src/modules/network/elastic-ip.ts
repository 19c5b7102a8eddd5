/** A public address that belongs to the environment and not to the machine that answers on it. */
import { Eip } from '@cdktf/provider-aws/lib/eip';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { keepWhenProtected } from '../../terraform/lifecycle';

export interface ElasticIpProps {
  /** Shown in the console. */
  readonly name: string;
  /** `prevent_destroy`: the address stands in DNS and in the allow lists of others, and cannot be had back. */
  readonly protect: boolean;
  /** AWS gives addresses only to a VPC that has its way to the internet. */
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
