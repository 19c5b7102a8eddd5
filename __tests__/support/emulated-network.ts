/** Networks, hosts and databases of RDS on an emulator, for moves from end to end. */
import type { AwsClients } from '../../src/aws/clients';

export interface EmulatedNetwork {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
}

/** A network with two subnets and a group. @param start its first two bytes: `10.1` */
export async function emulatedNetwork(aws: AwsClients, start: string, name: string): Promise<EmulatedNetwork> {
  const ec2 = await aws.ec2();
  const vpcId = (await ec2.createVpc({ CidrBlock: `${start}.0.0/16` })).Vpc?.VpcId ?? '';
  const subnetIds: string[] = [];
  for (const [index, zone] of ['a', 'b'].entries()) {
    const made = await ec2.createSubnet({
      VpcId: vpcId,
      CidrBlock: `${start}.${index + 1}.0/24`,
      AvailabilityZone: `${aws.options.region}${zone}`,
    });
    subnetIds.push(made.Subnet?.SubnetId ?? '');
  }
  return { vpcId, subnetIds, securityGroupId: await emulatedGroup(aws, vpcId, name) };
}

export async function emulatedGroup(aws: AwsClients, VpcId: string, name: string): Promise<string> {
  const ec2 = await aws.ec2();
  return (await ec2.createSecurityGroup({ GroupName: name, Description: name, VpcId })).GroupId ?? '';
}

/** @returns its id */
export async function emulatedHost(aws: AwsClients, network: EmulatedNetwork, privateAddress: string): Promise<string> {
  const ec2 = await aws.ec2();
  const { Instances: [made] = [] } = await ec2.runInstances({
    ImageId: 'ami-12c6146b',
    MinCount: 1,
    MaxCount: 1,
    SubnetId: network.subnetIds[0],
    PrivateIpAddress: privateAddress,
    SecurityGroupIds: [network.securityGroupId],
  });
  return made?.InstanceId ?? '';
}

export interface EmulatedRds {
  readonly identifier: string;
  readonly port: number;
  /** With the login of the master. */
  readonly secretName: string;
  readonly login: { readonly username: string; readonly password: string };
}

/** A database whose endpoint has the port of a server of the test. */
export async function emulatedRds(aws: AwsClients, network: EmulatedNetwork, rds: EmulatedRds): Promise<void> {
  const { identifier, port, secretName, login } = rds;
  const [databases, secrets] = [await aws.rds(), await aws.secretsManager()];
  await databases.createDBSubnetGroup({
    DBSubnetGroupName: identifier,
    DBSubnetGroupDescription: identifier,
    SubnetIds: [...network.subnetIds],
  });
  await databases.createDBInstance({
    DBInstanceIdentifier: identifier,
    DBInstanceClass: 'db.t4g.micro',
    Engine: 'postgres',
    AllocatedStorage: 20,
    MasterUsername: login.username,
    MasterUserPassword: 'not the one in the secret',
    Port: port,
    DBSubnetGroupName: identifier,
    VpcSecurityGroupIds: [network.securityGroupId],
  });
  await secrets.createSecret({ Name: secretName, SecretString: JSON.stringify(login) });
}

/** Everything that a route has made and that is still there, in the region of the clients. */
export async function routeLeft(aws: AwsClients): Promise<readonly string[]> {
  const ec2 = await aws.ec2();
  const { SecurityGroupRules: rules = [] } = await ec2.describeSecurityGroupRules({});
  const { RouteTables: tables = [] } = await ec2.describeRouteTables({});
  const { VpcPeeringConnections: peerings = [] } = await ec2.describeVpcPeeringConnections({});
  return [
    ...rules
      .filter(({ Tags: tags = [] }) => tags.some(({ Key: key }) => key === 'terrace:move'))
      .map(
        ({ IsEgress: out, CidrIpv4: cidr, ReferencedGroupInfo: group }) =>
          `${out === true ? 'to' : 'from'} ${cidr ?? group?.GroupId ?? ''}`,
      ),
    ...tables
      .flatMap(({ Routes: routes = [] }) => routes)
      .flatMap(({ VpcPeeringConnectionId: id, DestinationCidrBlock: cidr }) => (id === undefined ? [] : [`${cidr} by ${id}`])),
    ...peerings
      .filter(({ Status: status }) => status?.Code !== 'deleted')
      .map(({ VpcPeeringConnectionId: id, Status: status }) => `${id} ${status?.Code}`),
  ].sort();
}
