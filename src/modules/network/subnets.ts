/**
 * Public, private and isolated subnets, one of each in every zone, with their route tables.
 *
 *   public     one table, default route to the internet gateway: public load balancers, NAT
 *   private    a table for each zone, default route by NAT (nat.ts): containers
 *   isolated   one table without a default route: databases, caches, internal load balancers
 *
 * Everything is identified by its zone's name: a third zone is added without a change to the first two.
 */
import { Route } from '@cdktf/provider-aws/lib/route';
import { RouteTable } from '@cdktf/provider-aws/lib/route-table';
import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association';
import { Subnet } from '@cdktf/provider-aws/lib/subnet';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { SubnetPlan } from '../../config/calculations/subnets';

/** The whole of IPv4. */
export const ANYWHERE = '0.0.0.0/0';

/**
 * The AWS load balancer controller finds subnets by these tags. They are set on every tier, so that a move to Kubernetes changes
 * nothing here.
 */
const ROLE_TAGS: Readonly<Record<keyof SubnetPlan, Readonly<Record<string, string>>>> = {
  public: { 'kubernetes.io/role/elb': '1' },
  private: { 'kubernetes.io/role/internal-elb': '1' },
  isolated: {},
};

export interface SubnetsProps {
  /** The environment's name, as in `<name>-private-eu-west-1a`. */
  readonly name: string;
  readonly vpcId: string;
  readonly internetGatewayId: string;
  /** Full zone names, such as `eu-west-1a`. */
  readonly zones: readonly string[];
  /** CIDRs in the order of the zones. */
  readonly plan: SubnetPlan;
}

/** The subnets and routes of one zone. */
export interface ZoneNetwork {
  readonly zone: string;
  readonly publicSubnetId: string;
  readonly privateSubnetId: string;
  readonly privateCidr: string;
  /** Has no default route until NAT adds one. */
  readonly privateRouteTableId: string;
  readonly isolatedSubnetId: string;
  /** What must exist before anything in the public subnet reaches the internet. */
  readonly internetAccess: readonly ITerraformDependable[];
}

/** What the zones have in common. */
interface SharedRoutes {
  readonly publicTable: RouteTable;
  readonly isolatedTable: RouteTable;
  readonly internet: Route;
}

/** Every subnet and route table of a VPC. */
export class Subnets extends Construct {
  public readonly zones: readonly ZoneNetwork[];
  /** Every route table, for gateway endpoints. */
  public readonly routeTableIds: readonly string[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: SubnetsProps,
  ) {
    super(scope, id);
    const publicTable = this.routeTable('public');
    const isolatedTable = this.routeTable('isolated');
    const shared = { publicTable, isolatedTable, internet: this.routeToInternet(publicTable) };
    this.zones = props.zones.map((zone, index) => this.zoneNetwork(zone, index, shared));
    this.routeTableIds = [publicTable.id, ...this.zones.map(({ privateRouteTableId }) => privateRouteTableId), isolatedTable.id];
  }

  /** The three subnets of a zone, each with its route table. */
  private zoneNetwork(zone: string, index: number, { publicTable, isolatedTable, internet }: SharedRoutes): ZoneNetwork {
    const cidrs = this.cidrsOf(zone, index);
    const privateTable = this.routeTable(`private-${zone}`);
    const publicSubnet = this.subnet('public', zone, cidrs.public);
    const privateSubnet = this.subnet('private', zone, cidrs.private);
    const isolatedSubnet = this.subnet('isolated', zone, cidrs.isolated);
    this.associate(`private-${zone}`, privateSubnet, privateTable);
    this.associate(`isolated-${zone}`, isolatedSubnet, isolatedTable);
    return {
      zone,
      publicSubnetId: publicSubnet.id,
      privateSubnetId: privateSubnet.id,
      privateCidr: cidrs.private,
      privateRouteTableId: privateTable.id,
      isolatedSubnetId: isolatedSubnet.id,
      internetAccess: [internet, this.associate(`public-${zone}`, publicSubnet, publicTable)],
    };
  }

  private cidrsOf(zone: string, index: number): Readonly<Record<keyof SubnetPlan, string>> {
    const { plan } = this.props;
    const [publicCidr, privateCidr, isolatedCidr] = [plan.public[index], plan.private[index], plan.isolated[index]];
    if (publicCidr === undefined || privateCidr === undefined || isolatedCidr === undefined) {
      throw new RangeError(`the subnet plan has no CIDRs for zone ${zone}: give one of each kind for every zone`);
    }
    return { public: publicCidr, private: privateCidr, isolated: isolatedCidr };
  }

  private subnet(kind: keyof SubnetPlan, zone: string, cidrBlock: string): Subnet {
    return new Subnet(this, `${kind}-${zone}`, {
      vpcId: this.props.vpcId,
      availabilityZone: zone,
      cidrBlock,
      // In public subnets as well (EC2.15): load balancers and NAT have their own addresses.
      mapPublicIpOnLaunch: false,
      tags: { Name: `${this.props.name}-${kind}-${zone}`, ...ROLE_TAGS[kind] },
    });
  }

  private routeTable(id: string): RouteTable {
    const { vpcId, name } = this.props;
    return new RouteTable(this, `${id}-routes`, { vpcId, tags: { Name: `${name}-${id}` } });
  }

  /** A separate resource, not a block of its table: blocks would remove the routes of NAT and gateway endpoints. */
  private routeToInternet(table: RouteTable): Route {
    return new Route(this, 'public-internet', {
      routeTableId: table.id,
      destinationCidrBlock: ANYWHERE,
      gatewayId: this.props.internetGatewayId,
    });
  }

  private associate(id: string, subnet: Subnet, table: RouteTable): RouteTableAssociation {
    return new RouteTableAssociation(this, `${id}-association`, { subnetId: subnet.id, routeTableId: table.id });
  }
}
