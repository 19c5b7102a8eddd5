/** A small VPC in another region for a copy of the database: two subnets, one security group without rules, no route out. */
import { RouteTable } from '@cdktf/provider-aws/lib/route-table';
import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association';
import { Subnet } from '@cdktf/provider-aws/lib/subnet';
import { Construct } from 'constructs';
import { resourceName } from '../../config/names';
import type { ResolvedReplicaNetwork } from '../../config/resolved/environment';
import { ClosedSecurityGroup } from '../security-group/security-group';
import { closedVpc } from './vpc';

export interface ReplicaNetworkProps extends ResolvedReplicaNetwork {
  /** The environment's name. */
  readonly name: string;
}

/**
 * The network of a replica's region. RDS replicates over AWS's own network, so it needs no route, no gateway and no
 * peering. Reading the replica from elsewhere needs a connection to this VPC, which is not created here.
 */
export class ReplicaNetwork extends Construct {
  public readonly subnetIds: readonly string[];
  public readonly securityGroupId: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ReplicaNetworkProps,
  ) {
    super(scope, id);
    const { region, cidr } = props;
    const vpcId = closedVpc(this, { name: this.named('replica'), cidr, region });
    this.subnetIds = this.isolatedSubnets(vpcId);
    this.securityGroupId = this.securityGroup(vpcId);
  }

  private isolatedSubnets(vpcId: string): readonly string[] {
    const { region, subnets, zones } = this.props;
    const routes = new RouteTable(this, 'routes', { vpcId, region, tags: { Name: this.named('replica-isolated') } });
    return ([0, 1] as const).map((index) => {
      const zone = zones[index];
      const subnet = new Subnet(this, `isolated-${zone}`, {
        vpcId,
        availabilityZone: zone,
        cidrBlock: subnets[index],
        mapPublicIpOnLaunch: false,
        region,
        tags: { Name: this.named(`replica-isolated-${zone}`) },
      });
      new RouteTableAssociation(this, `isolated-${zone}-association`, { subnetId: subnet.id, routeTableId: routes.id, region });
      return subnet.id;
    });
  }

  private securityGroup(vpcId: string): string {
    return new ClosedSecurityGroup(this, 'database', {
      name: resourceName(this.props.name, 'replica-database', 'securityGroup'),
      description: 'Postgres replica: whoever may connect adds a rule for itself',
      vpcId,
      region: this.props.region,
    }).id;
  }

  private named(thing: string): string {
    return `${this.props.name}-${thing}`;
  }
}
