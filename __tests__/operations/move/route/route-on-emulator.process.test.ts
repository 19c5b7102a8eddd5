/** A route of a move on an emulator of EC2, whose rules about peerings, tables and security groups are not ours. */
import { AwsClients } from '../../../../src/aws/clients';
import type { NetworkEnd } from '../../../../src/operations/network-end';
import { closeRoute, openRoute, type RouteParts } from '../../../../src/operations/move/route/route';
import { withTestCredentials } from '../../../support/aws-credentials';
import { isMotoInstalled, Moto } from '../../../support/terraform';

jest.setTimeout(60_000);

const TOOLS = { report: () => undefined };
if (!isMotoInstalled()) process.stderr.write('moto_server is not installed: routes of moves are not tried on it\n');

(isMotoInstalled() ? describe : describe.skip)('a route of a move on an emulator of EC2', () => {
  const restore = withTestCredentials();
  let moto: Moto;
  beforeAll(async () => (moto = await Moto.start()));
  const clients: { destroy(): void }[] = [];
  afterAll(() => {
    for (const client of clients) client.destroy();
    moto.stop();
    restore();
  });

  /** A network with two subnets, one with a table of its own, and a group without rules. */
  async function network(name: string, region: string, second: number): Promise<NetworkEnd> {
    const aws = new AwsClients({ region, endpoint: moto.url });
    const ec2 = await aws.ec2();
    clients.push(ec2);
    const vpcId = (await ec2.createVpc({ CidrBlock: `10.${second}.0.0/16` })).Vpc?.VpcId ?? '';
    const subnetIds: string[] = [];
    for (const third of [0, 1]) {
      const { Subnet: made } = await ec2.createSubnet({ VpcId: vpcId, CidrBlock: `10.${second}.${third}.0/24` });
      subnetIds.push(made?.SubnetId ?? '');
    }
    const { RouteTable: table } = await ec2.createRouteTable({ VpcId: vpcId });
    await ec2.associateRouteTable({ RouteTableId: table?.RouteTableId, SubnetId: subnetIds[0] });
    const group = await ec2.createSecurityGroup({ GroupName: name, Description: name, VpcId: vpcId });
    return { name, aws, vpcId, subnetIds, securityGroupId: group.GroupId ?? '' };
  }

  /** Rules with a tag, and routes and peerings that are not gone. */
  async function opened({ aws, vpcId }: NetworkEnd) {
    const ec2 = await aws.ec2();
    const { SecurityGroupRules: rules = [] } = await ec2.describeSecurityGroupRules({});
    const { RouteTables: tables = [] } = await ec2.describeRouteTables({ Filters: [{ Name: 'vpc-id', Values: [vpcId] }] });
    const { VpcPeeringConnections: peerings = [] } = await ec2.describeVpcPeeringConnections({});
    return {
      rules: rules
        .filter(({ Tags: tags = [] }) => tags.some(({ Key: key }) => key === 'terrace:move'))
        .map(({ IsEgress: out, CidrIpv4: cidr, FromPort: port }) => `${out === true ? 'to' : 'from'} ${cidr} ${port}`)
        .sort(),
      routes: tables
        .flatMap(({ Routes: routes = [] }) => routes)
        .filter(({ VpcPeeringConnectionId: id }) => id !== undefined)
        .map(({ DestinationCidrBlock: cidr }) => cidr)
        .sort(),
      active: peerings.filter(({ Status: status }) => status?.Code === 'active').length,
    };
  }

  it.each([
    ['in one region', 'eu-west-1', 10],
    ['between regions', 'us-east-1', 20],
  ])('is opened twice and made once, then closed without a rest: %s', async (_, region, second) => {
    const [from, to] = [
      await network(`new-${second}`, region, second + 1),
      await network(`old-${second}`, 'eu-west-1', second + 2),
    ];
    const parts: RouteParts = {
      move: `move_${second}`,
      asks: from.aws,
      answers: to.aws,
      crossings: () => Promise.resolve([{ from, to, port: 5432 }]),
    };
    const [new1, new2, old1, old2] = [0, 1, 2, 3].map((n) => `10.${second + 1 + Math.floor(n / 2)}.${n % 2}.0/24`);
    for (let time = 0; time < 2; time += 1) {
      await openRoute(parts, TOOLS);
      expect(await opened(from)).toMatchObject({ routes: [old1, old1, old2, old2], active: 1 });
      expect((await opened(from)).rules).toEqual(expect.arrayContaining([`to ${old1} 5432`, `to ${old2} 5432`]));
      expect(await opened(to)).toMatchObject({ routes: [new1, new1, new2, new2], active: 1 });
      expect((await opened(to)).rules).toEqual(expect.arrayContaining([`from ${new1} 5432`, `from ${new2} 5432`]));
    }
    const all = { ...(await opened(from)), to: (await opened(to)).rules };
    expect(new Set([...all.rules, ...all.to]).size).toBe(4);
    for (let time = 0; time < 2; time += 1) {
      await closeRoute(parts, TOOLS);
      for (const end of [from, to]) expect(await opened(end)).toEqual({ rules: [], routes: [], active: 0 });
    }
  });
});
