/**
 * How private subnets reach the internet: not at all, through one small instance, or through managed gateways.
 *
 * The private default routes have the same Terraform addresses with each choice. A change therefore creates the new NAT, changes
 * the routes in place, and only then destroys the old NAT; from `single` to `per-az` the first gateway and its public address
 * stay.
 */
import { Eip } from '@cdktf/provider-aws/lib/eip';
import { NatGateway } from '@cdktf/provider-aws/lib/nat-gateway';
import { Route } from '@cdktf/provider-aws/lib/route';
import { Construct } from 'constructs';
import type { ResolvedNetwork } from '../../config/resolved/environment';
import { NatInstance } from './nat-instance';
import { ANYWHERE, type ZoneNetwork } from './subnets';

export interface NatProps {
  /** The environment's name. */
  readonly name: string;
  readonly region: string;
  /** Asked for with an instance only: an environment that names no account looks it up. */
  readonly accountId: () => string;
  readonly choice: ResolvedNetwork['nat'];
  readonly vpcId: string;
  readonly vpcCidr: string;
  readonly zones: readonly ZoneNetwork[];
  /** For what Auto Scaling launches: the provider's default tags do not reach it. */
  readonly tags: Readonly<Record<string, string>>;
}

type Target = { readonly natGatewayId: string } | { readonly networkInterfaceId: string };

/** The chosen NAT, and the private subnets' default routes to it. */
export class Nat extends Construct {
  /** The public source addresses of outgoing traffic; empty without NAT. */
  public readonly publicIps: readonly string[];
  /** Zone to its managed gateway; empty without gateways. */
  public readonly gatewayIds: Readonly<Record<string, string>>;
  /** The auto-scaling group of a NAT instance. */
  public readonly instanceGroupName?: string;
  private readonly gateways: Record<string, string> = {};

  constructor(
    scope: Construct,
    id: string,
    private readonly props: NatProps,
  ) {
    super(scope, id);
    this.publicIps = this.build();
    this.gatewayIds = this.gateways;
    if (props.choice === 'instance') this.instanceGroupName = `${props.name}-nat`;
  }

  private build(): readonly string[] {
    const { choice, zones } = this.props;
    switch (choice) {
      case 'none':
        return [];
      case 'instance':
        return this.viaInstance();
      case 'single':
        return this.viaOneGateway();
      case 'per-az':
        return zones.map((zone) => {
          const { id, publicIp } = this.gateway(zone);
          this.route(zone, { natGatewayId: id });
          return publicIp;
        });
    }
  }

  private viaInstance(): readonly string[] {
    const { name, region, accountId, vpcId, vpcCidr, zones, tags } = this.props;
    const { zone, publicSubnetId, internetAccess } = this.firstZone();
    const instance = new NatInstance(this, 'instance', {
      name: `${name}-nat`,
      region,
      accountId: accountId(),
      vpcId,
      vpcCidr,
      zone,
      subnetId: publicSubnetId,
      clients: zones.map((client) => ({ zone: client.zone, cidr: client.privateCidr })),
      internetAccess,
      tags,
    });
    for (const client of zones) this.route(client, { networkInterfaceId: instance.networkInterfaceId });
    return [instance.publicIp];
  }

  private viaOneGateway(): readonly string[] {
    const { id, publicIp } = this.gateway(this.firstZone());
    for (const zone of this.props.zones) this.route(zone, { natGatewayId: id });
    return [publicIp];
  }

  private gateway({ zone, publicSubnetId, internetAccess }: ZoneNetwork): { readonly id: string; readonly publicIp: string } {
    const tags = { Name: `${this.props.name}-nat-${zone}` };
    const dependsOn = [...internetAccess];
    const address = new Eip(this, `address-${zone}`, { domain: 'vpc', tags, dependsOn });
    const gateway = new NatGateway(this, `gateway-${zone}`, {
      allocationId: address.allocationId,
      subnetId: publicSubnetId,
      tags,
      dependsOn,
    });
    this.gateways[zone] = gateway.id;
    return { id: gateway.id, publicIp: address.publicIp };
  }

  private route({ zone, privateRouteTableId }: ZoneNetwork, target: Target): void {
    new Route(this, `out-${zone}`, { routeTableId: privateRouteTableId, destinationCidrBlock: ANYWHERE, ...target });
  }

  private firstZone(): ZoneNetwork {
    const [first] = this.props.zones;
    if (first === undefined) throw new RangeError('NAT needs at least one zone');
    return first;
  }
}
