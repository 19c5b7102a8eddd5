/**
 * The network of an environment: everything else is in it, and it changes least.
 *
 * The same on every tier, so that a change of tier plans nothing here. The public address of a single host is here, next to
 * the internet gateway, because it outlives the machine behind it.
 */
import type { App } from 'cdktf';
import type { Identity, ResolvedNetwork } from '../config/resolved/environment';
import { DataSecurityGroups } from '../modules/network/data-security-groups';
import { ElasticIp } from '../modules/network/elastic-ip';
import { Endpoints } from '../modules/network/endpoints';
import { FlowLogs } from '../modules/network/flow-logs';
import { Nat } from '../modules/network/nat';
import { ReplicaNetwork } from '../modules/network/replica-network';
import { Subnets } from '../modules/network/subnets';
import { Vpc } from '../modules/network/vpc';
import type { NetworkHandover } from '../contracts/handovers';
import { Handover } from '../terraform/handover';
import { TerraceStack, type TerraceStackProps } from '../terraform/terrace-stack';

export interface NetworkStackProps {
  readonly stack: TerraceStackProps;
  readonly identity: Identity;
  readonly protect: boolean;
  readonly network: ResolvedNetwork;
}

/** `<env>-network` */
export class NetworkStack extends TerraceStack {
  public readonly handover: Handover<NetworkHandover>;

  constructor(
    app: App,
    private readonly props: NetworkStackProps,
  ) {
    super(app, props.stack);
    const { identity, network } = props;
    const { environment: name, region } = identity;
    const vpc = new Vpc(this, 'network', { name, cidr: network.cidr });
    const subnets = this.addSubnets(vpc);
    const nat = this.addNat(vpc, subnets);
    const endpoints = new Endpoints(this, 'endpoints', {
      name,
      region,
      vpcId: vpc.id,
      routeTableIds: subnets.routeTableIds,
      privateSubnetIds: subnets.zones.map(({ privateSubnetId }) => privateSubnetId),
      interfaceServices: network.interfaceEndpoints,
    });
    this.addFlowLogs(vpc);
    const data = new DataSecurityGroups(this, 'data', { name, vpcId: vpc.id, wanted: network.dataSecurityGroups });
    this.handover = new Handover<NetworkHandover>(this, {
      vpcId: vpc.id,
      publicSubnetIds: subnets.zones.map(({ publicSubnetId }) => publicSubnetId),
      privateSubnetIds: subnets.zones.map(({ privateSubnetId }) => privateSubnetId),
      isolatedSubnetIds: subnets.zones.map(({ isolatedSubnetId }) => isolatedSubnetId),
      databaseSecurityGroupId: data.databaseId,
      cacheSecurityGroupId: data.cacheId,
      fileSystemSecurityGroupId: data.fileSystemId,
      endpointSecurityGroupId: endpoints.securityGroupId,
      replicaNetworks: this.addReplicaNetworks(),
      natGatewayIds: Object.keys(nat.gatewayIds).length === 0 ? undefined : nat.gatewayIds,
      natInstanceGroupName: nat.instanceGroupName,
      boxAddress: this.addBoxAddress(vpc),
    });
  }

  /** Stays when the host is replaced, and until the `box` section goes. */
  private addBoxAddress(vpc: Vpc): NetworkHandover['boxAddress'] {
    const { identity, network, protect } = this.props;
    if (!network.boxAddress) return undefined;
    const { allocationId, publicIp } = new ElasticIp(this, 'box', {
      name: `${identity.environment}-box`,
      protect,
      internetGateway: vpc.internetGateway,
    });
    return { allocationId, publicIp };
  }

  private addSubnets(vpc: Vpc): Subnets {
    const { identity, network } = this.props;
    return new Subnets(this, 'subnets', {
      name: identity.environment,
      vpcId: vpc.id,
      internetGatewayId: vpc.internetGateway.id,
      zones: network.zones,
      plan: network.subnets,
    });
  }

  private addNat(vpc: Vpc, { zones }: Subnets): Nat {
    const { identity, network } = this.props;
    const nat = new Nat(this, 'nat', {
      name: identity.environment,
      region: identity.region,
      accountId: () => this.accountId,
      choice: network.nat,
      vpcId: vpc.id,
      vpcCidr: network.cidr,
      zones,
      tags: identity.tags,
    });
    if (nat.publicIps.length > 0) {
      this.addOutput(
        'nat_public_ips',
        'What others see as the source of calls from here: give them these for allow lists',
        nat.publicIps.join(', '),
      );
    }
    return nat;
  }

  private addFlowLogs(vpc: Vpc): void {
    const { identity, network } = this.props;
    if (network.flowLogs === undefined) return;
    new FlowLogs(this, 'flow-logs', {
      name: identity.environment,
      logGroupName: `${identity.path}/vpc-flow-logs`,
      retentionDays: network.flowLogs.retentionDays,
      traffic: network.flowLogs.traffic,
      vpcId: vpc.id,
      region: identity.region,
      accountId: this.accountId,
    });
  }

  private addReplicaNetworks(): NetworkHandover['replicaNetworks'] {
    const { identity, network } = this.props;
    return Object.fromEntries(
      network.replicaNetworks.map((replica) => {
        const { subnetIds, securityGroupId } = new ReplicaNetwork(this, `replica-${replica.region}`, {
          ...replica,
          name: identity.environment,
        });
        return [replica.region, { subnetIds, securityGroupId }];
      }),
    );
  }
}
