/** The network's modules, each guarantee by name. */
import { execFileSync } from 'node:child_process';
import { AutoscalingGroup } from '@cdktf/provider-aws/lib/autoscaling-group';
import { DefaultSecurityGroup } from '@cdktf/provider-aws/lib/default-security-group';
import { NatGateway } from '@cdktf/provider-aws/lib/nat-gateway';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { Subnet } from '@cdktf/provider-aws/lib/subnet';
import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint';
import { Testing } from 'cdktf';
import 'cdktf/lib/testing/adapters/jest';
import type { Construct } from 'constructs';
import type { ResolvedNetwork } from '../../src/config/resolved/environment';
import { carveSubnets } from '../../src/config/calculations/subnets';
import { DataSecurityGroups } from '../../src/modules/network/data-security-groups';
import { Endpoints } from '../../src/modules/network/endpoints';
import { FlowLogs } from '../../src/modules/network/flow-logs';
import { Nat } from '../../src/modules/network/nat';
import { natUserData } from '../../src/modules/network/nat-user-data';
import { ReplicaNetwork } from '../../src/modules/network/replica-network';
import { Subnets } from '../../src/modules/network/subnets';
import { Vpc } from '../../src/modules/network/vpc';
import { resourcesOf, synthModule, theOnly, type RootModule } from '../support/synth';

const CIDR = '10.0.0.0/16';
const ZONES = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'];

/** VPC, subnets and the chosen NAT, as the network stack puts them together. */
function buildNetwork(scope: Construct, choice: ResolvedNetwork['nat'] = 'none', zones: readonly string[] = ZONES): void {
  const vpc = new Vpc(scope, 'network', { name: 'shop-prod', cidr: CIDR });
  const subnets = new Subnets(scope, 'subnets', {
    name: 'shop-prod',
    vpcId: vpc.id,
    internetGatewayId: vpc.internetGateway.id,
    zones,
    plan: carveSubnets(CIDR, zones.length),
  });
  new Nat(scope, 'nat', {
    region: 'eu-west-1',
    accountId: () => '123456789012',
    name: 'shop-prod',
    choice,
    vpcId: vpc.id,
    vpcCidr: CIDR,
    zones: subnets.zones,
    tags: { system: 'shop' },
  });
}

const networkWith = (choice: ResolvedNetwork['nat'], zones?: readonly string[]): RootModule =>
  synthModule((stack) => buildNetwork(stack, choice, zones));

/** Default routes by the address of their route table: what each leads to. */
function defaultRoutes(module: RootModule): Readonly<Record<string, string>> {
  const routes = resourcesOf(module, 'aws_route').filter((route) => route.destination_cidr_block === '0.0.0.0/0');
  return Object.fromEntries(
    routes.map(({ route_table_id, gateway_id, nat_gateway_id, network_interface_id }) => [
      route_table_id,
      gateway_id ?? nat_gateway_id ?? network_interface_id,
    ]),
  );
}

const tableOf = (id: string): string => `\${aws_route_table.subnets_${id}-routes.id}`;
const INTERNET = '${aws_internet_gateway.network_internet.id}';

describe('the VPC', () => {
  const module = networkWith('none');

  test('answers DNS, so that private names of endpoints and databases resolve', () => {
    expect(theOnly(module, 'aws_vpc')).toMatchObject({ cidr_block: CIDR, enable_dns_support: true, enable_dns_hostnames: true });
  });

  test('its default security group is closed in both directions', () => {
    const group = theOnly(module, 'aws_default_security_group');
    expect(group.vpc_id).toBe('${aws_vpc.network_vpc.id}');
    expect(group).toMatchObject({ ingress: [], egress: [] });
    expect(resourcesOf(module, 'aws_vpc_security_group_ingress_rule')).toEqual([]);
    expect(Testing.synthScope((scope) => buildNetwork(scope))).toHaveResourceWithProperties(DefaultSecurityGroup, { egress: [] });
  });
});

