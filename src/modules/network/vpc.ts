/** The VPC itself: DNS, a default security group without rules, and the internet gateway. */
import { DefaultSecurityGroup } from '@cdktf/provider-aws/lib/default-security-group';
import { InternetGateway } from '@cdktf/provider-aws/lib/internet-gateway';
import { Vpc as AwsVpc } from '@cdktf/provider-aws/lib/vpc';
import { Construct } from 'constructs';

export interface VpcProps {
  /** Shown in the console. */
  readonly name: string;
  /** Changing it replaces the VPC and everything in it. */
  readonly cidr: string;
}

/** An empty VPC with an internet gateway, which only public route tables use. */
export class Vpc extends Construct {
  public readonly id: string;
  public readonly internetGateway: InternetGateway;

  constructor(scope: Construct, id: string, { name, cidr }: VpcProps) {
    super(scope, id);
    this.id = closedVpc(this, { name, cidr });
    this.internetGateway = new InternetGateway(this, 'internet', { vpcId: this.id, tags: { Name: name } });
  }
}

export interface ClosedVpcProps extends VpcProps {
  /** Another region than the provider's. */
  readonly region?: string;
}

/**
 * A VPC with DNS, a default security group without rules (EC2.2), and no internet gateway.
 * @returns the VPC's id
 */
export function closedVpc(scope: Construct, { name, cidr, region }: ClosedVpcProps): string {
  const vpc = new AwsVpc(scope, 'vpc', {
    cidrBlock: cidr,
    // Private DNS of interface endpoints, and the names of RDS and EFS, need both.
    enableDnsSupport: true,
    enableDnsHostnames: true,
    region,
    tags: { Name: name },
  });
  // Managed here without rules: a resource that names no security group has no network access.
  const group = new DefaultSecurityGroup(scope, 'default-group', {
    vpcId: vpc.id,
    region,
    tags: { Name: `${name}-default-closed` },
  });
  // Written out as empty, so that a rule added by hand shows as a difference; as overrides, because these two are
  // attributes that only look like blocks, and HCL needs `ingress = []`.
  group.addOverride('ingress', []);
  group.addOverride('egress', []);
  return vpc.id;
}
