/** Two networks of EC2 in memory, for routes of moves: rules, tables and peerings, and a command that is killed at any call. */
import type { NetworkEnd } from '../../src/operations/network-end';

const refused = (name: string) => Object.assign(new Error(name), { name });

interface Rule {
  readonly SecurityGroupRuleId: string;
  readonly GroupId: string;
  readonly IsEgress: boolean;
  readonly peer: string;
  readonly port: number;
  readonly Tags: readonly Tag[];
}

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

interface Peering {
  readonly VpcPeeringConnectionId: string;
  readonly RequesterVpcInfo: { readonly VpcId: string };
  readonly AccepterVpcInfo: { readonly VpcId: string };
  readonly Tags: readonly Tag[];
  Status: { Code: string; Message?: string };
  looks: number;
}

/** A kill: nothing after it is done. */
export class KilledAtCall extends Error {}

export class NetworkOfAws {
  public readonly rules: Rule[] = [];
  public readonly peerings: Peering[] = [];
  /** Subnet to network; the first of each end has a table of its own, the second the main table. */
  public readonly cidrs: Record<string, string> = {
    'subnet-new-1': '10.1.0.0/24',
    'subnet-new-2': '10.1.1.0/24',
    'subnet-old-1': '10.2.0.0/24',
    'subnet-old-2': '10.2.1.0/24',
  };
  public readonly tables = ['new', 'old'].flatMap((side) => [
    { RouteTableId: `rtb-${side}-main`, VpcId: `vpc-${side}`, Associations: [{ Main: true }], Routes: [] as any[] },
    {
      RouteTableId: `rtb-${side}-1`,
      VpcId: `vpc-${side}`,
      Associations: [{ SubnetId: `subnet-${side}-1` }],
      Routes: [] as any[],
    },
  ]);
  /** After how many more calls the command is killed: before the call, or right after its effect. */
  public killAfter = Infinity;
  public readonly calls: string[] = [];
  private next = 1;

  /** @param region those of both sides may differ; what is found by a tag is found in its own region only */
  public end(side: 'new' | 'old', region = 'eu-west-1'): NetworkEnd {
    return {
      name: `the ${side} side`,
      aws: { options: { region }, ec2: () => Promise.resolve(this.clientOf(side, region)) } as never,
      vpcId: `vpc-${side}`,
      subnetIds: [`subnet-${side}-1`, `subnet-${side}-2`],
      securityGroupId: `sg-${side}`,
    };
  }

  public get routes(): readonly string[] {
    return this.tables.flatMap(({ RouteTableId: table, Routes: routes }) =>
      routes.map((route) => `${table} ${route.DestinationCidrBlock} ${route.VpcPeeringConnectionId ?? route.TransitGatewayId}`),
    );
  }

  /** Everything that is there, without what has been deleted. */
  public get left(): readonly string[] {
    const live = this.peerings.filter(({ Status: { Code: code } }) => code !== 'deleted');
    return [
      ...this.rules.map(({ GroupId: group, IsEgress: out, peer, port }) => `${group} ${out ? 'to' : 'from'} ${peer} ${port}`),
      ...this.routes,
      ...live.map(({ VpcPeeringConnectionId: id, Status: { Code: code } }) => `${id} ${code}`),
    ].sort();
  }

  private clientOf(side: string, region: string): object {
    const made = this.actionsOf(side, region);
    return Object.fromEntries(
      Object.entries(made).map(([name, action]) => [
        name,
        // Calls are asynchronous, and the model is not.
        // eslint-disable-next-line @typescript-eslint/require-await
        async (input: any): Promise<unknown> => {
          this.calls.push(name);
          if (this.killAfter-- <= 0) throw new KilledAtCall(name);
          const answer = action(input) ?? {};
          if (this.killAfter-- <= 0) throw new KilledAtCall(name);
          return answer;
        },
      ]),
    );
  }