describe('subnets', () => {
  const module = networkWith('per-az');

  test('no subnet gives out public addresses by itself, public ones included', () => {
    const subnets = resourcesOf(module, 'aws_subnet');
    expect(subnets).toHaveLength(9);
    expect(subnets.filter(({ map_public_ip_on_launch }) => map_public_ip_on_launch !== false)).toEqual([]);
  });

  test('private subnets never get a public address: none of them has a route to the internet gateway', () => {
    const routes = defaultRoutes(module);
    expect(Object.entries(routes).filter(([, target]) => target === INTERNET)).toEqual([[tableOf('public'), INTERNET]]);
    for (const zone of ZONES) {
      expect(module.resource?.aws_route_table_association?.[`subnets_private-${zone}-association`]).toMatchObject({
        subnet_id: `\${aws_subnet.subnets_private-${zone}.id}`,
        route_table_id: tableOf(`private-${zone}`),
      });
      expect(module.resource?.aws_route_table_association?.[`subnets_public-${zone}-association`]).toMatchObject({
        subnet_id: `\${aws_subnet.subnets_public-${zone}.id}`,
        route_table_id: tableOf('public'),
      });
    }
  });

  test.each(['none', 'instance', 'single', 'per-az'] as const)('isolated subnets have no default route with NAT %s', (choice) => {
    const built = networkWith(choice);
    for (const zone of ZONES) {
      const { route_table_id } = built.resource?.aws_route_table_association?.[`subnets_isolated-${zone}-association`] ?? {};
      expect(route_table_id).toBe(tableOf('isolated'));
    }
    expect(Object.keys(defaultRoutes(built))).not.toContain(tableOf('isolated'));
    expect(resourcesOf(built, 'aws_route_table').filter(({ route }) => route !== undefined)).toEqual([]);
  });

  test('load balancers of Kubernetes find their subnets by tag, on every tier; databases are not offered', () => {
    const synthesised = Testing.synthScope((scope) => buildNetwork(scope));
    expect(synthesised).toHaveResourceWithProperties(Subnet, {
      availability_zone: 'eu-west-1a',
      tags: { Name: 'shop-prod-public-eu-west-1a', 'kubernetes.io/role/elb': '1' },
    });
    expect(synthesised).toHaveResourceWithProperties(Subnet, {
      availability_zone: 'eu-west-1a',
      tags: { Name: 'shop-prod-private-eu-west-1a', 'kubernetes.io/role/internal-elb': '1' },
    });
    expect(module.resource?.aws_subnet?.['subnets_isolated-eu-west-1a']?.tags).toEqual({ Name: 'shop-prod-isolated-eu-west-1a' });
  });

  test('two zones then three: the first two keep their addresses and CIDRs', () => {
    const two = networkWith('per-az', ZONES.slice(0, 2));
    const three = networkWith('per-az', ZONES);
    for (const [type, resources] of Object.entries(two.resource ?? {})) {
      for (const [address, resource] of Object.entries(resources)) {
        expect(three.resource?.[type]?.[address]).toEqual(resource);
      }
    }
    expect(resourcesOf(three, 'aws_subnet')).toHaveLength(9);
  });

  test('a plan with fewer CIDRs than zones is refused', () => {
    const build = () =>
      synthModule((stack) => {
        new Subnets(stack, 'subnets', {
          name: 'shop-prod',
          vpcId: 'vpc-1',
          internetGatewayId: 'igw-1',
          zones: ZONES,
          plan: carveSubnets(CIDR, 2),
        });
      });
    expect(build).toThrow('no CIDRs for zone eu-west-1c');
  });
});

