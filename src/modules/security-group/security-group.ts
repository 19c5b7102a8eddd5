/** Security groups that start closed, and rules that open one port from one group to another. */
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';

export interface ClosedSecurityGroupProps {
  readonly name: string;
  /** Shown in the console; cannot be changed without replacing the group. */
  readonly description: string;
  readonly vpcId: string;
  /** Another region than the provider's. */
  readonly region?: string;
}

/** A group without any rule: Terraform also takes AWS's default "everything out" away. */
export class ClosedSecurityGroup extends Construct {
  public readonly id: string;

  constructor(scope: Construct, id: string, props: ClosedSecurityGroupProps) {
    super(scope, id);
    const group = new SecurityGroup(this, 'group', {
      name: props.name,
      description: props.description,
      vpcId: props.vpcId,
      region: props.region,
      revokeRulesOnDelete: true,
      tags: { Name: props.name },
    });
    this.id = group.id;
  }
}

/** The other side of a rule. */
export type Peer = { readonly securityGroupId: string } | { readonly cidr: string } | { readonly prefixListId: string };

export interface RuleProps {
  readonly securityGroupId: string;
  readonly peer: Peer;
  readonly port: number;
  /** @default 'tcp' */
  readonly protocol?: 'tcp' | 'udp';
  readonly description: string;
}

function peerAttributes(peer: Peer) {
  if ('securityGroupId' in peer) return { referencedSecurityGroupId: peer.securityGroupId };
  return 'cidr' in peer ? { cidrIpv4: peer.cidr } : { prefixListId: peer.prefixListId };
}

const portAttributes = ({ securityGroupId, peer, port, protocol, description }: RuleProps) => ({
  securityGroupId,
  ...peerAttributes(peer),
  ipProtocol: protocol ?? 'tcp',
  fromPort: port,
  toPort: port,
  description,
});

/** Lets the peer in, on one port. The rule is returned for what must wait until it is there. */
export function allowIngress(scope: Construct, id: string, props: RuleProps): ITerraformDependable {
  return new VpcSecurityGroupIngressRule(scope, id, portAttributes(props));
}

/** Lets the group out to the peer, on one port. The rule is returned for what must wait until it is there. */
export function allowEgress(scope: Construct, id: string, props: RuleProps): ITerraformDependable {
  return new VpcSecurityGroupEgressRule(scope, id, portAttributes(props));
}

/** Opens one port between two groups, on both sides. */
export function connect(
  scope: Construct,
  id: string,
  props: { readonly from: string; readonly to: string; readonly port: number; readonly description: string },
): readonly ITerraformDependable[] {
  const { from, to, port, description } = props;
  return [
    allowEgress(scope, `${id}-out`, { securityGroupId: from, peer: { securityGroupId: to }, port, description }),
    allowIngress(scope, `${id}-in`, { securityGroupId: to, peer: { securityGroupId: from }, port, description }),
  ];
}