  private actionsOf(side: string, region: string): Record<string, (input: any) => unknown> {
    // Regions of their own see each other's peerings only.
    const own = (id: string): boolean => region === 'eu-west-1' || id.includes(side);
    const valueOf = ({ Tags: tags }: { Tags: readonly Tag[] }) => tags.find(({ Key: key }) => key === 'terrace:move')?.Value;
    const revoke = ({ SecurityGroupRuleIds: [id] }: any): void => {
      const index = this.rules.findIndex(({ SecurityGroupRuleId: one }) => one === id);
      if (index === -1) throw refused('InvalidSecurityGroupRuleId.NotFound');
      this.rules.splice(index, 1);
    };
    const peering = (id: string): Peering => {
      const found = this.peerings.find(({ VpcPeeringConnectionId: one }) => one === id);
      if (found === undefined) throw refused('InvalidVpcPeeringConnectionID.NotFound');
      return found;
    };
    return {
      describeSubnets: ({ SubnetIds: ids }) => ({ Subnets: ids.map((id: string) => ({ CidrBlock: this.cidrs[id] })) }),
      describeSecurityGroupRules: ({ Filters: [{ Values: values }] }) => ({
        SecurityGroupRules: this.rules.filter((rule) => own(rule.GroupId) && values.includes(valueOf(rule))),
      }),
      authorizeSecurityGroupIngress: (input) => this.authorize(input, false),
      authorizeSecurityGroupEgress: (input) => this.authorize(input, true),
      revokeSecurityGroupIngress: revoke,
      revokeSecurityGroupEgress: revoke,
      describeRouteTables: ({ Filters: [{ Name: name, Values: values }] }) => ({
        RouteTables: structuredClone(
          this.tables.filter(({ VpcId: vpc, RouteTableId: id, Routes: routes }) =>
            name === 'vpc-id'
              ? values.includes(vpc)
              : own(id) && routes.some(({ VpcPeeringConnectionId: leads }) => values.includes(leads)),
          ),
        ),
      }),
      createRoute: ({ RouteTableId: table, ...route }) => {
        const routes = this.tables.find(({ RouteTableId: id }) => id === table)?.Routes ?? [];
        if (routes.some(({ DestinationCidrBlock: cidr }) => cidr === route.DestinationCidrBlock))
          throw refused('RouteAlreadyExists');
        routes.push(route);
      },
      deleteRoute: ({ RouteTableId: table, DestinationCidrBlock: cidr }) => {
        const routes = this.tables.find(({ RouteTableId: id }) => id === table)?.Routes ?? [];
        const index = routes.findIndex(({ DestinationCidrBlock: one }) => one === cidr);
        if (index === -1) throw refused('InvalidRoute.NotFound');
        routes.splice(index, 1);
      },
      createVpcPeeringConnection: ({ VpcId, PeerVpcId, TagSpecifications: [{ Tags }] }) => {
        const VpcPeeringConnectionId = `pcx-${this.next++}`;
        const Status = { Code: 'initiating-request' };
        const [RequesterVpcInfo, AccepterVpcInfo] = [{ VpcId }, { VpcId: PeerVpcId }];
        this.peerings.push({ VpcPeeringConnectionId, RequesterVpcInfo, AccepterVpcInfo, Tags, Status, looks: 0 });
        return { VpcPeeringConnection: { VpcPeeringConnectionId } };
      },
      describeVpcPeeringConnections: ({ VpcPeeringConnectionIds: ids, Filters: [filter] = [] as any[] }) => {
        if (ids !== undefined) {
          const found = peering(ids[0]);
          // The other side hears of it late.
          if (found.Status.Code === 'initiating-request' && found.looks++ > 0) found.Status = { Code: 'pending-acceptance' };
          else if (found.Status.Code === 'provisioning') found.Status = { Code: 'active' };
          if (found.looks === 1) throw refused('InvalidVpcPeeringConnectionID.NotFound');
          return { VpcPeeringConnections: structuredClone([found]) };
        }
        // Tags belong to the side that has set them.
        const found = this.peerings.filter((one) =>
          filter.Name === 'status-code'
            ? filter.Values.includes(one.Status.Code)
            : filter.Values.includes(valueOf(one)) && one.RequesterVpcInfo.VpcId === `vpc-${side}`,
        );
        return { VpcPeeringConnections: structuredClone(found) };
      },
      acceptVpcPeeringConnection: ({ VpcPeeringConnectionId: id }) => {
        if (peering(id).AccepterVpcInfo.VpcId !== `vpc-${side}`) throw refused('OperationNotPermitted');
        peering(id).Status = { Code: 'provisioning' };
      },
      deleteVpcPeeringConnection: ({ VpcPeeringConnectionId: id }) => {
        peering(id).Status = { Code: 'deleted' };
      },
    };
  }

  private authorize(
    { GroupId, IpPermissions: [{ FromPort: port, IpRanges = [], UserIdGroupPairs = [] }], TagSpecifications: [{ Tags }] }: any,
    IsEgress: boolean,
  ): void {
    for (const peer of [...IpRanges.map(({ CidrIp }: any) => CidrIp), ...UserIdGroupPairs.map((pair: any) => pair.GroupId)]) {
      const same = (rule: Rule) =>
        rule.GroupId === GroupId && rule.IsEgress === IsEgress && rule.peer === peer && rule.port === port;
      if (this.rules.some(same)) throw refused('InvalidPermission.Duplicate');
      this.rules.push({ SecurityGroupRuleId: `sgr-${this.next++}`, GroupId, IsEgress, peer, port, Tags });
    }
  }
}