describe('NAT by gateways', () => {
  test('none: private subnets have no route to the internet, and nothing is paid for', () => {
    const module = networkWith('none');
    expect(defaultRoutes(module)).toEqual({ [tableOf('public')]: INTERNET });
    for (const type of ['aws_eip', 'aws_nat_gateway', 'aws_autoscaling_group']) expect(resourcesOf(module, type)).toEqual([]);
  });

  test('single: one gateway with one address, in the first zone, serves every zone', () => {
    const module = networkWith('single');
    expect(theOnly(module, 'aws_nat_gateway')).toMatchObject({
      allocation_id: '${aws_eip.nat_address-eu-west-1a.allocation_id}',
      subnet_id: '${aws_subnet.subnets_public-eu-west-1a.id}',
    });
    for (const zone of ZONES) {
      expect(defaultRoutes(module)[tableOf(`private-${zone}`)]).toBe('${aws_nat_gateway.nat_gateway-eu-west-1a.id}');
    }
  });

  test('per-az survives the loss of a zone: a gateway a zone, and each private table points to its own', () => {
    const module = networkWith('per-az');
    for (const zone of ZONES) {
      expect(defaultRoutes(module)[tableOf(`private-${zone}`)]).toBe(`\${aws_nat_gateway.nat_gateway-${zone}.id}`);
      expect(module.resource?.aws_nat_gateway?.[`nat_gateway-${zone}`]).toMatchObject({
        allocation_id: `\${aws_eip.nat_address-${zone}.allocation_id}`,
        subnet_id: `\${aws_subnet.subnets_public-${zone}.id}`,
      });
    }
    expect(resourcesOf(module, 'aws_nat_gateway')).toHaveLength(3);
    expect(Testing.synthScope((scope) => buildNetwork(scope, 'single'))).toHaveResource(NatGateway);
  });

  test('a gateway is made only when its public subnet reaches the internet', () => {
    expect(theOnly(networkWith('single'), 'aws_nat_gateway').depends_on).toEqual([
      'aws_route.subnets_public-internet',
      'aws_route_table_association.subnets_public-eu-west-1a-association',
    ]);
  });

  test('changing the choice turns the routes in place: they keep their addresses, and the first gateway its own', () => {
    const routesOf = (choice: ResolvedNetwork['nat']) => Object.keys(networkWith(choice).resource?.aws_route ?? {}).sort();
    expect(routesOf('single')).toEqual(routesOf('instance'));
    expect(routesOf('per-az')).toEqual(routesOf('instance'));
    const [single, perZone] = [networkWith('single'), networkWith('per-az')];
    for (const [type, address] of [
      ['aws_eip', 'nat_address-eu-west-1a'],
      ['aws_nat_gateway', 'nat_gateway-eu-west-1a'],
    ] as const) {
      expect(single.resource?.[type]?.[address]).toBeDefined();
      expect(perZone.resource?.[type]?.[address]).toEqual(single.resource?.[type]?.[address]);
    }
  });
});

describe('NAT by instance', () => {
  const module = networkWith('instance');
  const template = theOnly(module, 'aws_launch_template');
  const group = theOnly(module, 'aws_autoscaling_group');

  test('private routes lead to a fixed interface, which forwards: source/destination check is off', () => {
    expect(theOnly(module, 'aws_network_interface')).toMatchObject({
      source_dest_check: false,
      subnet_id: '${aws_subnet.subnets_public-eu-west-1a.id}',
      security_groups: ['${aws_security_group.nat_instance_traffic_group.id}'],
    });
    for (const zone of ZONES) {
      expect(defaultRoutes(module)[tableOf(`private-${zone}`)]).toBe('${aws_network_interface.nat_instance_interface.id}');
    }
  });

  test('a replaced instance keeps routes and public address: the template gives it the interface, which owns the address', () => {
    expect(template.network_interfaces).toEqual([
      {
        device_index: 0,
        network_interface_id: '${aws_network_interface.nat_instance_interface.id}',
        delete_on_termination: 'false',
      },
    ]);
    expect(template.vpc_security_group_ids).toBeUndefined();
    expect(theOnly(module, 'aws_eip').network_interface).toBe('${aws_network_interface.nat_instance_interface.id}');
  });

  test('recovers by itself: always one instance, the old one gone before the new one takes the interface', () => {
    expect(group).toMatchObject({
      min_size: 1,
      max_size: 1,
      desired_capacity: 1,
      availability_zones: ['eu-west-1a'],
      instance_maintenance_policy: { min_healthy_percentage: 0, max_healthy_percentage: 100 },
    });
    expect(group.vpc_zone_identifier).toBeUndefined();
    expect(template.instance_initiated_shutdown_behavior).toBe('terminate');
  });

  test('a change of the template reaches the running instance', () => {
    expect(group.launch_template.version).toBe('${aws_launch_template.nat_instance_template.latest_version}');
    expect(group.instance_refresh).toMatchObject({ strategy: 'Rolling', preferences: { min_healthy_percentage: 0 } });
  });

  test('boots only when it can reach the internet', () => {
    expect(group.depends_on).toEqual(['aws_eip.nat_instance_address']);
    expect(theOnly(module, 'aws_eip').depends_on).toContain('aws_route.subnets_public-internet');
  });

  test('is patched: newest Amazon Linux 2023 at each launch, and a new launch at least every 30 days', () => {
    expect(template.image_id).toBe('resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64');
    expect(template.instance_type).toBe('t4g.nano');
    expect(group.max_instance_lifetime).toBe(2_592_000);
  });

  test('answers metadata requests only with a token, and from nowhere but itself', () => {
    expect(template.metadata_options).toEqual({
      http_endpoint: 'enabled',
      http_tokens: 'required',
      http_put_response_hop_limit: 1,
    });
  });

  test('has an encrypted disk, and its parts carry the tags that Auto Scaling would lose', () => {
    expect(template.block_device_mappings).toEqual([
      {
        device_name: '/dev/xvda',
        ebs: { volume_size: 8, volume_type: 'gp3', encrypted: 'true', delete_on_termination: 'true' },
      },
    ]);
    expect(template.tag_specifications).toEqual([{ resource_type: 'volume', tags: { Name: 'shop-prod-nat', system: 'shop' } }]);
    expect(group.tag).toContainEqual({ key: 'system', value: 'shop', propagate_at_launch: true });
  });

  test('no SSH: no key pair, and only private subnets get in', () => {
    expect(template.key_name).toBeUndefined();
    const ingress = resourcesOf(module, 'aws_vpc_security_group_ingress_rule');
    expect(ingress.map(({ cidr_ipv4 }) => cidr_ipv4)).toEqual(carveSubnets(CIDR, 3).private);
    expect(ingress.every(({ ip_protocol, from_port }) => ip_protocol === '-1' && from_port === undefined)).toBe(true);
  });

  const SESSION_CHANNELS = ['CreateControlChannel', 'CreateDataChannel', 'OpenControlChannel', 'OpenDataChannel'].map(
    (action) => `ssmmessages:${action}`,
  );

  test('its role opens a shell through Session Manager and may do nothing else', () => {
    expect(resourcesOf(module, 'aws_iam_role_policy_attachment')).toEqual([]);
    const actions = JSON.parse(theOnly(module, 'aws_iam_role_policy').policy).Statement.flatMap(({ Action }: any) => Action);
    expect(actions).toEqual(['ssm:UpdateInstanceInformation', ...SESSION_CHANNELS]);
    expect(Testing.synthScope((scope) => buildNetwork(scope, 'instance'))).toHaveResource(AutoscalingGroup);
    expect(Testing.synthScope((scope) => buildNetwork(scope, 'single'))).not.toHaveResource(AutoscalingGroup);
  });

  test('its user data is the boot script', () => {
    expect(Buffer.from(template.user_data as string, 'base64').toString()).toBe(natUserData({ vpcCidr: CIDR }));
  });
});

describe('the NAT boot script', () => {
  const script = natUserData({ vpcCidr: '10.1.0.0/16' });

  test('is a shell script that bash accepts', () => {
    expect(script.startsWith('#!/bin/bash\n')).toBe(true);
    expect(() => execFileSync('bash', ['-n'], { input: script })).not.toThrow();
  });

  test('rewrites what leaves the VPC, and forwards nothing else', () => {
    expect(script).toContain('\n-A POSTROUTING -s 10.1.0.0/16 ! -d 10.1.0.0/16 -j MASQUERADE\n');
    expect(script).toContain('\n:FORWARD DROP [0:0]\n');
    expect(script).toContain('\n-A FORWARD -s 10.1.0.0/16 -j ACCEPT\n');
  });

  test('outlives a reboot: forwarding, connection table and rules lie in files that the system reads', () => {
    expect(script).toMatch(/> \/etc\/sysctl\.d\/90-nat\.conf[^]*net\.ipv4\.ip_forward = 1/);
    expect(script).toContain('> /etc/modules-load.d/nat.conf');
    expect(script).toContain('> /etc/sysconfig/iptables ');
    expect(script).toContain('systemctl enable iptables');
    expect(script).toContain('>> /etc/fstab');
  });

  test('installs security updates, but only after it forwards', () => {
    expect(script.indexOf('dnf -y upgrade --security')).toBeGreaterThan(script.indexOf('systemctl restart iptables'));
  });

  test('an instance that cannot become the NAT shuts itself down; failed updates alone do not end it', () => {
    // The script's own error handling, run with commands that fail or are recorded.
    const run = (failing: RegExp): string => {
      const stub = `sleep() { :; }; shutdown() { echo SHUTDOWN; }; logger() { echo LOGGED; }; dnf() { [[ "$*" =~ ${failing.source} ]] && return 1; echo DNF; }\n`;
      const [header, , rest] = script.split(/(dd if=[^]*?)(?=retry dnf -y install)/);
      const withoutFiles = rest?.replace(/cat > [^]*RULES\n/, '').replaceAll('systemctl', ':');
      const { stdout } = spawnBash(`${stub}${header}${withoutFiles}`);
      return stdout;
    };
    expect(run(/install/)).toBe('SHUTDOWN\n');
    expect(run(/upgrade/)).toBe('DNF\nLOGGED\n');
  });

  function spawnBash(input: string): { readonly stdout: string } {
    try {
      return { stdout: execFileSync('bash', { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] }) };
    } catch (error) {
      return error as { readonly stdout: string };
    }
  }
});

describe('endpoints', () => {
  const build = (interfaceServices: ResolvedNetwork['interfaceEndpoints']) => (scope: Construct) => {
    new Endpoints(scope, 'endpoints', {
      name: 'shop-prod',
      region: 'eu-west-1',
      vpcId: 'vpc-1',
      routeTableIds: ['rtb-public', 'rtb-private', 'rtb-isolated'],
      privateSubnetIds: ['subnet-a', 'subnet-b'],
      interfaceServices,
    });
  };

  test('S3 and DynamoDB are reached for free from every subnet, whatever else is chosen', () => {
    const module = synthModule(build([]));
    expect(
      resourcesOf(module, 'aws_vpc_endpoint')
        .map(({ service_name }) => service_name)
        .sort(),
    ).toEqual(['com.amazonaws.eu-west-1.dynamodb', 'com.amazonaws.eu-west-1.s3']);
    for (const endpoint of resourcesOf(module, 'aws_vpc_endpoint')) {
      expect(endpoint).toMatchObject({
        vpc_endpoint_type: 'Gateway',
        route_table_ids: ['rtb-public', 'rtb-private', 'rtb-isolated'],
      });
    }
    expect(resourcesOf(module, 'aws_security_group')).toEqual([]);
  });

  test("chosen interface endpoints take the service's usual name, in private subnets", () => {
    const module = synthModule(build(['ecr.api', 'logs']));
    expect(module.resource?.aws_vpc_endpoint?.['endpoints_ecr-api']).toMatchObject({
      vpc_endpoint_type: 'Interface',
      service_name: 'com.amazonaws.eu-west-1.ecr.api',
      private_dns_enabled: true,
      subnet_ids: ['subnet-a', 'subnet-b'],
      security_group_ids: ['${aws_security_group.endpoints_access_group.id}'],
    });
    expect(Testing.synthScope(build(['logs']))).toHaveResourceWithProperties(VpcEndpoint, {
      service_name: 'com.amazonaws.eu-west-1.logs',
    });
  });

  test('the group of interface endpoints admits nothing until a stack adds a rule', () => {
    const module = synthModule(build(['logs']));
    expect(theOnly(module, 'aws_security_group')).not.toHaveProperty('ingress');
    expect(resourcesOf(module, 'aws_vpc_security_group_ingress_rule')).toEqual([]);
  });
});

describe('flow logs', () => {
  const module = synthModule((stack) => {
    new FlowLogs(stack, 'flow-logs', {
      name: 'shop-prod',
      logGroupName: '/shop/prod/vpc-flow-logs',
      retentionDays: 90,
      traffic: 'ALL',
      vpcId: 'vpc-1',
      region: 'eu-west-1',
      accountId: '123456789012',
    });
  });

  test('go to a log group that forgets after the chosen days', () => {
    expect(theOnly(module, 'aws_cloudwatch_log_group')).toMatchObject({
      name: '/shop/prod/vpc-flow-logs',
      retention_in_days: 90,
    });
    expect(theOnly(module, 'aws_flow_log')).toMatchObject({
      vpc_id: 'vpc-1',
      traffic_type: 'ALL',
      log_destination: '${aws_cloudwatch_log_group.flow-logs_logs.arn}',
      iam_role_arn: '${aws_iam_role.flow-logs_role_role.arn}',
    });
  });

  test('their role writes to that group only, for this account only', () => {
    const [statement] = JSON.parse(theOnly(module, 'aws_iam_role_policy').policy as string).Statement;
    expect(statement.Resource).toEqual([
      '${aws_cloudwatch_log_group.flow-logs_logs.arn}',
      '${aws_cloudwatch_log_group.flow-logs_logs.arn}:*',
    ]);
    const [trust] = JSON.parse(theOnly(module, 'aws_iam_role').assume_role_policy as string).Statement;
    expect(trust.Principal).toEqual({ Service: ['vpc-flow-logs.amazonaws.com'] });
    expect(trust.Condition).toEqual({
      StringEquals: { 'aws:SourceAccount': '123456789012' },
      ArnLike: { 'aws:SourceArn': 'arn:aws:ec2:eu-west-1:123456789012:vpc-flow-log/*' },
    });
  });
});

describe('security groups of data', () => {
  const build = (wanted: ResolvedNetwork['dataSecurityGroups']) => (scope: Construct) => {
    new DataSecurityGroups(scope, 'data', { name: 'shop-prod', vpcId: 'vpc-1', wanted });
  };

  test('are empty: data is unreachable until a compute stack adds rules', () => {
    const module = synthModule(build({ database: true, cache: true, fileSystems: true }));
    const names = resourcesOf(module, 'aws_security_group').map(({ name }) => name as string);
    expect(names.sort()).toEqual(['shop-prod-cache', 'shop-prod-database', 'shop-prod-files']);
    for (const group of resourcesOf(module, 'aws_security_group')) {
      expect(group).not.toHaveProperty('ingress');
      expect(group).not.toHaveProperty('egress');
    }
    expect(Object.keys(module.resource ?? {})).toEqual(['aws_security_group']);
  });

  test('exist only for data that the environment has', () => {
    expect(Testing.synthScope(build({ database: false, cache: false, fileSystems: false }))).not.toHaveResource(SecurityGroup);
    expect(Testing.synthScope(build({ database: false, cache: true, fileSystems: false }))).toHaveResourceWithProperties(
      SecurityGroup,
      {
        name: 'shop-prod-cache',
      },
    );
  });
});

describe("the network of a replica's region", () => {
  const module = synthModule((stack) => {
    new ReplicaNetwork(stack, 'replica-us-east-1', {
      name: 'shop-prod',
      region: 'us-east-1',
      cidr: '10.9.0.0/24',
      subnets: ['10.9.0.0/25', '10.9.0.128/25'],
      zones: ['us-east-1a', 'us-east-1b'],
    });
  });

  test("every resource of it is in the replica's region", () => {
    const resources = Object.values(module.resource ?? {}).flatMap((ofType) => Object.values(ofType));
    expect(resources).toHaveLength(8);
    expect(resources.filter(({ region }) => region !== 'us-east-1')).toEqual([]);
  });

  test('has two subnets in two zones, as a database asks for', () => {
    expect(resourcesOf(module, 'aws_subnet').map(({ availability_zone, cidr_block }) => [availability_zone, cidr_block])).toEqual(
      [
        ['us-east-1a', '10.9.0.0/25'],
        ['us-east-1b', '10.9.0.128/25'],
      ],
    );
  });

  test('has no way out and no way in', () => {
    for (const type of [
      'aws_internet_gateway',
      'aws_route',
      'aws_nat_gateway',
      'aws_vpc_security_group_ingress_rule',
      'aws_eip',
    ]) {
      expect(resourcesOf(module, type)).toEqual([]);
    }
    expect(resourcesOf(module, 'aws_subnet').every(({ map_public_ip_on_launch }) => map_public_ip_on_launch === false)).toBe(
      true,
    );
    expect(theOnly(module, 'aws_default_security_group')).toMatchObject({ ingress: [], egress: [] });
  });
});
